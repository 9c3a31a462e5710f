"""Stands between publicist and a plugin's process, and ends all that this has started once it or publicist ends.

Run as a file, by an interpreter with nothing in it; its arguments are the command of the plugin's process. It shares
publicist's pipe for orders and never reads it: that nobody is left to write there is how it learns of publicist's end.
On Linux what a plugin starts stays its descendant, also in a session of its own and when whoever started it has ended;
elsewhere only the process group of the plugin's process ends with it.
"""

import os
import resource
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 1
"""How long the plugin's process may take to end by itself once publicist says nothing any more."""
END_SECONDS = 2
"""How long is waited for the rest to end: what has become another user's cannot be ended."""
ORDERS = 0
_DIES_WITH_PARENT = 1
_ADOPTS_ORPHANS = 36
_ENDED = (signal.SIGTERM, signal.SIGALRM)
_HEARD = (*_ENDED, signal.SIGCHLD, signal.SIGUSR1)


def guard(command: list[str]) -> int:
    """Run the command, and return its wait status once nothing that it has started is left."""
    heard = _hear()
    _control(_ADOPTS_ORPHANS, 1)
    ward, watch = _start(command), select.poll()
    watch.register(heard, select.POLLIN)
    watch.register(ORDERS, 0)  # its end is always told
    while (status := _reap(ward)) is None:
        for source, _ in watch.poll():
            if source == ORDERS:
                watch.unregister(ORDERS)
                signal.alarm(GRACE_SECONDS)
            else:
                _pass_on(os.read(heard, 64), ward)
    _end_the_rest(ward, status)
    return status


def _hear() -> int:
    """Have signals written into a pipe, and return where they are read."""
    heard, noted = os.pipe()
    for end in (heard, noted):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(noted)
    for number in _HEARD:
        signal.signal(number, lambda *_: None)
    return heard


def _control(what: int, value: int) -> None:
    """Ask Linux for something that concerns this process; elsewhere it is not to be had."""
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _start(command: list[str]) -> int:
    """Start the process in a session of its own, so that it does not end its guardian with its group."""
    ward = os.fork()
    if ward:
        return ward
    try:
        os.setsid()
        _control(_DIES_WITH_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # until it can tell where it is
        os.execv(command[0], command)  # noqa: S606 - the command is publicist's
    finally:
        os._exit(127)


def _reap(ward: int) -> int | None:
    """Take note of all that have ended; return the ward's status if it is among them."""
    while True:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended in (0, ward):
            return status if ended else None


def _pass_on(numbers: bytes, ward: int) -> None:
    for number in numbers:
        if number in _ENDED:
            os.kill(ward, signal.SIGKILL)
        elif number == signal.SIGUSR1:
            os.kill(ward, number)


def _end_the_rest(ward: int, status: int) -> None:
    """Kill whatever is left until nothing is: the children of one that ends become ours."""
    signal.signal(signal.SIGALRM, lambda *_: leave(status))
    signal.alarm(END_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(ward, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            for child in _children():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    own = os.getpid()
    try:
        return [int(child) for child in Path(f"/proc/{own}/task/{own}/children").read_text().split()]
    except OSError:
        return []


def leave(status: int) -> None:
    """End as the process of that wait status did; never returns."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    leave(guard(sys.argv[1:]))
