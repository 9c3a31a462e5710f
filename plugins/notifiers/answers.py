"""What a channel's answer over HTTP means, and settings as texts."""

from ...core.errors import AuthenticationFailed, MarketplaceUnavailable, RejectedError
from ...core.http import Answer
from ...core.records import Channel

_REFUSED = (401, 403)
_PASSING = (408, 425)


def text_of(channel: Channel, name: str, default: str = "") -> str:
    """Return a setting as a text."""
    value = channel.settings.get(name)
    return default if value in (None, "") else str(value)


def accepted(answer: Answer) -> None:
    """Raise what an answer other than 2xx means."""
    said = f"The channel answered {answer.status}: {answer.text()}".rstrip(": ")
    if answer.status in _REFUSED:
        raise AuthenticationFailed(f"{said}.", remedy="Check the address and the credentials of the channel.")
    if answer.status in _PASSING:
        raise MarketplaceUnavailable(f"{said}.")
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - the range of HTTP's good answers
        raise RejectedError(f"{said}.", remedy="Check the address of the channel.")
