"""The gateway: who asks, what the policies say, what the backends answer, and what is counted of it.

A query goes through in this order, and stops at the first that refuses it: the endpoint is listed somewhere, it is not
in maintenance, there is room, the asker is who they say, the policies let them pass, the backends answer. Each backend
is asked at most once: whether to ask again is the asker's to say.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import CAUSES, MarketplaceError, NotAuthenticated, NotFound, PublicistError, RejectedError
from ..health.maintenance import Maintenance
from ..http import Deadline
from ..policies.enforcer import Admission, Enforcer
from ..records import Asker, Decision, Endpoint, Query, QueryAnswer, QueryEvent, Space
from ..schemas import Asking
from ..settings import Settings
from ..text import check_slug
from ..usage.counting import Usage
from .answering import Answering, Deliver, nobody
from .askers import Askers
from .places import Places
from .refusals import QueryRefused, crowded, denied, failed, in_maintenance

log = logging.getLogger(__name__)

OK = 200
UNAUTHENTICATED, BROKEN, UNAVAILABLE = 401, 500, 503
ALLOWED = Decision("allowed")
OWNER = Asker("", "", "owner", owner=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a query, as far as its transport tells.

    ``token`` is the bearer token, ``payment`` the proof of one; ``address`` is the client's, or that of a marketplace's
    server where ``relayed``.
    """

    token: str | None = None
    payment: str | None = None
    address: str = ""
    relayed: bool = False


@dataclass(slots=True)
class _Course:
    """How far one query has come: what of it will be counted."""

    endpoint: Endpoint
    asking: Asking
    caller: Caller
    at: datetime
    started: float = field(default_factory=time.perf_counter)
    asker: Asker | None = None
    admission: Admission | None = None

    @property
    def query(self) -> Query:
        return self.asking.query


