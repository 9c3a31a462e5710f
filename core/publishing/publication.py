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
    republish:   new slug: create ─▶ withdraw the retiring one        same slug: withdraw ─▶ create

Two rules make crashes harmless. The claim writes what is about to be done before it is done, so a lease that ran out
with such an intent *is* an unknown outcome, and an unknown outcome is looked up before anything is written again.
And an outcome is recorded only while the claim's fencing number still holds.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from ..errors import ListingGone, MarketplaceError, OutcomeUnknown, PluginFault, RejectedError, TransientError
from ..hosting.guard import Unfinished
from ..records import ErrorInfo, Operation, Publication, PublicationStatus, Wanted
from ..syncing.republish import begun, retired, rolled_back, to_withdraw, without_former
from . import backoff
from .leases import MAX_LEASE, WRITES, claim, lease_free, recovered
from .outcome import Absent, Failed, Listed, Outcome, Unchanged

SETTLE = timedelta(seconds=90)
"""How long after an unknown create an empty look is believed: the request may still be under way there."""


def want(row: Publication, wanted: Wanted, now: datetime, *, by_person: bool) -> Publication:
    """Return the row after a wish: due now, its attempts forgotten, a late attempt fenced off by the revision."""
    return with_status(
        replace(
            row,
            wanted=wanted,
            wanted_rev=row.wanted_rev + 1,
            republish=row.republish and wanted == "listed",
            due_at=now,
            attempts=0,
            gave_up=False,
            by_person=by_person or (row.by_person and row.due_at is not None),
            error=row.error if row.error and not by_person else None,
        )
    )


def republish(row: Publication, now: datetime, *, new_slug: bool) -> Publication:
    """Return the row after a person asked to list it anew: beside the old listing (a new slug), or in its place."""
    return want(begun(row, new_slug=new_slug), "listed", now, by_person=True)


def restored(row: Publication, now: datetime) -> Publication:
    """Return the row of a listing that is certainly gone and still wanted: to be made again, now."""
    return marked(_forgotten(row), now)


def marked(row: Publication, now: datetime) -> Publication:
    """Return the row as due now, unless an earlier attempt already waits for its time or was given up."""
    waits = row.due_at is not None or row.gave_up
    return with_status(row if waits else replace(row, due_at=now, attempts=0, by_person=False))


def released(row: Publication) -> Publication:
    """Return a claimed row whose call was never begun: free again, and as due as it was."""
    return with_status(replace(row, lease=None, intent=None))


def next_step(row: Publication, digest: str) -> Operation | None:
    """Return what to do for a row whose wanted listing has ``digest``; None means that all is as wanted."""
    if row.outcome_unknown:
        return "look"
    if row.wanted == "absent":
        return "withdraw" if _is_there(row) else None
    if row.remote_id is None:
        return "create"
    if row.retiring_remote_id is not None or row.republish:
        return "withdraw"
    if row.confirmed_digest != digest:
        return "update"
    return "look" if row.by_person else None


def settle(row: Publication, claimed: Publication, outcome: Outcome, now: datetime, chance: float) -> Publication:
    """Return ``row`` (as it is in the store now) after the claimed call ended with ``outcome``.

    Args:
        chance: a random number in [0, 1) for the jitter of a retry.
    """
    if row.fence != claimed.fence:
        return _stale(row, claimed, now)
    # The fence moves on here, too: a claim planned from the row as it was before must not put that row back.
    after = _facts(replace(row, lease=None, intent=None, fence=row.fence + 1), claimed, outcome, now)
    if row.wanted_rev != claimed.wanted_rev:
        # What was sent may lack what changed meanwhile without showing in the digest, such as the space's address.
        return with_status(replace(after, confirmed_digest=None) if isinstance(outcome, Listed) else after)
    return with_status(_schedule(after, claimed, outcome, now, chance))


def with_status(row: Publication) -> Publication:
    """Return the row with the status of the publishing guide that its facts amount to."""
    return replace(row, status=_status(row))


