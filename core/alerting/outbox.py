"""The outbox: notices go from here to their channels, each once, and no channel holds up another.

A notice is stored for each channel in the transaction that decides on it. A lane, one thread for each channel that has
something to do, claims the oldest, sends it and notes that it arrived. A process that is killed between the two leaves
a claim behind; the next one sends again, under the same key, by which a receiver knows the second copy.

Where a channel fails it rests, longer each time. What fails and is older than a day is given up, and the other
channels are told; what merely waited (publicist was off) is sent, however old it is.
"""

import contextvars
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ..errors import MarketplaceError, PluginFault, PublicistError, TransientError
from ..events import note_space
from ..hosting.adapter import Adapter
from ..publishing.backoff import next_attempt
from ..records import Channel, Delivery, Notice, Page, Space
from ..redact import redact
from ..running.presence import Presence
from ..settings import Settings
from ..store import Store
from .deciding import NAMES

log = logging.getLogger(__name__)

SPARE = timedelta(minutes=2)
"""By how much a claim holds longer than a call may take."""

GIVEN_UP_AFTER = timedelta(days=1)
KEPT = timedelta(days=30)
MOST_LANES = 16
CLOSING_SECONDS = 5.0
_CAP = timedelta(minutes=15)
_LONGEST = 500


class Outbox:
    """Sends what waits. Safe to use from many threads and processes."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        presence: Presence,
        settings: Settings,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._presence = presence
        self._lease = timedelta(seconds=settings.call_deadline) + SPARE
        self._space = space
        self._clock = clock
        self._dice = random.SystemRandom().random
        self._lock = threading.Lock()
        self._lanes: dict[str, threading.Thread] = {}
        self._closed = False

    def put(self, notice: Notice, channels: list[Channel], now: datetime) -> None:
        """Store a notice for these channels; what is there already stays. Call it inside ``write()``."""
        self._store.deliveries.add(
            Delivery(notice.key, channel.id, _as_json(notice), now, due_at=now) for channel in channels
        )

    def round(self) -> int:
        """Take up what dead processes left, and begin to send; return how many lanes began.

        It waits for nobody: see :meth:`settle`.
        """
        now = self._clock()
        self._recover()
        with self._store.session():
            waiting = self._store.deliveries.waiting(now)
        return sum(self._open_lane(channel_id) for channel_id in waiting)

    def settle(self, seconds: float) -> bool:
        """Wait until what is being sent has been, at most so long in all; return whether all of it has."""
        ends = time.monotonic() + seconds
        with self._lock:
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.join(max(0.0, ends - time.monotonic()))
        return not any(lane.is_alive() for lane in lanes)

    def standing(self, channel_id: str) -> tuple[int, str]:
        """Return how many notices wait for a channel, and what was said when the oldest last failed."""
        with self._store.session():
            return self._store.deliveries.standing(channel_id)

    def failed(self, page: int = 1, per_page: int = 20) -> Page:
        """Return one page of the deliveries that failed and have not arrived since, the newest first."""
        with self._store.session():
            return self._store.deliveries.failed(page, per_page)

    def close(self) -> None:
        """Begin nothing any more, and wait a moment for what is being sent: so that it is noted, and not sent again."""
        self._closed = True
        self.settle(CLOSING_SECONDS)

    def prune(self) -> int:
        """Drop what was settled long ago; return how many rows. Housekeeping calls this."""
        with self._store.write():
            return self._store.deliveries.prune(self._clock() - KEPT)

    def _open_lane(self, channel_id: str) -> bool:
        with self._lock:
            self._lanes = {name: lane for name, lane in self._lanes.items() if lane.is_alive()}
            if self._closed or channel_id in self._lanes or len(self._lanes) >= MOST_LANES:
                return False
            context = contextvars.copy_context()
            lane = threading.Thread(
                target=context.run, args=(self._drain, channel_id), name=f"alerts-{channel_id[:8]}", daemon=True
            )
            self._lanes[channel_id] = lane
            lane.start()
        return True

    def _drain(self, channel_id: str) -> None:
        try:
            with self._store.session():
                while not self._closed and self._send_next(channel_id):
                    continue
        except Exception:
            log.exception("Notices could not be sent; they are tried again")

    def _send_next(self, channel_id: str) -> bool:
        """Send the channel's oldest notice; return whether to go on with the next."""
        now = self._clock()
        channel, item = self._store.alerts.channel(channel_id), self._store.deliveries.next_of(channel_id, now)
        if channel is None:
            self._store.deliveries.forget(channel_id)
            return False
        if item is None or not self._store.deliveries.claim(item, self._presence.owner, now + self._lease, now):
            return item is not None
        failed = self._try(channel, item)
        ended = self._clock()
        if failed is None:
            self._store.deliveries.settle(item, self._presence.owner, sent_at=ended, due_at=None, error="")
            return True
        self._failed(channel, item, failed, ended)
        return False

    def _try(self, channel: Channel, item: Delivery) -> PublicistError | None:
        try:
            self._adapter.send_notice(channel, _from_json(item.notice), self._space())
        except MarketplaceError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one notice must not stop the lane
            return PluginFault(f"It could not be sent: {type(error).__name__}.")
        return None

    def _failed(self, channel: Channel, item: Delivery, error: PublicistError, now: datetime) -> None:
        """Let the channel rest where it is to blame; where it refuses this one notice, only that one waits."""
        asked = error.retry_after if isinstance(error, TransientError) else None
        until = next_attempt(now, item.attempts + 1, asked, self._dice(), cap=_CAP)
        said = redact(error.message)[:_LONGEST]
        log.warning("A notice could not be sent to %s: %s", channel.name, said)
        self._store.deliveries.settle(item, self._presence.owner, sent_at=None, due_at=until, error=said)
        if isinstance(error, TransientError):
            self._store.deliveries.put_off(channel.id, until, now)
        if item.created_at <= now - GIVEN_UP_AFTER:
            self._give_up(channel, now)

    def _recover(self) -> None:
        with self._store.session():
            for owner in self._store.deliveries.owners():
                if self._presence.is_dead(owner):
                    self._store.deliveries.release(owner)

    def _give_up(self, channel: Channel, now: datetime) -> None:
        """Give up all that is older than a day; that other channels could not be told of this one is no news."""
        with self._store.write():
            lost = self._store.deliveries.give_up(channel.id, now - GIVEN_UP_AFTER, now)
            if not lost:
                return
            said = f"{len(lost)} notices to {channel.name} were given up after a day. {lost[-1].error}".strip()
            note_space(self._store, "alerts_lost", said, "failed", now)
            log.error("%s", said)
            if any(item.key != item.notice["incident"] for item in lost):
                others = [other for other in self._store.alerts.channels() if other.id != channel.id]
                self.put(_lost(channel, said, now), others, now)


def _lost(channel: Channel, said: str, now: datetime) -> Notice:
    """Return the notice for the other channels; its key, the same all day so that it comes once, is its incident."""
    key = str(uuid.uuid5(NAMES, f"lost|{channel.id}|{now:%Y-%m-%d}"))
    return Notice(key, key, "alert", f"Notices do not reach {channel.name}", said, now)


def _as_json(notice: Notice) -> dict[str, Any]:
    return {**asdict(notice), "at": notice.at.isoformat()}


def _from_json(held: Mapping[str, Any]) -> Notice:
    return Notice(**{**held, "at": datetime.fromisoformat(held["at"])})
