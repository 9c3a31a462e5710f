"""Run as a process of its own: a runner on a space, until it is killed.

    python chaos_process.py DATA_DIR

What takes minutes in earnest takes seconds here: how long an empty look is not believed (``SETTLE``, 90 s in earnest),
the back-off, and the waits of the circuit breaker.
"""

import sys
import threading
from datetime import timedelta

from publicist.core.marketplaces import pacing
from publicist.core.publishing import backoff, publication
from publicist.core.running.runner import Runner
from publicist.core.services import open_services
from publicist.core.settings import load_settings

SETTLE_SECONDS = 2
BASE_SECONDS = 0.2
CAP_SECONDS = 2.0


def hurry() -> None:
    """Make long waits short in this process."""
    publication.SETTLE = timedelta(seconds=SETTLE_SECONDS)
    base, cap = timedelta(seconds=BASE_SECONDS), timedelta(seconds=CAP_SECONDS)
    backoff.next_attempt.__defaults__ = (base, cap)
    backoff.MAX_ATTEMPTS = 1000
    pacing.BASE, pacing.CAP, pacing.UNSAID = base, cap, base


def main(data_dir: str) -> None:
    hurry()
    given = {
        "PUBLICIST_DATA_DIR": data_dir,
        "PUBLICIST_PLUGINS": "",
        "PUBLICIST_CALL_DEADLINE": "2",
        "PUBLICIST_HEALTH_INTERVAL": "3600",
        "PUBLICIST_MARKETPLACE_RATE": "60000",
    }
    Runner(open_services(load_settings(given))).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
