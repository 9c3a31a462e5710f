"""Times as they are stored and sent: UTC, microseconds, a ``Z`` at the end; they sort as text."""

from datetime import UTC, datetime

_MILLISECONDS_FROM = 2e10  # a larger epoch number cannot be meant as seconds


def stamp(moment: datetime) -> str:
    """Return the text of a time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Return the time of an ISO 8601 text; one without an offset is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def from_epoch(number: float) -> datetime:
    """Return the time of an epoch number, in seconds or, when it is large, milliseconds. Raises ValueError."""
    seconds = number / 1000 if abs(number) > _MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{number} is no time") from error
