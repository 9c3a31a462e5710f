"""What bounds a plugin's process from within, and what has it tell where it hangs."""

import faulthandler
import signal
from typing import Any


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
