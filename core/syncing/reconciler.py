"""Reconciling: reading what each marketplace really shows, and marking what is not as wanted.

It never writes remotely. It makes rows due, which the worker then works; and only rows that nobody holds and whose
wish is still the one from before the reading began. Whatever is doubtful (a short read, a list that hides what a
look-up finds) changes nothing.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..errors import Conflict, InvalidInput, MarketplaceError, MarketplaceUnavailable, PublicistError
from ..hosting.adapter import Adapter
from ..marketplaces.marketplaces import Marketplaces
from ..records import Marketplace, Space
from ..running.heartbeat import COPY_OF
from ..settings import Settings
from ..store import Store
from .marking import Marking
from .plan import Plan, apply_policy
from .readings import Reader, Sight

log = logging.getLogger(__name__)

MOST_LOOKUPS = 50
"""How many missing listings are looked up after one reading; further ones wait for the next."""

DISAGREE = "list and look-up disagree"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of one marketplace: its plan under its sync policy, or the error for which there is none.

    ``marked`` publications are due because of it; ``waits`` tells that withdrawals wait for a person;
    ``slugs`` are those of the endpoints by publication id.
    """

    marketplace: Marketplace
    plan: Plan | None
    error: MarketplaceError | None = None
    marked: int = 0
    waits: bool = False
    slugs: Mapping[str, str] = field(default_factory=dict)


