"""Work that must tidy up after itself, whatever signal ends it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from .progress import in_background

_HANG_UP: Any = getattr(signal, "SIGHUP", None)  # Windows has none
SIGNALS = tuple(number for number in (signal.SIGINT, signal.SIGTERM, _HANG_UP) if number)
_DONE = 0


@contextmanager
def held_signals() -> "Iterator[SimpleQueue[int]]":
    """Give the signals that come to end this process instead of ending it; one that is ignored stays so."""
    came: SimpleQueue[int] = SimpleQueue()
    former = {number: signal.getsignal(number) for number in SIGNALS}
    for number in [number for number, handler in former.items() if handler is not signal.SIG_IGN]:
        signal.signal(number, lambda number, _: came.put(number))
    try:
        yield came
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def wait_for(work: Callable[[], Any], came: "SimpleQueue[int]", stop: Callable[[], None]) -> bool:
    """Do ``work`` and return whether a signal came; at the first it is told to ``stop``, at the second left alone.

    A terminal that is gone may say so more than once: only the first time counts. Raises what ``work`` raises.
    """
    running, heard = in_background(work), [_DONE]
    running.add_done_callback(lambda _: came.put(_DONE))
    while (number := came.get()) != _DONE:
        if len(heard) > 1 and number != _HANG_UP:
            return True
        if len(heard) == 1:
            stop()
        heard.append(number)
    running.result()
    return len(heard) > 1
