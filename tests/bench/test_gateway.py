"""What the gateway adds to a query. Printed, not judged: `make bench`."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from publicist.core.services import utc_now
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import HubSettings

from ..spaces import add_endpoint, add_marketplace, opened, publish

pytestmark = pytest.mark.bench

SECONDS = 5.0
PASSWORD = "Passw0rd1"
QUERY = json.dumps({"messages": "What is a passage?", "limit": 5})
POLICIES = [
    {"type": "access", "config": {"marketplaces": ["Hub"]}},
    {"type": "rate_limit", "config": {"limit": "1000000/m"}},
    {"type": "accounting", "config": {"price": "0.01"}},
]


@contextmanager
def program(*command: str, **options: Any) -> Iterator[str]:
    """Run a program for the block; give the first line that it prints."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, **options) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def load(url: str, token: str, clients: int) -> tuple[list[float], float]:
    """Ask as fast as so many clients can; return the milliseconds of each answer, and how many came in a second."""
    with ThreadPoolExecutor(clients) as pool:
        began = time.perf_counter()
        answers = [pool.submit(ask, url, token, began + SECONDS) for _ in range(clients)]
        took = [milliseconds for one in answers for milliseconds in one.result()]
    return took, len(took) / (time.perf_counter() - began)


def ask(url: str, token: str, until: float) -> list[float]:
    """Ask until then, one query after another on one connection; every one must be answered."""
    took: list[float] = []
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request("POST", place.path, QUERY, headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        took.append((time.perf_counter() - began) * 1000)
    connection.close()
    return took


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = start_hub(
        HubSettings(tmp_path / "hub", monitor=False, password_cost=1024, satellite_seconds=3600, clock=utc_now)
    )
    yield running
    running.stop()


def account(hub: RunningHub, name: str) -> str:
    body = {"username": name, "email": f"{name}@example.org", "full_name": name, "password": PASSWORD}
    return str(requests.post(f"{hub.url}/api/v1/auth/register", json=body, timeout=10).json()["access_token"])


def offered(data_dir: Path, hub: RunningHub, service: str, clock: Callable[[], Any]) -> None:
    with opened(data_dir, clock) as services:  # type: ignore[arg-type]
        add_marketplace(services, "Hub", hub.url, "syfthub", username="ada", password=PASSWORD, test=True)
        add_endpoint(services, url=service, policies=POLICIES)
        assert publish(services)["Hub"].success


def test_the_gateway_beside_the_service_and_a_bare_forwarder(
    tmp_path: Path, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = str(Path(__file__).with_name("forwarder.py"))
    account(hub, "ada")
    asker = account(hub, "bob")
    answer = requests.get(
        f"{hub.url}/api/v1/token", params={"aud": "ada"}, headers={"Authorization": f"Bearer {asker}"}, timeout=10
    )
    token = str(answer.json()["target_token"])
    monkeypatch.setenv("PUBLICIST_DATA_DIR", str(tmp_path / "space"))
    monkeypatch.setenv("PUBLICIST_PLUGINS", "")
    monkeypatch.setenv("PUBLICIST_QUERY_CONCURRENCY", "32")
    with program(servers, "service") as service, program(servers, "forward", service) as forwarder:
        offered(tmp_path / "space", hub, service, utc_now)
        with program("-m", "publicist.core.cli", "serve", "--port", "0", "--no-runner") as greeting:
            gateway = f"{greeting.split(' on ')[1].split('. ')[0]}/api/v1/endpoints/research-qa/query"
            places = {"service": service, "forwarder": forwarder, "gateway": gateway}
            for clients in (1, 32):
                found = {name: load(url, token, clients) for name, url in places.items()}
                show(clients, found)


def show(clients: int, found: dict[str, tuple[list[float], float]]) -> None:
    direct = found["service"][0]
    print(f"\n{clients} client{'s' if clients > 1 else ''}, {SECONDS:g} s each, milliseconds:")
    for name, (took, rate) in found.items():
        added = median(took) - median(direct), p99(took) - p99(direct)
        print(
            f"  {name:<10} median {median(took):7.2f}  p99 {p99(took):7.2f}"
            f"  added {added[0]:+7.2f} {added[1]:+7.2f}  {rate:7.1f} queries/s"
        )


def p99(took: list[float]) -> float:
    return quantiles(took, n=100)[98]