class Reconciler:
    """Plans and syncs marketplaces. Safe to use from many threads and processes."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        marketplaces: Marketplaces,
        reader: Reader,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._marketplaces = marketplaces
        self._reader = reader
        self._interval = settings.reconcile_interval
        self._space = space
        self._clock = clock
        self._marking = Marking(store)

    def plan(self, name_or_id: str | None = None) -> list[Reconciled]:
        """Read the marketplaces (or the one that is named) and return their plans; nothing is written anywhere."""
        return [self._planned(item) for item in self._chosen(name_or_id)]

    def sync(
        self, name_or_id: str | None = None, *, plan_id: str | None = None, confirm: bool = False
    ) -> list[Reconciled]:
        """Read the marketplaces again and make due what their plans say.

        Args:
            name_or_id: the marketplace; all that are not disabled without one.
            plan_id: apply only this plan; it belongs to one marketplace, which must be named.
            confirm: a person agrees to the plan although it exceeds the deletion cap; only with ``plan_id``.

        Raises:
            Conflict: the plan is stale: something has changed since it was made.
            InvalidInput: a plan without its marketplace, or a confirmation without its plan.
            NotFound: there is no such marketplace.
        """
        if plan_id is not None and name_or_id is None:
            raise InvalidInput({"marketplace_id": ["Say which marketplace's plan this is."]})
        if confirm and plan_id is None:
            raise InvalidInput({"plan_id": ["Say which plan is confirmed."]}, remedy="`publicist plan` shows its id.")
        return [self.reconcile(item, plan_id=plan_id, confirm=confirm) for item in self._chosen(name_or_id)]

    def standings(self) -> dict[str, tuple[datetime | None, bool]]:
        """Return by marketplace id when it was last read, and whether a plan of it waits for a person."""
        with self._store.session():
            return self._store.plans.standings()

    def round(self) -> int:
        """Reconcile every marketplace whose turn it is; return how many were read.

        Turns come every ``reconcile_interval`` seconds, at a moment of its own for each marketplace. Of several
        runners one takes a turn; turns that were missed are made up for by one.
        """
        now, done = self._clock(), 0
        with self._store.session():
            read = self._store.plans.read_at()
        for item in self._marketplaces.all():
            before = read.get(item.id)
            if item.status == "disabled" or item.removing or (before is not None and before >= self._turn(item, now)):
                continue
            with self._store.write():
                # One that asked us to wait, or does not answer, is left alone; its turn comes when it may be called.
                ready = bool(self._store.pacing.ready([item.id], now))
                taken = ready and self._store.plans.take_turn(item.id, before, now)
            if taken:
                self.reconcile(item)
                done += 1
        return done

    def reconcile(self, marketplace: Marketplace, *, plan_id: str | None = None, confirm: bool = False) -> Reconciled:
        """Read one marketplace and mark what has drifted; see :meth:`sync`. A failed reading changes nothing."""
        try:
            sight = self._reader.look(marketplace)
        except MarketplaceError as error:
            return self._failed(marketplace, error)
        whole = sight.plan
        plan = apply_policy(whole, marketplace.sync_policy)
        if plan_id is not None and plan.id != plan_id:
            raise _stale(plan_id, plan)
        missing = [action for action in plan.actions if action.kind == "restore"]
        try:
            self._look_up(marketplace, [action.slug for action in missing[:MOST_LOOKUPS]])
        except MarketplaceError as error:
            with self._store.write():
                self._store.plans.distrust(marketplace.id, distrusted=True)
            return self._failed(marketplace, error)
        later = {action.key for action in missing[MOST_LOOKUPS:]}
        waits = self._must_wait(plan) and not confirm
        if confirm:
            with self._store.session():
                self._store.settings.set(COPY_OF, None)  # a person has seen that this copy is the one that goes on
        marked = self._mark(sight, plan, later, waits=waits)
        if waits:
            log.warning("%s: a plan waits for confirmation: `publicist plan` shows it", marketplace.name)
        return Reconciled(marketplace, plan, marked=marked, waits=waits, slugs=sight.slugs)

    def _must_wait(self, plan: Plan) -> bool:
        """Whether a person must agree: to many withdrawals, and in a copied space to any of what we do not know.

        A copy has the identity of the original, whose newer listings it would take for orphans of its own.
        """
        if plan.needs_confirmation:
            return True
        with self._store.session():
            return any(action.is_orphan for action in plan.actions) and bool(self._store.settings.get(COPY_OF))

    def _mark(self, sight: Sight, plan: Plan, later: set[str], *, waits: bool) -> int:
        now, held = self._clock(), {action.remote_id for action in plan.withdrawals} if waits else set()
        going = [action for action in plan.actions if action.key not in later and action.remote_id not in held]
        with self._store.write():
            marked = self._marking.mark(sight, going, now)
            self._store.plans.distrust(sight.marketplace.id, distrusted=False)
            self._store.plans.note_read(sight.marketplace.id, now)
            shown = {"withdrawals": [action.slug for action in plan.withdrawals]}
            self._store.plans.keep(sight.marketplace.id, plan.id if waits else None, shown if waits else None)
            self._marketplaces.observe(sight.marketplace, None)
        return marked

    def _look_up(self, marketplace: Marketplace, slugs: Sequence[str]) -> None:
        """Look each missing listing up by its slug: a list that hides it is not believed in anything."""
        for slug in slugs:
            if self._adapter.find_listing(marketplace, self._space(), slug) is not None:
                raise MarketplaceUnavailable(
                    f"{marketplace.name} does not list {slug!r}, but finds it by its slug: {DISAGREE}.",
                    remedy="Nothing was changed. It is read again; if this stays, ask the marketplace's operator.",
                )

    def _planned(self, marketplace: Marketplace) -> Reconciled:
        try:
            sight = self._reader.look(marketplace)
        except MarketplaceError as error:
            return Reconciled(marketplace, None, error=error)
        plan = apply_policy(sight.plan, marketplace.sync_policy)
        return Reconciled(marketplace, plan, waits=self._must_wait(plan), slugs=sight.slugs)

    def _failed(self, marketplace: Marketplace, error: MarketplaceError) -> Reconciled:
        log.warning("%s was not reconciled: %s", marketplace.name, error.message)
        with self._store.write():
            self._marketplaces.observe(marketplace, error)
        return Reconciled(marketplace, None, error=error)

    def _chosen(self, name_or_id: str | None) -> list[Marketplace]:
        if name_or_id is None:
            return [item for item in self._marketplaces.all() if item.status != "disabled" and not item.removing]
        found = self._marketplaces.get(name_or_id)
        if found.status == "disabled":
            raise Conflict(f"{found.name} is disabled: it is neither read nor synced.", remedy="Enable it first.")
        return [found]

    def _turn(self, marketplace: Marketplace, now: datetime) -> datetime:
        """Return when the marketplace's latest turn began: a point of its own in each interval."""
        share = int(hashlib.sha256(marketplace.id.encode()).hexdigest()[:8], 16) / 2**32
        since = (now.timestamp() - share * self._interval) % self._interval
        return now - timedelta(seconds=since)


def _stale(plan_id: str, plan: Plan) -> PublicistError:
    return Conflict(
        f"The plan {plan_id} is stale: something has changed since it was made. The plan is {plan.id} now.",
        remedy="Look at the new plan (`publicist plan`), then apply that one.",
    )