def _status(row: Publication) -> PublicationStatus:
    if row.wanted == "listed" and _is_there(row):
        return "published"
    if row.gave_up:
        return "failed"
    there = _is_there(row) or row.outcome_unknown
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
                without_former(row, remote),
                remote_id=remote.remote_id,
                remote_slug=remote.slug,
                remote_url=remote.url,
                confirmed_digest=digest,
                listed_as=dict(listed_as),
                active=remote.active,
                drift={} if digest else row.drift,
                published_at=row.published_at or now,
                verified_at=now,
                outcome_unknown=not settled,
                unknown_since=None if settled else row.unknown_since,
            )
        case Absent() | Failed(ListingGone()) if _retired(claimed):
            after = retired(row) if row.retiring_remote_id == claimed.retiring_remote_id else row
            return after if _is_there(after) or after.outcome_unknown else _forgotten(after)
        case Absent():
            early = _too_early_to_believe(row, claimed, now)
            return row if early else replace(_forgotten(row), verified_at=now)
        case Failed(error):
            return _after_error(row, claimed, error, now)
        case _:
            return row


def _after_error(row: Publication, claimed: Publication, error: MarketplaceError, now: datetime) -> Publication:
    """What a failed call taught: that the listing is gone, that all is open, or that nothing was made."""
    if isinstance(error, ListingGone):
        return _forgotten(row)
    if _unknown(error, claimed):
        return replace(row, outcome_unknown=True, unknown_since=now)
    if row.remote_id or row.outcome_unknown:
        return row
    if row.retiring_remote_id is not None and _created(claimed) and isinstance(error, RejectedError):
        return rolled_back(row)
    # The slug of a create that certainly made nothing: nothing has it.
    return replace(row, remote_slug=None)


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
        attempts=row.attempts + (not isinstance(error, Unfinished)),
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
        return _is_there(row)
    waits = row.retiring_remote_id is not None or row.republish
    return waits or row.remote_id is None or row.confirmed_digest is None


def _is_there(row: Publication) -> bool:
    """Whether a listing is known to be there, be it one that is to go."""
    return row.remote_id is not None or row.retiring_remote_id is not None


def _created(claimed: Publication) -> bool:
    return claimed.intent is not None and claimed.intent.operation == "create"


def _retired(claimed: Publication) -> bool:
    """Whether the claimed call was to withdraw the listing that a republish leaves behind."""
    withdrew = claimed.intent is not None and claimed.intent.operation == "withdraw"
    return withdrew and claimed.retiring_remote_id is not None


def _unknown(error: MarketplaceError, claimed: Publication) -> bool:
    """Whether this failure of this operation leaves open if something was written."""
    wrote = claimed.intent is not None and claimed.intent.operation in WRITES
    return wrote and isinstance(error, OutcomeUnknown | PluginFault)


def _too_early_to_believe(row: Publication, claimed: Publication, now: datetime) -> bool:
    """An empty look soon after an unknown write may only mean that the write has not arrived yet."""
    looked = claimed.intent is not None and claimed.intent.operation == "look"
    return looked and row.outcome_unknown and row.unknown_since is not None and now < row.unknown_since + SETTLE


def _forgotten(row: Publication) -> Publication:
    """Return the row with no listing known, except a retiring one, whose held fields are kept for a way back."""
    return replace(
        row,
        remote_id=None,
        remote_slug=None,
        remote_url="",
        confirmed_digest=None,
        listed_as=row.listed_as if row.retiring_remote_id else {},
        republish=False,
        drift={},
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
    if operation == "withdraw":
        return "Successfully republished endpoint"
    if operation in ("create", "look"):
        return "Successfully published endpoint"
    return "Successfully updated the listing"


__all__ = [
    "MAX_LEASE",
    "SETTLE",
    "WRITES",
    "Absent",
    "Failed",
    "Listed",
    "Outcome",
    "Unchanged",
    "claim",
    "lease_free",
    "marked",
    "next_step",
    "recovered",
    "released",
    "republish",
    "restored",
    "settle",
    "to_withdraw",
    "want",
    "with_status",
]
