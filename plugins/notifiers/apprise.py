"""The kind ``apprise``: everything that the library of that name can reach (it is an extra).

A plugin of its own: a service that hangs there stops none of the other kinds.

The library makes its own connections: neither the guard for private addresses nor the proxy of this space holds for
them. Only an owner can add a channel.
"""

import logging
from collections.abc import Sequence
from importlib.util import find_spec

from ...core.errors import MarketplaceUnavailable, NotSupported, RejectedError
from ...core.hookspecs import hookimpl
from ...core.records import Channel, Notice, NotifierKind, SettingField
from .answers import text_of

KIND = NotifierKind(
    "apprise",
    "Apprise",
    (
        SettingField(
            "address", "Apprise URL", secret=True, required=True, help="One; add a channel for each other one."
        ),
    ),
    "Everything that the library Apprise reaches; install publicist[apprise].",
)
_TYPES = {"alert": "failure", "recovery": "success", "reminder": "warning", "digest": "warning", "test": "info"}


@hookimpl
def notifier_kinds() -> Sequence[NotifierKind]:
    """Offer ``apprise``, if the library is there."""
    return [KIND] if find_spec("apprise") else []


@hookimpl
def send_notice(channel: Channel, notice: Notice) -> None:
    """Send the notice by the library.

    It says only whether all of it went well. So there is one address: of several, those that took the notice would get
    it again and again while another one does not.
    """
    try:
        from apprise import Apprise
    except ImportError:
        raise NotSupported("Apprise is not installed.", remedy="Install publicist[apprise].") from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines name addresses with their secrets
    reached = Apprise()
    if not reached.add(text_of(channel, "address")) or len(reached) != 1:
        raise RejectedError("Apprise does not know it as one address.", remedy="Correct the channel's address.")
    body = "\n".join(filter(None, [notice.text or notice.title, notice.url]))
    if not reached.notify(title=notice.title, body=body, notify_type=_TYPES.get(notice.kind, "info")):
        raise MarketplaceUnavailable("Apprise could not deliver it.")
