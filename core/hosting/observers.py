"""Plugins that are told of events: after the fact, one event after another, and without any way to stop one.

Where they are stands in the store, and is moved on before they are told: of several runners one tells each event, and
one that dies between the two leaves an event untold rather than told twice.
"""

import logging
import time
import uuid
from collections.abc import Sequence

from ..errors import MarketplaceError
from ..records import Event
from ..store import Store
from .manager import Plugins

log = logging.getLogger(__name__)

SETTING = "observed_event"
BATCH = 100
TELL_SECONDS = 5.0
SETTLE_SECONDS = 2.0
"""Events of several processes are stored in another order than they are made; after so long all of them are there."""


class Observers:
    """Tells plugins of events.

    Args:
        settle: the seconds that an event must be old.
    """

    def __init__(self, store: Store, plugins: Plugins, settle: float = SETTLE_SECONDS) -> None:
        self._store = store
        self._plugins = plugins
        self._settle = settle

    def round(self) -> int:
        """Tell of what is new, and return how many events that was; what the first round finds is not new."""
        names = self._plugins.having("on_event")
        if not names:
            return 0
        events = self._next()
        for event in events:
            for name in names:
                self._tell(name, event)
        return len(events)

    def _next(self) -> Sequence[Event]:
        before = _first_id(time.time() - self._settle)
        with self._store.write():
            after = self._store.settings.get(SETTING)
            events = self._store.events.between(after, before, BATCH) if after else []
            here = events[-1].id if events else after or before
            if here != after:
                self._store.settings.set(SETTING, here)
        return events

    def _tell(self, name: str, event: Event) -> None:
        try:
            self._plugins.call(name, "on_event", TELL_SECONDS, event=event)
        except MarketplaceError as error:
            log.warning("The plugin %s could not be told of an event: %s", name, error.message)


def _first_id(seconds: float) -> str:
    """Return what sorts before the ids of all events that are made from then on."""
    return str(uuid.UUID(int=int(seconds * 1000) << 80))
