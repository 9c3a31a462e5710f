"""Tells the hub how our endpoints are: it never looks itself, and an unreported listing goes dark."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ...core.errors import MarketplaceUnavailable, RejectedError
from ...core.http import Answer
from ...core.records import HealthState, Reading
from .answers import failure, parsed
from .hub import Hub
from .kind import HEALTH_BATCH, HEALTH_TTL
from .notes import CLOCK
from .place import Place, written

log = logging.getLogger(__name__)

NOTICEABLE = 10
"""From how many seconds on two clocks count as different; less may be the time that an answer took."""

_SAID: dict[HealthState, str] = {
    "healthy": "healthy",
    "degraded": "healthy",
    "unhealthy": "unhealthy",
    "offline": "unhealthy",
}
"""The hub knows two states. A degraded endpoint answers, so it stays lit; an unknown one is not reported."""


def report(hub: Hub, readings: Sequence[Reading]) -> str:
    """Report what is known and return a note on how many the hub took.

    A report also sets the account's address, so the address is settled first: another space's is not
    overwritten. Raises RejectedError (``conflict``) when one stands there.
    """
    ahead = _ahead(hub)
    items = [_item(one.slug, _SAID[one.state], one.checked_at + ahead) for one in readings if _known(one)]
    if not items:
        return "nothing reported: no endpoint's health is known"
    if not hub.own:
        return "nothing reported: no public address"
    counts = [_send(hub, batch) for batch in _batches(items)]
    taken, ignored = (sum(count[at] for count in counts) for at in (0, 1))
    return f"{taken} taken" + (f", {ignored} not known there" if ignored else "")


def revive(hub: Hub, slug: str) -> None:
    """Report one switched-off listing healthy: the hub then switches it on, and takes changes to it again.

    Raises RejectedError (``network_unreachable``) without a public address, which every report must name.
    """
    if not hub.own:
        raise RejectedError(
            f"The hub has switched the listing {slug!r} off, and switches it on only after a health report, "
            "which needs a public address of this space.",
            cause="network_unreachable",
        )
    _send(hub, [_item(slug, "healthy", datetime.fromtimestamp(hub.now(), UTC) + _ahead(hub))])


def _known(reading: Reading) -> bool:
    return reading.state in _SAID


def _item(slug: str, status: str, checked_at: datetime) -> dict[str, str]:
    return {"slug": slug, "status": status, "checked_at": checked_at.astimezone(UTC).isoformat()}


def _batches(items: Sequence[dict[str, str]]) -> Iterator[Sequence[dict[str, str]]]:
    for start in range(0, len(items), HEALTH_BATCH):
        yield items[start : start + HEALTH_BATCH]


def _send(hub: Hub, items: Sequence[dict[str, str]]) -> tuple[int, int]:
    """Send one report; return how many the hub took, and how many slugs it did not know."""

    def write(place: Place) -> Answer:
        body: dict[str, Any] = {"endpoints": items, "url": hub.own, "ttl_seconds": HEALTH_TTL, **place.sent}
        return hub.send("POST", "/endpoints/health", json=body, safe=True)

    answer = written(hub, write)
    if not answer.ok:
        raise failure(answer, "take the health report")
    _note_clock(hub, answer)
    counts = parsed(answer)
    if not isinstance(counts, dict):
        raise MarketplaceUnavailable("The hub's answer to the health report makes no sense.")
    return int(counts.get("updated") or 0), int(counts.get("ignored") or 0)


def _ahead(hub: Hub) -> timedelta:
    """Return how far the hub's clock was ahead of ours at the last report; times are told in the hub's.

    The hub adds the report's TTL to the time in it: by a clock that is slow every report would be stale on arrival.
    """
    return timedelta(seconds=float(hub.notes.read(CLOCK).get("ahead") or 0))


def _note_clock(hub: Hub, answer: Answer) -> None:
    try:
        told = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return
    ahead, known = round(told - hub.now()), _ahead(hub).total_seconds()
    if abs(ahead) < NOTICEABLE:
        hub.notes.forget(CLOCK)
    elif abs(ahead - known) >= NOTICEABLE:
        log.warning(
            "The hub's clock differs from this machine's by %d seconds; its reports are told in its time", ahead
        )
        hub.notes.write(CLOCK, ahead=ahead)
