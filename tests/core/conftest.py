import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from .telling import Receiver

Die = Callable[[Path, str, str], None]


@pytest.fixture(scope="session")
def die() -> Iterator[Die]:
    """Have a process act on a space, and die at a step; see crash_process.py."""
    program = Path(__file__).with_name("crash_process.py")
    with subprocess.Popen(
        [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        ask, answers = parent.stdin, parent.stdout

        def die(data_dir: Path, action: str, step: str) -> None:
            ask.write(json.dumps([str(data_dir), action, step]) + "\n")
            assert answers.readline() == "9\n"

        yield die


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """People to be told."""
    with HTTPServer(threaded=True) as server:
        yield Receiver(server)