class Gateway:
    """Answers queries. Safe to use from many threads.

    Args:
        on_failure: is told the id of an endpoint whose backends failed to answer a query.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        answering: Answering,
        askers: Askers,
        enforcer: Enforcer,
        maintenance: Maintenance,
        usage: Usage,
        places: Places,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
        on_failure: Callable[[str], None] | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._on_failure = on_failure
        self._answering = answering
        self._askers = askers
        self._enforcer = enforcer
        self._maintenance = maintenance
        self._usage = usage
        self._places = places
        self._settings = settings
        self._space = space
        self._clock = clock
        self._seats = threading.BoundedSemaphore(settings.query_concurrency)

    def answer(self, slug: str, asking: Asking, caller: Caller, deliver: Deliver = nobody) -> QueryAnswer:
        """Return the answer to a query, and count it.

        ``deliver`` gets a model's text piece by piece where the query asks for a stream.

        Raises:
            NotFound: no such endpoint is listed anywhere; this is not counted.
            NotAuthenticated: the token does not hold.
            QueryRefused: anything else that stands in its way.
            TransientError: who asks cannot be told at present, or what limits are kept in is away.
        """
        course = _Course(self._endpoints.listed(slug), asking, caller, self._clock())
        try:
            answer = self._answer(course, deliver)
        except PublicistError as error:
            self._count(course, status_of(error), denial=_denial(error))
            raise
        except Exception:
            self._count(course, BROKEN)
            raise
        self._count(course, OK, answer.cost, answer.currency)
        return answer

    def preview(self, slug: str, asking: Asking, deliver: Deliver = nobody) -> QueryAnswer:
        """Return what a query gets from the endpoint, listed or not: uncounted, and past all policies.

        Raises NotFound, and MarketplaceError as the backend raised it, for it is the owner who asks.
        """
        return self.rehearse(self._endpoints.get(slug), asking, deliver)

    def rehearse(self, endpoint: Endpoint, asking: Asking, deliver: Deliver = nobody) -> QueryAnswer:
        """Return what a query gets from an endpoint that need not be stored; as :meth:`preview` otherwise."""
        course = _Course(endpoint, asking, Caller(), self._clock(), asker=OWNER)
        try:
            return self._ask(course, Deadline.after(self._seconds(asking)), deliver)
        except RejectedError:
            raise
        except MarketplaceError as error:
            error.cause_code, error.remedy = "endpoint_unhealthy", CAUSES["endpoint_unhealthy"]
            raise

    def note_unreadable(self, slug: str, caller: Caller, status: int) -> None:
        """Count a query that could not be read, under the status that said so; one to no endpoint leaves no trace."""
        if check_slug(slug):
            return
        try:
            endpoint = self._endpoints.listed(slug)
        except NotFound:
            return
        self._record(endpoint, caller, self._clock(), status=status)

    def _answer(self, course: _Course, deliver: Deliver) -> QueryAnswer:
        seconds = self._seconds(course.asking)
        deadline = Deadline.after(seconds)
        if window := self._maintenance.now(course.endpoint.id):
            raise in_maintenance(window.ends_at, course.at, window.note)
        with self._seat():
            admission = self._admit(course)
            try:
                answer = self._ask(course, deadline, deliver)
            except MarketplaceError as error:
                log.warning("Query to %s failed: %s", course.endpoint.slug, error.message)
                self._tell_failure(course.endpoint, error)
                raise failed(error, seconds, late=deadline.expired) from error
        cost, currency = admission.settle(len(answer.answer.documents))
        return replace(answer, decision=admission.decision, cost=cost, currency=currency)

    def _tell_failure(self, endpoint: Endpoint, error: MarketplaceError) -> None:
        """Have the endpoint looked at; a query that it does not take is no sign of anything."""
        if self._on_failure and not isinstance(error, RejectedError):
            try:
                self._on_failure(endpoint.id)
            except Exception:
                log.exception("A failed query to %s could not be told on", endpoint.slug)

    def _admit(self, course: _Course) -> Admission:
        endpoint, caller = course.endpoint, course.caller
        need_email = self._enforcer.needs_email(endpoint)
        course.asker = self._askers.identify(endpoint, caller.token, need_email=need_email)
        payment = caller.payment or course.asking.payment or None
        course.admission = self._enforcer.admit(
            endpoint, course.asker, course.query, body_digest=digest_of(course.query), payment=payment
        )
        if not course.admission.decision.allowed:
            raise denied(course.admission.decision)
        return course.admission

    def _ask(self, course: _Course, deadline: Deadline, deliver: Deliver) -> QueryAnswer:
        space = self._space()
        found = self._answering.answer(course.endpoint, space, course.query, deadline, deliver)
        base = space.public_url or self._settings.own_address
        address = f"{base}/api/v1/endpoints/{course.endpoint.slug}/query"
        return QueryAnswer(course.endpoint, course.query, found, space.name, address, ALLOWED)

    def _seconds(self, asking: Asking) -> float:
        return self._settings.query_deadline if asking.words else self._settings.chat_deadline

    @contextmanager
    def _seat(self) -> Iterator[None]:
        if not self._seats.acquire(blocking=False):
            raise crowded()
        try:
            yield
        finally:
            self._seats.release()

    def _count(
        self, course: _Course, status: int, cost: Decimal = Decimal(0), currency: str = "", *, denial: str = ""
    ) -> None:
        """Count the query, unless it repeats one that has been counted with an answer."""
        if status == OK and course.admission and course.admission.repeat:
            return
        self._record(
            course.endpoint,
            course.caller,
            course.at,
            asker=course.asker,
            status=status,
            latency_ms=(time.perf_counter() - course.started) * 1000,
            cost=cost,
            currency=currency,
            denial=denial,
            text=course.query.text,
        )

    def _record(
        self, endpoint: Endpoint, caller: Caller, at: datetime, *, asker: Asker | None = None, **told: Any
    ) -> None:
        event = QueryEvent(
            at=at,
            endpoint_id=endpoint.id,
            marketplace_id=asker.marketplace_id if asker else "",
            person=self._usage.person(asker) if asker else "",
            country=self._places.country_of(caller.address, from_marketplace=caller.relayed),
            **{"latency_ms": 0.0, **told},
        )
        self._usage.record(event)


def digest_of(query: Query) -> str:
    """Return what tells this query from others; whether its answer is streamed makes no difference."""
    return hashlib.sha256(repr(replace(query, stream=False, correlation_id="")).encode()).hexdigest()


def status_of(error: PublicistError) -> int:
    """Return the HTTP status that a query is answered with when it ends in ``error``."""
    if isinstance(error, NotAuthenticated):
        return UNAUTHENTICATED
    return error.status if isinstance(error, QueryRefused) else UNAVAILABLE


def _denial(error: PublicistError) -> str:
    if isinstance(error, NotAuthenticated):
        return "not_authenticated"
    return error.decision.outcome if isinstance(error, QueryRefused) and error.decision else ""
