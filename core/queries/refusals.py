"""Why a query gets no answer: the status that callers act on, and a sentence that tells nothing of what is inside."""

from datetime import datetime

from ..errors import MarketplaceError, PublicistError, RateLimited, RejectedError, TransientError
from ..moments import to_minute
from ..records import Decision

STATUSES = {"access_denied": 403, "policy_violation": 403, "rate_limited": 429, "payment_required": 402}
"""What SyftHub's callers expect for each outcome of a policy."""

ASK_LATER = "Ask again when the seconds of the header Retry-After are over."
ASK_OTHERWISE = "Ask in other words, or for less."


class QueryRefused(PublicistError):
    """A query gets no answer. ``message`` is for whoever asked: it names nobody, and nothing inside of the space.

    ``status`` is the HTTP status that says so (SyftHub callers act on it), ``retry_after`` in seconds. ``decision`` is
    that of the policy that refused, None where it was not a policy.
    """

    cause = "backend_failed"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        cause: str,
        retry_after: float | None = None,
        decision: Decision | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, cause=cause, remedy=remedy)
        self.status = status
        self.retry_after = retry_after
        self.decision = decision


def denied(decision: Decision) -> QueryRefused:
    """Return the refusal that a policy's decision amounts to."""
    known = decision.outcome if decision.outcome in STATUSES else "policy_violation"
    return QueryRefused(
        decision.message or "A policy of this endpoint refuses the query.",
        status=STATUSES[known],
        cause=known,
        retry_after=decision.retry_after,
        decision=decision,
        remedy=ASK_LATER if known == "rate_limited" else None,
    )


def failed(error: MarketplaceError, seconds: float, *, late: bool) -> QueryRefused:
    """Return what the asker is told when the dataset or the model failed; ``late``: the deadline had passed by then."""
    if isinstance(error, RejectedError):
        said = "The provider's service does not accept this query."
        return QueryRefused(said, status=422, cause="validation", remedy=ASK_OTHERWISE)
    retry_after = error.retry_after if isinstance(error, TransientError) else None
    if retry_after is not None or isinstance(error, RateLimited):
        said = "The provider's service takes no query just now."
        return QueryRefused(said, status=503, cause="busy", retry_after=retry_after)
    if late:
        said = f"The provider's service did not answer within {seconds:g} seconds."
        return QueryRefused(said, status=504, cause="deadline")
    return QueryRefused("The provider's service failed to answer.", status=502, cause="backend_failed")


def in_maintenance(until: datetime, now: datetime, note: str = "") -> QueryRefused:
    """Return what is said during an announced maintenance window; ``note`` is what its owner wants told."""
    said = f"This endpoint is in maintenance until {to_minute(until)}{f': {note}' if note else ''}."
    seconds = max(1.0, (until - now).total_seconds())
    return QueryRefused(said, status=503, cause="maintenance", retry_after=seconds)


def crowded() -> QueryRefused:
    """Return what is said when as many queries are under way as this space takes at once."""
    said = "This space answers as many queries as it can at once; ask again in a moment."
    return QueryRefused(said, status=503, cause="busy", retry_after=1.0)
