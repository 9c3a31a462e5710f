"""`publicist demo`, as `make run` starts it: one command, and an endpoint is listed."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from syfthub_sdk import SyftHubClient
from syfthub_sdk.exceptions import RetrievalError
from syfthub_sdk.models import EndpointRef


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def demo(data_dir: Path, hub_port: int, ending: signal.Signals = signal.SIGTERM) -> Iterator[str]:
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
        process.send_signal(ending)
        process.communicate(timeout=30)


def gone(hub_port: int) -> bool:
    """Whether the hub ends in time: it does with the demo, even when that is killed."""
    waited = threading.Event()
    for _ in range(200):
        try:
            requests.get(f"http://127.0.0.1:{hub_port}/api/v1/auth/config", timeout=5)
        except requests.ConnectionError:
            return True
        waited.wait(0.05)
    return False


def test_one_command_lists_the_demo_endpoint_and_again_makes_nothing_twice(tmp_path: Path) -> None:
    hub_port = free_port()
    listed = f"http://127.0.0.1:{hub_port}/api/v1/endpoints/public"
    for again, ending in ((False, signal.SIGTERM), (True, signal.SIGKILL)):
        with demo(tmp_path, hub_port, ending) as said:
            assert "The hub" in said
            assert "✓ publicist-docs on Local hub" in said
            assert ("connected to Local hub already" in said) is again
            token = re.search(r"pub_[\w-]+", said)
            link = re.search(r"Start here\s+(http\S+/setup/\S+)", said)
            assert link
            assert "Welcome to publicist" in requests.get(link.group(1), timeout=5).text
            space = re.search(r"The space\s+(http\S+)", said)
            assert token
            assert space
            assert [one["slug"] for one in requests.get(listed, timeout=5).json()] == ["publicist-docs"]
            head = {"Authorization": f"Bearer {token.group()}"}
            answer = requests.get(f"{space.group(1)}/api/v1/endpoints/publicist-docs", headers=head, timeout=5)
            assert answer.json()["published"] is True
        assert gone(hub_port)


def test_syfthub_s_client_finds_the_demo_endpoint_and_is_answered_from_the_docs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    hub_port = free_port()
    with (
        demo(tmp_path, hub_port) as said,
        SyftHubClient(base_url=f"http://127.0.0.1:{hub_port}") as client,
    ):
        client.auth.register(username="bob", email="bob@example.org", password="Passw0rd1", full_name="Bob")
        (found,) = client.hub.browse()
        place = EndpointRef(url=found.connect[0].config["url"], slug=found.slug, owner_username=found.owner_username)
        space, token = re.search(r"The space\s+(http\S+)", said), re.search(r"pub_[\w-]+", said)
        assert space
        assert token

        def ask(query: str) -> list[str]:
            answer = client.syftai.query_data_source(place, query, user_email="bob@example.org")
            assert [each.score for each in answer] == sorted((each.score for each in answer), reverse=True)
            return [each.metadata["path"] for each in answer]

        def restrict(policy: str, **config: object) -> None:
            where = f"{space.group(1)}/api/v1/endpoints/publicist-docs"
            head = {"Authorization": f"Bearer {token.group()}"}
            body = {"policies": [{"type": policy, "config": config}]}
            requests.patch(where, json=body, headers=head, timeout=10).raise_for_status()

        assert "maintenance.md" in ask("How do I announce a maintenance window?")
        restrict("access", denied_users=["bob@example.org"])
        with pytest.raises(RetrievalError, match="no access"):
            ask("maintenance window")
        restrict("rate_limit", limit="2/m")
        assert ask("settings")
        assert ask("backups")
        with pytest.raises(RetrievalError, match="At most 2 queries a minute"):
            ask("events")


def test_a_taken_port_is_said_and_nothing_is_left_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, demo(tmp_path, taken.getsockname()[1]) as said:
        assert said == ""
