"""Alerts: in every round it is looked what is not well, decided what to tell, and stored for the channels."""

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from ..actors import current_actor
from ..errors import NotFound
from ..records import Fact, Incident, Notice, Page, Space
from ..settings import Settings
from ..store import Store
from .deciding import Memory, Told, decide
from .episodes import Manner, episode_of
from .facts import AlertFacts
from .outbox import Outbox

log = logging.getLogger(__name__)

LED_FOR = timedelta(seconds=40)
"""For so long after its last round a process is taken to decide again: four rounds of the runner."""

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
        self._mine: datetime | None = None

    def round(self) -> int:
        """Begin to send what waits, decide what to tell, and send that; return how many notices were made.

        Of several processes one decides, as long as it does so regularly: what each has read is of another time, and
        taking turns they would see things come and go.
        """
        now = self._clock()
        with self._store.session():
            rules, channels = self._store.alerts.rules(), self._store.alerts.channels()
            before = self._store.alerts.last_round()
        self._outbox.round()
        if not rules or not channels or self._is_led(before, now):
            return 0
        facts = self._facts.gather(rules, now)
        with self._store.write():
            made = self._decide(before, facts, now)
        if made:
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
            known = {key: episode_of(state) for key, state in self._store.alerts.episodes().items()}
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

    def _is_led(self, before: datetime | None, now: datetime) -> bool:
        """Whether another process took the last round, and not long ago."""
        return before is not None and before != self._mine and before <= now < before + LED_FOR

    def _decide(self, before: datetime | None, facts: list[Fact], now: datetime) -> int:
        """Take one round further, in the open transaction: memory, incidents and notices are stored together or not.

        Rules and channels are read again, as they may have been changed while facts were gathered.
        """
        memory = self._memory()
        if memory.at != before:
            return 0  # another process was quicker, and what it knows is newer
        told = decide(self._store.alerts.rules(), facts, memory, now, self._manner)
        self._keep(memory, told, now)
        self._mine = now
        channels = self._store.alerts.channels()
        for rule, notice in told.notices:
            wanted = [channel for channel in channels if not rule.channels or channel.id in rule.channels]
            self._outbox.put(self._placed(notice), wanted, now)
            log.info("To be told to %d channels: %s", len(wanted), notice.title)
        return len(told.notices)

    def _memory(self) -> Memory:
        at, lived, groups = self._store.alerts.clock()
        known = self._store.alerts.episodes()
        return Memory(at, lived, groups, {key: episode_of(state) for key, state in known.items()})

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
