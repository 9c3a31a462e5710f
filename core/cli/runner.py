"""``publicist runner``: background work without the web server."""

import signal
from collections.abc import Mapping
from threading import Event
from typing import Any

import click

from .logs import log_to_stderr
from .opening import open_space
from .output import note

SIGNALS = (signal.SIGTERM, signal.SIGINT)
STOP_SECONDS = 10.0


@click.command()
def runner() -> None:
    """Work in the background until it is stopped.

    It syncs listings, tries failed ones again and reports health. `publicist serve` does so by itself.
    """
    from ..running.runner import Runner

    stopped = Event()
    former = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, lambda *_: stopped.set())
    try:
        with open_space() as services:
            log_to_stderr(services.settings.log_level)
            running = Runner(services)
            running.start()
            note(f"Working for the space in {services.settings.data_dir.absolute()}. Ctrl-C stops it.")
            while not stopped.wait(1.0):  # a signal that comes just before a wait does not end it
                continue
            note("Stopping.")
            _restore(former)  # a second Ctrl-C ends it at once
            running.stop(STOP_SECONDS)
    finally:
        _restore(former)


def _restore(former: Mapping[signal.Signals, Any]) -> None:
    for number, handler in former.items():
        signal.signal(number, handler)
