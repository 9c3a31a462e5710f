"""What bounds a plugin's process from within, and what ends it when nobody is left to do so."""

import faulthandler
import logging
import signal
import threading
from typing import Any

log = logging.getLogger(__name__)

BEAT = 10.0
"""Seconds between two signs that the interpreter is still free for others."""


def can_bound_memory() -> bool:
    """Whether this system bounds a process's memory: macOS takes the limit and does not keep it, Windows has none."""
    import sys

    return sys.platform.startswith(("linux", "freebsd"))


def bound(memory: int) -> None:
    """Bound the address space of this process to ``memory`` bytes (0: do not), and have it leave no core file."""
    if not can_bound_memory():
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def show_where_it_hangs() -> None:
    """Have SIGUSR1 write the traceback of every thread to stderr, even while one of them holds the interpreter."""
    faulthandler.enable()
    number: Any = getattr(signal, "SIGUSR1", None)
    if number is not None:
        faulthandler.register(number, all_threads=True, chain=False)


def hold_lifeline(seconds: float) -> None:
    """End this process when the interpreter is held for ``seconds``: then it would not see that the core is gone.

    The timer runs outside the interpreter; a thread sets it back again and again, if it gets to run.
    """
    threading.Thread(target=_beat, args=(seconds,), name="lifeline", daemon=True).start()


def _beat(seconds: float) -> None:
    pause = threading.Event()
    while True:
        faulthandler.dump_traceback_later(seconds, exit=True)
        pause.wait(BEAT)
