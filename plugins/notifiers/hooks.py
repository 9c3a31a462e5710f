"""The hooks: what can be told, and telling it."""

from collections.abc import Callable, Mapping, Sequence

from ...core.errors import NotSupported
from ...core.hookspecs import Call, hookimpl
from ...core.records import Channel, Notice, NotifierKind
from . import email, slack, webhook

Send = Callable[[Channel, Notice, Call], None]
SENDERS: Mapping[str, tuple[NotifierKind, Send]] = {
    kind.name: (kind, send)
    for kind, send in (
        (webhook.KIND, webhook.send),
        (email.KIND, email.send),
        (slack.KIND, slack.send),
    )
}


@hookimpl
def notifier_kinds() -> Sequence[NotifierKind]:
    """Offer ``webhook``, ``email`` and ``slack``."""
    return [kind for kind, _ in SENDERS.values()]


@hookimpl
def send_notice(channel: Channel, notice: Notice, call: Call) -> None:
    """Send one notice. Raises MarketplaceUnavailable, RateLimited, AuthenticationFailed, RejectedError."""
    if channel.kind not in SENDERS:
        raise NotSupported(f"No channel of the kind {channel.kind!r} is known here.")
    SENDERS[channel.kind][1](channel, notice, call)
