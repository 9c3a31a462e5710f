"""Times as sentences tell them, in UTC."""

from datetime import UTC, datetime


def to_minute(moment: datetime) -> str:
    """Return ``2026-03-01 12:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def to_second(moment: datetime) -> str:
    """Return ``2026-03-01 12:00:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
