"""`publicist serve` as a process of its own."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from publicist.core.errors import ConfigurationError
from publicist.core.schemas import load_user
from publicist.core.secrets import Secret
from publicist.webapp.server import address_of, listen

from ..clock import Clock
from ..serving import read_until
from ..spaces import opened
from .site import good, served

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `publicist serve` on a data directory of the test's own; what still runs afterwards is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PUBLICIST_DATA_DIR": str(tmp_path / "space"), "PUBLICIST_PLUGINS": ""}
        command = [sys.executable, "-c", "from publicist.core.cli import main; main()", "serve", *options]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_new_space_prints_its_token_once_and_stops_cleanly(start: Start, ending: signal.Signals) -> None:
    first = start("--port", "0")
    said = read_until(first, "Ctrl-C")
    url, token = re.findall(r"http://127\.0\.0\.1:\d+", said)[0], re.findall(r"pub_\S+", said)[0]
    (link,) = re.findall(r"http://127\.0\.0\.1:\d+/setup/\S+", said)
    assert requests.get(link, timeout=10).status_code == 200

    answer = requests.get(f"{url}/api/v1/tokens", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    first.send_signal(ending)
    first.communicate(timeout=30)
    second = start("--port", "0", "--no-runner")
    again = read_until(second, "Ctrl-C")
    second.send_signal(ending)
    rest, _ = second.communicate(timeout=30)

    assert [item["scopes"] for item in answer.json()["items"]] == [["admin"]]
    assert "pub_" not in again + rest
    (later,) = re.findall(r"/setup/(\S+)", again)
    assert later not in link
    assert (first.returncode, second.returncode) == (0, 0)


def test_a_port_that_is_taken_is_told_with_a_remedy(start: Start) -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        process = start("--port", str(taken.getsockname()[1]))
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "cannot listen on 127.0.0.1" in said
    assert "--port" in said
    assert "Traceback" not in said


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot listen on no-such-host\.invalid"):
        listen("no-such-host.invalid", 0)


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", r"http://127\.0\.0\.1:\d+"), ("::1", r"http://\[::1\]:\d+")])
def test_an_address_is_written_as_a_url(host: str, url: str) -> None:
    if ":" in host and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with listen(host, 0) as listener:
        assert re.fullmatch(url, address_of(listener))


def test_a_process_with_more_than_1024_open_files_goes_on_serving(tmp_path: Path, clock: Clock) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with ExitStack() as opened:
        for _ in range(1100):
            opened.enter_context((tmp_path / "any").open("w"))
        with served(tmp_path / "space", clock) as site:
            assert [good(site.caller().get("/healthz"))["status"] for _ in range(3)] == ["ok"] * 3


def test_a_space_with_an_account_prints_no_set_up_link(start: Start, tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "space", clock) as services:
        services.accounts.add(load_user({"name": "Ada", "role": "owner"}), Secret("tides and library cards"))

    said = read_until(start("--port", "0", "--no-runner"), "Ctrl-C")

    assert "/sign-in" in said
    assert "/setup/" not in said
