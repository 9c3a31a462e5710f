"""Who works a publication: claims, leases, and what a lease that ran out means. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from ..records import Intent, Lease, Operation, Publication

MAX_LEASE = timedelta(minutes=10)
"""A lease beyond this from now was written by a clock that has since been set back; it counts as expired."""

WRITES: frozenset[Operation] = frozenset({"create", "update", "withdraw"})


def lease_free(row: Publication, now: datetime) -> bool:
    """Whether nobody holds the row at ``now``."""
    return row.lease is None or row.lease.until <= now or row.lease.until > now + MAX_LEASE


def recovered(row: Publication) -> Publication:
    """Return a row whose lease ran out: an intent to write that was never settled is an unknown outcome."""
    if row.lease is None:
        return row
    wrote = row.intent is not None and row.intent.operation in WRITES
    return replace(
        row,
        lease=None,
        intent=None,
        outcome_unknown=row.outcome_unknown or wrote,
        unknown_since=row.intent.at if wrote and row.intent else row.unknown_since,
    )


def claim(
    row: Publication, operation: Operation, digest: str, owner: str, now: datetime, lease: timedelta
) -> Publication:
    """Return the row as claimed: leased, fenced, its intent written down.

    What was unknown "since" a time to come (the clock has been set back) is unknown since now, or no look settled it.
    """
    fence = row.fence + 1
    return replace(
        row,
        unknown_since=min(row.unknown_since, now) if row.unknown_since else None,
        fence=fence,
        lease=Lease(owner=owner, until=now + lease, fence=fence),
        intent=Intent(operation=operation, rev=row.wanted_rev, digest=digest, at=now),
    )
