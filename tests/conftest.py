import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from publicist.core.identity import passwords
from publicist.core.services import Services

from .clock import Clock
from .plugins.custom.counterpart import Counterpart, start_counterpart
from .postgresql import Cluster
from .spaces import opened

hypothesis.settings.register_profile("soak", max_examples=1000, deadline=None)
hypothesis.settings.register_profile("quick", max_examples=40, deadline=None)
hypothesis.settings.load_profile("quick")  # `make soak` asks for the other one


def pytest_configure() -> None:
    """Let the programs that tests start be interrupted, and be compiled once instead of at each start.

    In a shell's background SIGINT is ignored, under nohup SIGHUP, and every child would inherit that. Where bytecode
    must not be written, as in many containers, every child would compile the product anew, and every run the tests.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: what makes a hash safe makes a test slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """An empty space on SQLite, its time standing still."""
    with opened(tmp_path / "space", clock) as space:
        yield space


@pytest.fixture
def catalogues() -> Iterator[Callable[..., Counterpart]]:
    """Starts `rest-v1` marketplaces, and stops them after the test."""
    with ExitStack() as stack:

        def start(**options: Any) -> Counterpart:
            counterpart = start_counterpart(**options)
            stack.callback(counterpart.stop)
            return counterpart

        yield start


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A real PostgreSQL server of its own, for the whole run."""
    cluster = Cluster.start()
    yield cluster
    cluster.stop()
