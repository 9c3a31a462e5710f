"""Whether this space answers at its public URL, seen from this machine."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from ..errors import MarketplaceError
from ..http import Answer, Client
from ..records import AddressCheck, AddressStatus, Space
from .network import has_public_address

PATH = "/.well-known/publicist"
"""Where a space tells, below its public URL, which one it is."""

DIGEST = "installation_id_digest"


def identity(space: Space) -> Mapping[str, str]:
    """Return what a space answers at :data:`PATH`: the SHA-256 of its installation id, in hexadecimal."""
    return {DIGEST: hashlib.sha256(space.installation_id.encode()).hexdigest()}


def check_address(space: Space, client: Client, now: datetime) -> AddressCheck:
    """Call the space's public URL and tell who answers. ``client`` is one for that URL."""
    if not space.public_url:
        return AddressCheck("", "no_public_url", "This space has no public URL.", _ENTER, now)
    try:
        answer = client.get(PATH)
    except MarketplaceError as error:
        message = f"{space.public_url} is not reachable from here: {error.message} {_NOT_FOR_SURE}"
        return AddressCheck(space.public_url, "not_reachable", message, _OPEN, now)
    status, message = _judged(space, answer)
    return AddressCheck(space.public_url, status, message, _REMEDIES[status], now)


_ENTER = "Enter one under Settings, Network, or with `publicist network set --public-url URL`."
_OPEN = (
    "See that the space is running (`publicist serve`), listens on more than the loopback address (PUBLICIST_HOST), "
    "and that the firewall and any proxy let its port through."
)
_NOT_FOR_SURE = "Only a marketplace can tell for sure: some networks do not let a machine call its own public address."
_REMEDIES: Mapping[AddressStatus, str] = {
    "reachable": "",
    "another_service": "Correct the public URL, or let the proxy at that address pass everything on to this space.",
}


def _judged(space: Space, answer: Answer) -> tuple[AddressStatus, str]:
    told = _told(answer)
    if told == identity(space)[DIGEST]:
        limits = "" if has_public_address(space) else " It is a local address: marketplaces elsewhere do not reach it."
        return "reachable", f"This space answers at {space.public_url}.{limits}"
    who = "another publicist space" if told else f"something other than publicist (HTTP {answer.status})"
    return "another_service", f"At {space.public_url} {who} answers."


def _told(answer: Answer) -> str:
    """Return the digest in the answer, or an empty text where it is not a space's."""
    if answer.status != HTTPStatus.OK:
        return ""
    try:
        body: Any = answer.json()
    except MarketplaceError:
        return ""
    digest = body.get(DIGEST) if isinstance(body, dict) else None
    return digest if isinstance(digest, str) else ""
