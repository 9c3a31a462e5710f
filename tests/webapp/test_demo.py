"""`publicist demo`, as `make run` starts it: one command, and an endpoint is listed."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def demo(data_dir: Path, hub_port: int) -> Iterator[str]:
    """Run the demo; give what it printed until it said that it can be stopped."""
    command = [sys.executable, "-m", "publicist.core.cli", "demo", "--port", "0", "--hub-port", str(hub_port)]
    environment = {**os.environ, "PUBLICIST_DATA_DIR": str(data_dir), "PUBLICIST_PLUGINS": "", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        yield "".join(lines)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        print(errors)


def test_one_command_lists_the_demo_endpoint_and_again_makes_nothing_twice(tmp_path: Path) -> None:
    hub_port = free_port()
    listed = f"http://127.0.0.1:{hub_port}/api/v1/endpoints/public"
    for again in (False, True):
        with demo(tmp_path, hub_port) as said:
            assert "✓ publicist-docs on Local hub" in said
            assert ("connected to Local hub already" in said) is again
            token = re.search(r"pub_[\w-]+", said)
            space = re.search(r"The space\s+(http\S+)", said)
            assert token
            assert space
            assert [one["slug"] for one in requests.get(listed, timeout=5).json()] == ["publicist-docs"]
            head = {"Authorization": f"Bearer {token.group()}"}
            answer = requests.get(f"{space.group(1)}/api/v1/endpoints/publicist-docs", headers=head, timeout=5)
            assert answer.json()["published"] is True


def test_a_taken_port_is_said_and_nothing_is_left_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, demo(tmp_path, taken.getsockname()[1]) as said:
        assert said == ""
