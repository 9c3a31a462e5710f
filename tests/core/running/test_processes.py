"""Real processes on one space: a server without a runner, two runners beside it, stopped by SIGTERM."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows

COUNT = 10
DEADLINE = 30.0


class RealClock(Clock):
    """The time that the processes live in."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def start(stack: ExitStack, data_dir: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a publicist command on the space; it is killed at the latest when the test ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "publicist.core.cli", *words],
        env={**os.environ, "PUBLICIST_DATA_DIR": str(data_dir), "PUBLICIST_PLUGINS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def test_two_runner_processes_share_the_work_and_stop_cleanly(
    tmp_path: Path, catalogues: Callable[..., Counterpart]
) -> None:
    there = catalogues()
    with ExitStack() as stack, opened(tmp_path, RealClock()) as services:
        add_marketplace(services, "Hub", there.url)
        processes = [start(stack, tmp_path, "serve", "--no-runner", "--port", "0")]
        processes += [start(stack, tmp_path, "runner") for _ in range(2)]
        ends, pause = time.monotonic() + DEADLINE, threading.Event()
        while len(services.presence.others()) < len(processes):
            assert time.monotonic() < ends, "the processes did not start"
            pause.wait(0.05)
        for number in range(COUNT):
            add_endpoint(services, slug=f"endpoint-{number}")
            publish(services, f"endpoint-{number}", wait=0)
        for number in range(COUNT):
            services.endpoints.edit(f"endpoint-{number}", {"name": f"Renamed {number}"})
        while not all(there.listings.get(f"endpoint-{n}", {}).get("name") == f"Renamed {n}" for n in range(COUNT)):
            assert time.monotonic() < ends, "the listings did not follow"
            pause.wait(0.05)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(DEADLINE) for process in processes] == [0, 0, 0]
        services.worker.wait_idle(DEADLINE)
        held = [rows(services, f"endpoint-{number}")["Hub"] for number in range(COUNT)]
        assert all(row is not None and row.lease is None and row.status == "published" for row in held)
        assert services.presence.others() == []
    made = [seen for seen in there.requests if seen.method == "POST" and "/listings" in seen.path]
    assert len(made) == len(there.listings) == COUNT
