"""Starting, stopping, and the command."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import pytest
import requests
from click.testing import CliRunner
from publicist.core.errors import ConfigurationError
from publicist.plugins import localhub
from publicist.plugins.localhub.monitor import Monitor
from publicist.plugins.localhub.server import is_loopback, start_hub
from publicist.plugins.localhub.settings import HubSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Place


def test_what_was_published_outlives_a_restart(open_hub: Callable[..., Place]) -> None:
    before = open_hub()
    alice = before.person("alice")
    alice.publish("news")
    before.running.stop()
    with pytest.raises(requests.ConnectionError):
        alice.get("/auth/me")
    alice.root = open_hub().running.url
    assert alice.listed() == ["news"]


def test_stopping_twice_does_no_harm_and_ends_every_thread(open_hub: Callable[..., Place]) -> None:
    before = set(threading.enumerate())
    place = open_hub(monitor=True)
    place.person("alice")
    place.running.stop()
    place.running.stop()
    place.running.wait()
    assert set(threading.enumerate()) == before


def test_two_hubs_in_one_process_know_nothing_of_each_other(open_hub: Callable[..., Place]) -> None:
    one, two = open_hub(folder="one"), open_hub("satellites", folder="two")
    one.person("alice").publish("news")
    assert two.nobody.get("/users/check-username/alice").json()["available"] is True
    assert one.nobody.get("/users/check-username/alice").json()["available"] is False


def test_the_monitor_steps_by_itself_and_survives_a_failing_step() -> None:
    steps: list[int] = []
    enough = threading.Event()

    def step() -> None:
        steps.append(1)
        if len(steps) == 3:
            enough.set()
        raise RuntimeError("made to fail")

    monitor = Monitor(step, 0.001)
    assert enough.wait(10)
    monitor.stop()


def test_a_hub_with_a_monitor_switches_listings_off(open_hub: Callable[..., Place]) -> None:
    place = open_hub(monitor=True, monitor_seconds=0.01)
    alice = place.person("alice")
    alice.publish("news", connect=[{"type": "http"}])
    deadline = datetime.now(UTC).timestamp() + 20
    while alice.get("/endpoints").json()[0]["is_active"]:
        assert datetime.now(UTC).timestamp() < deadline


def test_a_taken_port_is_told(place: Place, tmp_path: Path) -> None:
    port = int(place.running.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=str(port)):
        start_hub(HubSettings(data_dir=tmp_path / "other"), port=port)


def test_another_versions_database_is_left_alone(tmp_path: Path) -> None:
    settings = HubSettings(data_dir=tmp_path)
    database = sqlite3.connect(settings.database)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(ConfigurationError, match="version 99"):
        start_hub(settings)


def test_the_database_is_readable_by_its_owner_only(place: Place) -> None:
    assert stat.S_IMODE(place.running.hub.settings.database.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.0.2.1", False), ("x", False)],
)
def test_loopback_is_what_only_this_machine_can_call(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def cli() -> click.Group:
    group = click.Group()
    localhub.commands(group)
    return group


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_the_command_refuses_to_be_called_from_elsewhere_unasked(host: str) -> None:
    result = CliRunner().invoke(cli(), ["hub", "--host", host])
    assert isinstance(result.exception, ConfigurationError)
    assert "--allow-remote" in result.exception.remedy


def test_the_command_tells_its_options() -> None:
    text = CliRunner().invoke(cli(), ["hub", "--help"]).output
    for option in ("--host", "--port", "--data-dir", "--dialect", "--allow-remote", "8090"):
        assert option in text


RUN = "import click; from publicist.plugins import localhub; g = click.Group(); localhub.commands(g); g()"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_interrupted(tmp_path: Path, ending: signal.Signals) -> None:
    arguments = ["hub", "--port", "0", "--dialect", "satellites", "--data-dir", str(tmp_path)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "env": environment}
    with subprocess.Popen([sys.executable, "-c", RUN, *arguments], **options) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        url = told.partition(" on ")[2].partition(",")[0]
        session = requests.Session()
        session.trust_env = False
        with session:
            answer = session.get(f"{url}/api/v1/satellites", timeout=10)
        process.send_signal(ending)
        rest = process.stdout.read()
    assert answer.status_code == 401
    assert "Stopping." in rest
    assert process.returncode == 0


def test_a_half_sent_request_does_not_keep_a_hub_from_stopping(open_hub: Callable[..., Place]) -> None:
    place = open_hub()
    host, port = place.running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nContent-Length: 100\r\n\r\nuser")
        place.running.stop()
        with suppress(ConnectionResetError):
            assert half.recv(1) == b""
