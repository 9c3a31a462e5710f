"""Alerts: in every round it is looked what is not well, decided what to tell, and stored for the channels."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from .actors import current_actor
from .alert_episodes import Episode, Manner
from .alert_facts import AlertFacts
from .alerting import Memory, Told, decide
from .errors import NotFound
from .outbox import Outbox
from .records import AlertRule, Channel, Fact, Incident, Notice, Page, Space
from .settings import Settings
from .store import Store

log = logging.getLogger(__name__)

INCIDENTS_KEPT = timedelta(days=400)
_PRUNED_AT_ONCE = 500


class Alerts:
    """Decides what people are told. Safe to use from several processes: one decides at a time."""

    def __init__(
        self,
        store: Store,
        facts: AlertFacts,
        outbox: Outbox,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._facts = facts
        self._outbox = outbox
        self._manner = Manner(group_wait=settings.alert_group_wait, digest=settings.alert_digest_hours * 3600)
        self._space = space
        self._clock = clock

    def round(self) -> int:
        """Decide what to tell, store it, and begin to send what waits; return how many notices were made."""
        with self._store.session():
            rules, channels = self._store.alerts.rules(), self._store.alerts.channels()
        made = 0
        if rules and channels:
            now = self._clock()
            facts = self._facts.gather(rules, now)
            with self._store.write():
                made = self._decide(rules, channels, facts, now)
        self._outbox.round()
        return made

    def incidents(self, page: int = 1, per_page: int = 50, *, open_only: bool = False) -> Page:
        """Return one page of the incidents, the newest first."""
        with self._store.session():
            return self._store.alerts.incidents(page, per_page, open_only=open_only)

    def acknowledge(self, name: str) -> list[Incident]:
        """Note that somebody knows: no reminder comes any more, and no digest; that it is over is told all the same.

        Args:
            name: the id of an incident, or the ``incident`` of a notice that told several at once.

        Returns:
            The incidents as they are afterwards.

        Raises:
            NotFound: there is none.
        """
        now = self._clock()
        with self._store.write():
            self._store.alerts.clock()  # waits for a round under way
            found = [item.id for item in self._store.alerts.incidents_of(name)]
            if not found:
                raise NotFound(f"There is no incident {name!r}.", remedy="`publicist alert incidents` shows their ids.")
            self._store.alerts.acknowledge(found, current_actor().name, now)
            known = {key: _episode(state) for key, state in self._store.alerts.episodes().items()}
            mine = {key: replace(each, acknowledged=True) for key, each in known.items() if each.incident in found}
            self._store.alerts.keep_episodes({key: asdict(each) for key, each in mine.items()}, ())
            return self._store.alerts.incidents_of(name)

    def prune(self) -> int:
        """Forget incidents that were over long ago, settled notices, and the rules of endpoints that are gone.

        Returns:
            How many rows were dropped.
        """
        dropped, before = self._outbox.prune(), self._clock() - INCIDENTS_KEPT
        with self._store.write():
            dropped += self._store.alerts.remove_rules_of_gone()
        while True:
            with self._store.write():
                step = self._store.alerts.prune(before, _PRUNED_AT_ONCE)
            dropped += step
            if step < _PRUNED_AT_ONCE:
                return dropped

    def _decide(self, rules: list[AlertRule], channels: list[Channel], facts: list[Fact], now: datetime) -> int:
        """Take one round further, in the open transaction: memory, incidents and notices are stored together or not."""
        kept = self._store.alerts.clock()
        known = {key: _episode(state) for key, state in self._store.alerts.episodes().items()}
        memory = Memory(*kept, known) if kept else Memory(episodes=known)
        told = decide(rules, facts, memory, now, self._manner)
        self._keep(memory, told, now)
        for rule, notice in told.notices:
            wanted = [channel for channel in channels if not rule.channels or channel.id in rule.channels]
            self._outbox.put(self._placed(notice), wanted, now)
            log.info("To be told to %d channels: %s", len(wanted), notice.title)
        return len(told.notices)

    def _keep(self, before: Memory, told: Told, now: datetime) -> None:
        after, alerts = told.memory, self._store.alerts
        changed = {key: asdict(each) for key, each in after.episodes.items() if before.episodes.get(key) != each}
        alerts.keep_episodes(changed, [key for key in before.episodes if key not in after.episodes])
        alerts.set_clock(now, after.lived, after.groups)
        alerts.open_incidents(told.opened)
        alerts.close_incidents(told.closed, now)

    def _placed(self, notice: Notice) -> Notice:
        """Return the notice with where to read on: the pages of this space, if they have an address."""
        url = self._space().public_url.rstrip("/")
        return replace(notice, url=f"{url}/" if url else "")


def _episode(state: Mapping[str, Any]) -> Episode:
    fact = Fact(**{**state["fact"], "tags": tuple(state["fact"]["tags"])})
    return Episode(**{**state, "fact": fact, "sent": tuple(state["sent"])})
