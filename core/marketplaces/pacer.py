"""What keeps the pace towards every marketplace: it applies :mod:`publicist.core.marketplaces.pacing` to the store."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from ..errors import CAUSES, MarketplaceError
from ..events import note_publication
from ..hosting.manager import Plugins
from ..moments import to_second
from ..publishing import publication as life
from ..records import ErrorInfo, Limits, Marketplace, Pace, Pacing, Standing
from ..settings import Settings
from ..store import Store
from . import pacing as rules

_BREAKER = ("breaker", "failures", "openings", "open_since", "next_try", "blocked_until", "refused")
OF_OUTAGES = ("marketplace_unavailable", "outcome_unknown")
"""What a publication was given up for when the marketplace was away for too long."""


class Pacer:
    """Says how many calls may begin, and learns from how calls end. Safe to use from many threads and processes."""

    def __init__(self, store: Store, plugins: Plugins, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._plugins = plugins
        self._settings = settings
        self._clock = clock
        self._dice = random.SystemRandom().random

    def pace(self, kind_name: str) -> Pace:
        """Return the most that a marketplace of the kind is asked for: the settings' word, else the kind's."""
        kind = self._plugins.marketplace_kinds.get(kind_name)
        limits = kind.limits if kind else Limits()
        rate = self._settings.marketplace_rate or limits.rate
        burst = max(1, min(limits.burst, int(rate))) if self._settings.marketplace_rate else limits.burst
        return Pace(rate, burst, self._settings.marketplace_concurrency or limits.concurrency)

    def standing(self, marketplace: Marketplace) -> Standing:
        """Return how the calls to a marketplace stand."""
        with self._store.session():
            held = self._store.pacing.of(marketplace.id)
        blocked = held.blocked_until if held.blocked_until and held.blocked_until > self._clock() else None
        return Standing(self.pace(marketplace.kind), held, blocked)

    def ready(self, waiting: Collection[str], now: datetime, ids: Collection[str] | None) -> Mapping[str, int]:
        """Return how many calls may begin, by marketplace id, for those that are ``waiting``.

        What waits for one that may not be called at all is put off, with the reason; no attempt is spent for that.
        """
        ready = self._store.pacing.ready(waiting, now)
        held = [name for name in waiting if name not in ready]
        if held:
            self._put_off(held, now, ids)
        return self._allowances(ready, self._store.pacing.of_all(ready), now)

    def allowances(self, kinds: Mapping[str, str], now: datetime) -> dict[str, int]:
        """Return how many calls may begin, by marketplace id; runs inside ``write()``, and holds until that ends.

        Args:
            kinds: the kind of each marketplace in question, by its id.
        """
        return self._allowances(kinds, self._store.pacing.lock(list(kinds)), now)

    def spend(self, kinds: Mapping[str, str], calls: Mapping[str, int], now: datetime) -> None:
        """Take the tokens of the calls that are claimed; runs in the claim's transaction, after :meth:`allowances`."""
        for name, before in self._store.pacing.of_all([name for name, count in calls.items() if count]).items():
            after = rules.spent(before, self.pace(kinds[name]), calls[name], now)
            self._store.pacing.save(after, only=["breaker", "next_try", "paid_until"])

    def _allowances(self, kinds: Mapping[str, str], pacings: Mapping[str, Pacing], now: datetime) -> dict[str, int]:
        live = self._store.pacing.live(list(pacings), now)
        return {
            name: rules.allowance(pacing, self.pace(kinds[name]), live.get(name, 0), now)
            for name, pacing in pacings.items()
        }

    def admit_report(self, marketplace: Marketplace) -> bool:
        """Whether a health report may go now; its token is then taken."""
        with self._store.write():
            held = self._store.pacing.lock([marketplace.id]).get(marketplace.id)
            after = rules.report_spent(held, self.pace(marketplace.kind), self._clock()) if held else None
            if after is not None:
                self._store.pacing.save(after, only=["breaker", "next_try", "reports_paid_until"])
        return after is not None

    def admit_look(self, marketplace: Marketplace) -> bool:
        """Whether the marketplace may be asked something at once; the token is then taken."""
        with self._store.session(), self._store.write():
            kinds = {marketplace.id: marketplace.kind}
            allowed = self.allowances(kinds, self._clock()).get(marketplace.id, 0) > 0
            if allowed:
                self.spend(kinds, {marketplace.id: 1}, self._clock())
        return allowed

    def observe(self, marketplace: Marketplace, error: MarketplaceError | None) -> None:
        """Take notice of how a call ended; runs inside the caller's transaction, and writes only what has changed."""
        now, before = self._clock(), self._store.pacing.of(marketplace.id)
        after = rules.observe(before, self.pace(marketplace.kind), error, now, self._dice())
        if after is before:
            return
        paid = () if after.paid_until == before.paid_until else ("paid_until",)
        self._store.pacing.save(after, only=[*_BREAKER, *paid])
        if before.breaker != "closed" and after.breaker == "closed":
            self._take_up(before, now)

    def _take_up(self, before: Pacing, now: datetime) -> None:
        """It is back: nothing waits for its next try any more, and what was given up because of it is tried again."""
        self._store.publications.bring_forward(before.marketplace_id, now)
        for row in self._store.publications.given_up(before.marketplace_id):
            if row.error and row.error.cause in OF_OUTAGES:
                self._store.publications.save(life.want(row, row.wanted, now, by_person=False))

    def _put_off(self, held: Collection[str], now: datetime, ids: Collection[str] | None) -> None:
        with self._store.write():
            for name in held:
                marketplace, pacing = self._store.marketplaces.by_id(name), self._store.pacing.of(name)
                if marketplace is None:
                    continue
                until = rules.held_until(pacing, now)
                if pacing.refused:
                    self._give_up(marketplace, now, ids)
                elif until is not None:
                    self._store.publications.hold_back(name, until, _why(marketplace, pacing, until), now, ids)

    def _give_up(self, marketplace: Marketplace, now: datetime, ids: Collection[str] | None) -> None:
        """Fail what would be refused; other credentials or a test that succeeds take it up again."""
        said = f"{marketplace.name} refused the credentials; it is not called until they change, or a test succeeds."
        why = ErrorInfo("authentication_failed", said, CAUSES["authentication_failed"])
        for row in self._store.publications.due_on(marketplace.id, now, ids):
            failed = replace(life.recovered(row), due_at=None, gave_up=True, by_person=False, error=why)
            self._store.publications.save(life.with_status(failed))
            note_publication(self._store, row, failed, now)


def _why(marketplace: Marketplace, pacing: Pacing, until: datetime) -> ErrorInfo:
    if pacing.breaker == "closed":
        said = f"{marketplace.name} asked to be left alone until {to_second(until)}."
        return ErrorInfo("rate_limited", said, CAUSES["rate_limited"])
    since = to_second(pacing.open_since) if pacing.open_since else "some time"
    said = (
        f"{marketplace.name} has not answered since {since} ({pacing.failures} failures in a row). "
        f"The next try is at {to_second(until)}."
    )
    return ErrorInfo("marketplace_unavailable", said, "Wait for it, or test the connection to try at once.")
