"""``publicist watch``: how everything stands, as it changes."""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from .opening import open_space
from .standing import all_standing

LEAVING = frozenset(b"qQ\x04")
"""What leaves the table: q and Ctrl-D; Ctrl-C comes as an interrupt."""


@click.command()
@click.option(
    "--every",
    type=click.FloatRange(0.5, 60),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often the table is drawn anew.",
)
def watch(every: float) -> None:
    """Watch health and listings in a live table.

    What troubles comes first. q or Ctrl-C leaves.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("This needs a terminal; `publicist status` prints the same once.")
    from rich.live import Live

    from .screen import Screen
    from .watch_view import draw

    screen = Screen()
    with (
        open_space() as services,
        suppress(KeyboardInterrupt),
        _keys(),
        Live(console=screen, screen=True, auto_refresh=False) as live,
    ):
        leaves = False
        while not leaves:
            live.update(draw(all_standing(services), services.clock(), screen.size.height), refresh=True)
            leaves = _leaves(every)


@contextmanager
def _keys() -> Iterator[None]:
    """Let keys come one by one and unseen while the block runs."""
    former = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, former)


def _leaves(seconds: float) -> bool:
    """Wait so long for a key; whether one says to leave. A terminal that went away says so, too."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        if select.select([sys.stdin], [], [], left)[0]:
            typed = _typed()
            if not typed or LEAVING & set(typed):
                return True
    return False


def _typed() -> bytes:
    """Return what was typed; nothing if there is nobody any more."""
    try:
        return os.read(sys.stdin.fileno(), 64)
    except OSError:
        return b""
