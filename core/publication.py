"""The life of a publication, as functions from a row to a row. Pure: no store, no clock, no network.

What is wanted and what was last confirmed stand side by side in the row; a worker closes the gap one call at a
time::

                     want(listed)                    claim        settle
    not_published ───────────────▶ due ────────────────▶ leased ─────────▶ confirmed: published
          ▲                         ▲                      │  │
          │                         │  transient, unknown  │  │ rejected, gave up
          │                         └──────────────────────┘  └──────────▶ failed (waits for a person or an edit)
          │        want(absent)
          └──────── withdrawn ◀── leased ◀── due ◀── published

    next_step:   outcome unknown ─▶ look        wanted listed, nothing there ─▶ create
                 wanted listed, digest differs ─▶ update      same digest ─▶ nothing (a person's publish: look)
                 wanted absent, something there ─▶ withdraw   nothing there ─▶ nothing

Two rules make crashes harmless. The claim writes what is about to be done before it is done, so a lease that ran out
with such an intent *is* an unknown outcome, and an unknown outcome is looked up before anything is written again.
And an outcome is recorded only while the claim's fencing number still holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from . import backoff
from .errors import (
    ListingGone,
    MarketplaceError,
    OutcomeUnknown,
    PluginFault,
    TransientError,
)
from .records import (
    ErrorInfo,
    Intent,
    Lease,
    Operation,
    Publication,
    PublicationStatus,
    RemoteListing,
    Wanted,
)

SETTLE = timedelta(seconds=90)
"""How long after an unknown create an empty look is believed: the request may still be under way there."""

MAX_LEASE = timedelta(minutes=10)
"""A lease beyond this from now was written by a clock that has since been set back; it counts as expired."""

WRITES: frozenset[Operation] = frozenset({"create", "update", "withdraw"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A create, update or look that ended with our listing there.

    ``digest`` is what it is known to show (None: something else than wanted), ``listed_as`` the fields that only a
    republish changes.
    """

    remote: RemoteListing
    digest: str | None
    listed_as: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """A withdrawal that succeeded, or a look that found nothing."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing had to be done."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The call ended with an error."""

    error: MarketplaceError


Outcome = Listed | Absent | Unchanged | Failed


def want(row: Publication, wanted: Wanted, now: datetime, *, by_person: bool) -> Publication:
    """Return the row after a wish: due now, its attempts forgotten, a late attempt fenced off by the revision."""
    return with_status(
        replace(
            row,
            wanted=wanted,
            wanted_rev=row.wanted_rev + 1,
            due_at=now,
            attempts=0,
            gave_up=False,
            by_person=by_person or (row.by_person and row.due_at is not None),
            error=row.error if row.error and not by_person else None,
        )
    )


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


def next_step(row: Publication, digest: str) -> Operation | None:
    """Return what to do for a row whose wanted listing has ``digest``; None means that all is as wanted."""
    if row.outcome_unknown:
        return "look"
    if row.wanted == "absent":
        return "withdraw" if row.remote_id is not None else None
    if row.remote_id is None:
        return "create"
    if row.confirmed_digest != digest:
        return "update"
    return "look" if row.by_person else None


def claim(
    row: Publication, operation: Operation, digest: str, owner: str, now: datetime, lease: timedelta
) -> Publication:
    """Return the row as claimed: leased, fenced, its intent written down."""
    fence = row.fence + 1
    return replace(
        row,
        fence=fence,
        lease=Lease(owner=owner, until=now + lease, fence=fence),
        intent=Intent(operation=operation, rev=row.wanted_rev, digest=digest, at=now),
    )


def settle(row: Publication, claimed: Publication, outcome: Outcome, now: datetime, chance: float) -> Publication:
    """Return ``row`` (as it is in the store now) after the claimed call ended with ``outcome``.

    Args:
        chance: a random number in [0, 1) for the jitter of a retry.
    """
    if row.fence != claimed.fence:
        return _stale(row, claimed, now)
    after = _facts(replace(row, lease=None, intent=None), claimed, outcome, now)
    if row.wanted_rev != claimed.wanted_rev:
        return with_status(after)
    return with_status(_schedule(after, claimed, outcome, now, chance))


def with_status(row: Publication) -> Publication:
    """Return the row with the status of the publishing guide that its facts amount to."""
    return replace(row, status=_status(row))


def _status(row: Publication) -> PublicationStatus:
    if row.wanted == "listed" and row.remote_id is not None:
        return "published"
    if row.gave_up:
        return "failed"
    there = row.remote_id is not None or row.outcome_unknown
    return "pending" if row.wanted == "listed" or there else "not_published"


