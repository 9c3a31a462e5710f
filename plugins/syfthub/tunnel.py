"""Where a tunnel to this space would end, at hubs that hand out credentials for one. No tunnel is opened here."""

import re

from ...core.errors import TransientError
from .answers import parsed
from .hub import Hub
from .notes import TUNNEL

_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def domain(hub: Hub, username: str) -> str:
    """Return the domain of the account's tunnel, or an empty text where the hub offers none.

    It is asked only for a space without a public address that has a developer token, and remembered: the hub makes
    a new credential each time. The credential itself is not kept.
    """
    if hub.own or hub.space.developer_token is None:
        return ""
    known = hub.notes.read(TUNNEL)
    if known.get("username") == username:
        return str(known.get("domain"))
    offered = _offered(hub)
    if offered:
        hub.notes.write(TUNNEL, username=username, domain=offered)
    return offered


def _offered(hub: Hub) -> str:
    try:
        answer = hub.send("GET", "/users/me/tunnel-credentials")
    except TransientError:
        return ""  # 502 or 503: the hub has no tunnel service, or cannot reach it
    found = parsed(answer) if answer.ok else None
    told = found.get("domain") if isinstance(found, dict) else None
    return told.lower() if isinstance(told, str) and _DOMAIN.fullmatch(told.lower()) else ""
