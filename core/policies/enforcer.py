"""Policies at work: whether a query may pass, in the order access, rate limit, a plugin's own, accounting.

The first that refuses decides. What a query would use up (room in a window, a payment) is taken last, when nothing else
stands in its way; and whatever cannot be evaluated refuses.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..errors import NotAuthenticated
from ..hosting.adapter import Adapter
from ..hosting.manager import CORE_POLICIES, Plugins
from ..queries.admission import Admission
from ..queries.dry_run import imagined, rehearse
from ..queries.payments import Payments
from ..records import Asker, Decision, Endpoint, Payment, Policy, PolicyStep, Query, Space
from ..settings import Settings
from ..store import Store
from .access import NO_GUESTS, access_needs_email, check_access, check_guest, takes_guests
from .access import TYPE as ACCESS
from .accounting import Tariff, tariff_of
from .by_plugins import FAILED, VIOLATION, check_plugin_policy, violation
from .ledger import Full, Ledger
from .rate_limits import TYPE as RATE_LIMIT
from .rate_limits import Window, limit_needs_email, limited, windows_for

log = logging.getLogger(__name__)

__all__ = ["Admission", "Enforcer"]

ALLOWED = Decision("allowed")
UNSOUND = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)
"""What comes of a policy whose stored configuration is not what it should be."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One query before the policies."""

    endpoint: Endpoint
    asker: Asker
    query: Query
    payment: str
    key: str
    uncounted: bool
    windows: Sequence[Window]
    tariff: Tariff

    @property
    def owed(self) -> Decimal:
        return Decimal(0) if self.uncounted else self.tariff.owed(self.query.limit)

    @property
    def may_repeat(self) -> bool:
        """Whether it can be known again, and that makes a difference."""
        return bool(self.key and (self.windows or self.owed or self.of_plugins()))

    def of_plugins(self) -> list[Policy]:
        return [policy for policy in self.endpoint.policies if policy.type not in CORE_POLICIES]


class Enforcer:
    """Applies the policies of endpoints. Safe to use from many threads; processes share what is counted on Redis."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        plugins: Plugins,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._seconds = settings.call_deadline
        self._ledger = Ledger(settings, clock)
        self._payments = Payments(store, adapter, space)

    def needs_email(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint's policies can be decided only by the asker's address."""
        return any(map(self._needs_email, endpoint.policies))

    def admit(
        self,
        endpoint: Endpoint,
        asker: Asker,
        query: Query,
        *,
        body_digest: str,
        payment: str | None,
        uncounted: bool = False,
    ) -> Admission:
        """Decide whether a query may pass, and take what it uses up.

        The same person, correlation id and ``body_digest`` within a minute repeat a query: once it was admitted, it is
        neither counted into limits nor paid for again.

        Args:
            endpoint: what is asked.
            asker: who asks, with their address where :meth:`needs_email`.
            query: what they ask.
            body_digest: tells this query's body from others.
            payment: the proof of a payment that came with it.
            uncounted: use up nothing, and charge nothing.

        Raises:
            NotAuthenticated: there is no token, and guests are not taken.
            TransientError: what limits are kept in is away, or a payment cannot be verified just now.
        """
        if not asker.marketplace_id and asker.guest and not takes_guests(endpoint.policies):
            raise NotAuthenticated(NO_GUESTS, reason="token_required")
        if refusal := _access(endpoint, asker):
            return Admission(refusal, None, self._ledger)
        try:
            windows, tariff = windows_for(endpoint, asker), tariff_of(endpoint.policies)
        except UNSOUND:
            log.exception("A policy of %s cannot be evaluated", endpoint.slug)
            return Admission(Decision(VIOLATION, FAILED), None, self._ledger)
        key = "" if uncounted else _key(endpoint, asker, query, body_digest)
        case = _Case(endpoint, asker, query, payment or "", key, uncounted, windows, tariff)
        repeat = case.may_repeat and self._ledger.admitted_before(key)
        decision = ALLOWED if repeat else self._decide(case)
        return Admission(decision, None if uncounted else tariff, self._ledger, key, repeat=repeat)

    def dry_run(
        self, endpoint: Endpoint, *, email: str = "", marketplace: str = "", guest: bool = False
    ) -> list[PolicyStep]:
        """Return what each policy would say to a person, in order; nothing is used up and no plugin is asked.

        Args:
            endpoint: what they would ask.
            email: the person's address.
            marketplace: the name or id of the one they come from; without any, the only one there is.
            guest: they have no account.

        Raises InvalidInput for an unknown marketplace.
        """
        asker = imagined(self._store, email, marketplace, guest=guest)
        return rehearse(endpoint, asker, self._plugins.policy_types, self._ledger.full)

    def _decide(self, case: _Case) -> Decision:
        for rule in (self._room, self._of_plugins, self._unpaid, self._take, self._pay):
            if refusal := rule(case):
                return refusal
        if case.may_repeat:
            self._ledger.note_admitted(case.key)
        return ALLOWED

    def _room(self, case: _Case) -> Decision | None:
        """Look for room before other rules are tried; where none follows, taking it is enough."""
        if not (case.uncounted or case.owed or case.of_plugins()):
            return None
        return _limited(self._ledger.full(case.windows))

    def _of_plugins(self, case: _Case) -> Decision | None:
        decided = (
            check_plugin_policy(self._plugins, policy, case.endpoint, case.asker, case.query, self._seconds)
            for policy in case.of_plugins()
        )
        return next((decision for decision in decided if not decision.allowed), None)

    def _unpaid(self, case: _Case) -> Decision | None:
        return case.tariff.demand(case.owed) if case.owed and not case.payment else None

    def _take(self, case: _Case) -> Decision | None:
        return None if case.uncounted else _limited(self._ledger.take(case.windows))

    def _pay(self, case: _Case) -> Decision | None:
        """A proof that does not hold has been counted into the limits: that is what bounds guessing."""
        if not case.owed:
            return None
        payment = Payment(case.payment, case.owed, case.tariff.currency)
        fault = self._payments.fault(case.endpoint, case.asker, payment, case.key)
        return case.tariff.demand(case.owed, fault) if fault else None

    def _needs_email(self, policy: Policy) -> bool:
        if policy.type == ACCESS:
            return access_needs_email(policy.config)
        if policy.type == RATE_LIMIT:
            return limit_needs_email(policy)
        kind = self._plugins.policy_types.get(policy.type)
        return kind is not None and kind.needs_email


def _access(endpoint: Endpoint, asker: Asker) -> Decision | None:
    """Return why the asker has no access, or None."""
    rules = (policy for policy in endpoint.policies if policy.type == ACCESS)
    decided = (_checked(policy, asker) for policy in rules)
    refusal = next((decision for decision in decided if not decision.allowed), None)
    unasked = check_guest(endpoint.policies, asker)
    return refusal or (None if unasked.allowed else unasked)


def _checked(policy: Policy, asker: Asker) -> Decision:
    try:
        return check_access(policy, asker)
    except UNSOUND:
        log.exception("An access policy cannot be evaluated")
        return violation(policy)


def _limited(full: Full | None) -> Decision | None:
    return limited(full.window, full.seconds) if full else None


def _key(endpoint: Endpoint, asker: Asker, query: Query, body_digest: str) -> str:
    """Return what the same query of the same person is known by; empty where they gave it no correlation id."""
    if not query.correlation_id:
        return ""
    parts = (endpoint.id, asker.person, query.correlation_id, body_digest)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