def _stale(row: Publication, claimed: Publication, now: datetime) -> Publication:
    """Somebody else holds the row by now; our call may still have changed something there."""
    if claimed.intent is None or claimed.intent.operation not in WRITES:
        return row
    return with_status(replace(row, outcome_unknown=True, unknown_since=now, due_at=row.due_at or now))


def _facts(row: Publication, claimed: Publication, outcome: Outcome, now: datetime) -> Publication:
    """What the call taught about the marketplace; true whatever is wanted by now."""
    settled = row.unknown_since is None or claimed.intent is None or row.unknown_since <= claimed.intent.at
    match outcome:
        case Listed(remote, digest, listed_as):
            return replace(
                row,
                remote_id=remote.remote_id,
                remote_slug=remote.slug,
                remote_url=remote.url,
                confirmed_digest=digest,
                listed_as=dict(listed_as),
                active=remote.active,
                published_at=row.published_at or now,
                verified_at=now,
                outcome_unknown=not settled,
                unknown_since=None if settled else row.unknown_since,
            )
        case Absent():
            if _too_early_to_believe(row, claimed, now):
                return row
            return replace(_forgotten(row), verified_at=now)
        case Failed(ListingGone()):
            return _forgotten(row)
        case Failed(error) if _unknown(error, claimed):
            return replace(row, outcome_unknown=True, unknown_since=now)
        case _:
            return row


def _schedule(row: Publication, claimed: Publication, outcome: Outcome, now: datetime, chance: float) -> Publication:
    """When to look at the row again, and what to tell people meanwhile."""
    match outcome:
        case Failed(error) if not isinstance(error, ListingGone):
            return _after_failure(row, error, now, chance)
        case Absent() if row.outcome_unknown:
            return replace(row, due_at=(row.unknown_since or now) + SETTLE)
        case _ if _unfinished(row):
            return replace(row, due_at=now, attempts=row.attempts + isinstance(outcome, Failed))
        case _:
            return replace(
                row,
                due_at=None,
                attempts=0,
                by_person=False,
                error=None,
                gave_up=False,
                message=_said(row, claimed),
            )


def _after_failure(row: Publication, error: MarketplaceError, now: datetime, chance: float) -> Publication:
    row = replace(
        row,
        attempts=row.attempts + 1,
        error=ErrorInfo(error.cause_code, error.message, error.remedy),
    )
    again = isinstance(error, TransientError | OutcomeUnknown | PluginFault)
    if not again or row.attempts >= backoff.MAX_ATTEMPTS:
        return replace(row, due_at=None, gave_up=True, by_person=False)
    retry_after = error.retry_after if isinstance(error, TransientError) else None
    return replace(row, due_at=backoff.next_attempt(now, row.attempts, retry_after, chance))


def _unfinished(row: Publication) -> bool:
    if row.outcome_unknown:
        return True
    if row.wanted == "absent":
        return row.remote_id is not None
    return row.remote_id is None or row.confirmed_digest is None


def _unknown(error: MarketplaceError, claimed: Publication) -> bool:
    """Whether this failure of this operation leaves open if something was written."""
    wrote = claimed.intent is not None and claimed.intent.operation in WRITES
    return wrote and isinstance(error, OutcomeUnknown | PluginFault)


def _too_early_to_believe(row: Publication, claimed: Publication, now: datetime) -> bool:
    """An empty look soon after an unknown write may only mean that the write has not arrived yet."""
    looked = claimed.intent is not None and claimed.intent.operation == "look"
    return looked and row.outcome_unknown and row.unknown_since is not None and now < row.unknown_since + SETTLE


def _forgotten(row: Publication) -> Publication:
    return replace(
        row,
        remote_id=None,
        remote_slug=None,
        remote_url="",
        confirmed_digest=None,
        listed_as={},
        active=None,
        published_at=None,
        outcome_unknown=False,
        unknown_since=None,
    )


def _said(row: Publication, claimed: Publication) -> str:
    if row.wanted == "absent":
        return "Successfully unpublished endpoint"
    operation = claimed.intent.operation if claimed.intent else None
    if operation == "look" and claimed.confirmed_digest is not None:
        return "Already published; the listing is as it should be"
    if operation in ("create", "look"):
        return "Successfully published endpoint"
    return "Successfully updated the listing"


__all__ = [
    "Absent",
    "Failed",
    "Listed",
    "Outcome",
    "Unchanged",
    "claim",
    "lease_free",
    "next_step",
    "recovered",
    "settle",
    "want",
    "with_status",
]
