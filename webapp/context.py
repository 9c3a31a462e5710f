"""What every view works with: the services, and the seats for requests that wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from ..core.services import Services

EXTENSION = "publicist"
THREADS = 32
"""How many threads serve requests."""

SEATS = THREADS // 4
"""How many of them may wait for marketplaces; the rest stays free for everybody else."""


@dataclass(frozen=True, slots=True)
class WaitingRoom:
    """A number of seats for requests that wait; nobody queues for one."""

    seats: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(SEATS))

    @contextmanager
    def seat(self) -> Iterator[bool]:
        """Tell for the block whether a seat was free; it is given back at the end."""
        taken = self.seats.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                self.seats.release()


@dataclass(frozen=True, slots=True)
class Context:
    """One app's services and seats."""

    services: Services
    room: WaitingRoom = field(default_factory=WaitingRoom)


def context() -> Context:
    """Return the context of the app that is serving."""
    return cast(Context, current_app.extensions[EXTENSION])
