"""Whether it is our own network that is down, when everything fails at once.

A monitor that has lost its network finds every endpoint down, and would be wrong about all of them. So when nearly all
of the endpoints that were looked at last could not be reached, other places are tried; if none of them takes a
connection either, nothing that was seen in this time is believed.
"""

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ..errors import MarketplaceError
from ..events import note_space
from ..http import Deadline, Sessions
from ..settings import Settings, is_loopback
from ..store import Store

log = logging.getLogger(__name__)

LEAST = 3
"""How many endpoints must have failed one after the other, where there are as many."""

SHARE = 0.8
"""Which share of those that were looked at last must have failed."""

LOOKED_BACK = 0.05
"""Which share of all endpoints is looked back on, where that is more than LEAST."""

KEPT = 1000
"""Of how many endpoints it is kept whether they were reached."""

PROBE_SECONDS = 4.0
PROBE_AGAIN = 10.0
"""How long the word of the probes holds."""

DOWN_SINCE = "network_down_since"
"""Under which setting of the store it stands, so that several processes tell it once."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether what was seen is believed; ``withdrawn`` are endpoints of which something was believed too early."""

    believed: bool
    withdrawn: tuple[str, ...] = ()


BELIEVED = Verdict(believed=True)


def everything_fails(lately: Sequence[bool], watched: int) -> bool:
    """Return whether so many failed at once that our own network is suspected. Pure.

    Args:
        lately: of the endpoints looked at, the last one last, whether each could be reached.
        watched: how many endpoints are watched in all.
    """
    wanted = min(max(LEAST, round(watched * LOOKED_BACK)), max(1, watched))
    last = lately[-wanted:]
    return len(last) == wanted and not last[-1] and last.count(False) >= SHARE * wanted


class SelfCheck:
    """Keeps in mind what was reached lately, and asks the probes. Safe to use from many threads."""

    def __init__(self, store: Store, sessions: Sessions, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sessions = sessions
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._probing = threading.Lock()
        self._lately: OrderedDict[str, bool] = OrderedDict()
        self._probed = Deadline.after(0)
        self._up = True
        self._down_since = self._stored()

    @property
    def down_since(self) -> datetime | None:
        """Since when our own network is down, None while it is not."""
        return self._down_since

    def judge(self, endpoint_id: str, watched: int, *, reachable: bool) -> Verdict:
        """Return whether it is believed that an endpoint was reached, or was not.

        ``watched`` is how many endpoints are watched in all. May take some seconds, when the probes are asked.
        """
        with self._lock:
            self._lately.pop(endpoint_id, None)
            self._lately[endpoint_id] = reachable
            if len(self._lately) > KEPT:
                self._lately.popitem(last=False)
            suspected = self._down_since is not None or everything_fails(list(self._lately.values()), watched)
        if reachable or not suspected or self.look():
            return BELIEVED
        with self._lock:
            early = tuple(name for name, reached in self._lately.items() if not reached and name != endpoint_id)
            self._lately.clear()
        return Verdict(believed=False, withdrawn=early)

    def is_due(self) -> bool:
        """Whether our network is down, and nobody has asked the probes lately or is about to."""
        return self._down_since is not None and self._probed.expired and not self._probing.locked()

    def look(self) -> bool:
        """Return whether our network is up; what the probes said lately is not asked again."""
        with self._probing:
            if self._probed.expired:
                self._up = self._reaches_any()
                self._probed = Deadline.after(PROBE_AGAIN)
                self._note(up=self._up)
            return self._up

    def _reaches_any(self) -> bool:
        """Whether one place takes a connection. With nowhere to try it cannot be told, and counts as well."""
        places = self._places()
        answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        for place in places:
            threading.Thread(target=self._probe, args=(place, answers), name="network-probe", daemon=True).start()
        deadline = Deadline.after(PROBE_SECONDS)
        for _ in places:
            try:
                if answers.get(timeout=max(0.01, deadline.remaining() + 1)):
                    return True
            except queue.Empty:
                return False
        return not places

    def _probe(self, place: str, answers: "queue.SimpleQueue[bool]") -> None:
        try:
            self._sessions.client("network-probes", place, Deadline.after(PROBE_SECONDS)).probe(place)
        except MarketplaceError as error:
            log.debug("The probe of our own network at %s failed: %s", place, error.message)
            answers.put(False)
        else:
            answers.put(True)

    def _places(self) -> list[str]:
        """Return what is tried: as set, else the marketplaces that are not on this machine."""
        entered = [place.strip() for place in self._settings.network_probes.split(",") if place.strip()]
        if entered:
            return [place if "://" in place else f"http://{place}" for place in entered]
        with self._store.session():
            there = [item.url for item in self._store.marketplaces.all() if item.status != "disabled"]
        return [url for url in there if not is_loopback(urlsplit(url).hostname or "")]

    def _note(self, *, up: bool) -> None:
        if up is (self._down_since is None):
            return
        now = self._clock()
        self._tell(up=up, now=now)
        self._down_since = None if up else now

    def _tell(self, *, up: bool, now: datetime) -> None:
        """Record it, unless another process did."""
        with self._store.write():
            told = self._store.settings.get(DOWN_SINCE)
            if bool(told) is not up:
                return
            self._store.settings.set(DOWN_SINCE, None if up else now.isoformat())
            if up:
                note_space(self._store, "network_up", "Our own network is back.", "done", now)
                log.warning("Our own network is back")
            else:
                said = "Our own network seems to be down: nothing could be reached. Endpoints count as unknown."
                note_space(self._store, "network_down", said, "failed", now)
                log.error(said)

    def _stored(self) -> datetime | None:
        with self._store.session():
            told = self._store.settings.get(DOWN_SINCE)
        return datetime.fromisoformat(told) if told else None
