"""From an empty folder to an endpoint listed, queried and withdrawn, beside plugins that misbehave in every way.

One `publicist serve` is asked over HTTP, as its users do. Two adapters of the worst kind, two plugins that cannot be
imported and one for hooks of the future are installed beside it from the first moment to the last.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer

from .plugins.custom.counterpart import Counterpart, start_counterpart
from .ready import ready_hub
from .serving import SECONDS, RunningSpace, served_by
from .simulation.places import HubPlace
from .unruly.installing import install, install_unruly

WAYS = ("raise", "exit", "end", "hang", "hold", "memory", "huge", "wrong", "nothing")
"""How a marketplace of the kind `unruly` misbehaves, in each of its hooks."""

CATALOGUE_KEY = "key-of-ada-1815"
KEY = "key-of-the-unruly-marketplaces"
VANDAL = """
import json, os, requests, socket, threading
from publicist.core.hookspecs import hookimpl
from publicist.core.records import CheckResult

def broken(*_, **__):
    raise RuntimeError("replaced by a plugin")

requests.Session.request = requests.Session.send = socket.create_connection = json.loads = broken
CheckResult.__init__ = threading.Thread.start = broken
os.environ.clear()
"""
SLUG = "research-qa"


class Space:
    """A running space, its process and its log."""

    def __init__(self, running: RunningSpace, process: subprocess.Popen[str], log: Path) -> None:
        self.url, self.token, self.ask = running.url, running.token, running.ask
        self.process, self.log = process, log

    def until(self, path: str, true: Callable[[Any], object]) -> Any:
        """Ask until what is answered is as wanted."""
        ends = time.monotonic() + SECONDS
        while not true(answer := self.ask("GET", path)):
            assert time.monotonic() < ends, answer
            time.sleep(0.1)  # another process works; its API is all there is to see of it
        return answer

    def states(self) -> dict[str, str]:
        return {plugin["name"]: plugin["state"] for plugin in self.ask("GET", "/plugins")["items"]}


@contextmanager
def serving(folder: Path, token: str = "", **environment: str) -> Iterator[Space]:
    """Run `publicist serve`; a new space tells its token. It must end by itself when it is told to."""
    given = {
        **os.environ,
        "PYTHONPATH": str(folder / "installed"),
        "PUBLICIST_DATA_DIR": str(folder / "space"),
        "PUBLICIST_CALL_DEADLINE": "2",
        "PUBLICIST_FETCH_DEADLINE": "2",
        "PUBLICIST_HEALTH_INTERVAL": "2",
        "PUBLICIST_CHECK_INTERVAL": "10",
        "PUBLICIST_DEPLOYMENT": "localhost",
        "PUBLICIST_ISOLATE_MEMORY": "512",
        **environment,
    }
    log = folder / "log"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "publicist.core.cli", "serve", "--port", "0"],
            env=given, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    try:
        yield Space(served_by(process, token), process, log)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def catalogue() -> Iterator[Counterpart]:
    running = start_counterpart(accounts={CATALOGUE_KEY: "ada"})
    yield running
    running.stop()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubPlace]:
    running = ready_hub(tmp_path / "hub")
    place = HubPlace("Hub", running, lambda asked: None, delay=0)
    yield place
    place.close()
    place.proxy.stop()
    running.stop()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "installed"
    install_unruly(folder, monkeypatch)
    install(folder, "unimportable", "raise ImportError('half of it was deleted')\n")
    install(folder, "vandal", VANDAL)
    install(folder, "quitter", "import sys\nsys.exit(4)\n")
    install(folder, "futuristic", "publicist_hooks = 2\n")


def test_all_of_it_works_beside_plugins_that_misbehave_in_every_way(
    tmp_path: Path, installed: None, hub: HubPlace, catalogue: Counterpart, httpserver: HTTPServer
) -> None:
    papers = {"documents": [{"content": "Rivers carry sand.", "metadata": {"title": "Rivers"}}]}
    httpserver.expect_request("/search").respond_with_json(papers)
    with serving(tmp_path) as space:
        connect_all(space, hub, catalogue)
        describe(space, httpserver.url_for("/search"))
        publish(space, hub, catalogue)
        ask_and_watch(space, hub, catalogue)
        repair(space, hub)
        tell_and_disable(space, hub)
    assert "Traceback" not in "".join(line for line in space.log.read_text().splitlines() if "plugin" not in line)
    with serving(tmp_path, space.token, PUBLICIST_PLUGINS="") as space:
        without_any(space, hub, catalogue)


def connect_all(space: Space, hub: HubPlace, catalogue: Counterpart) -> None:
    """Two good marketplaces, one that wrecks what it runs in, and one for every way to misbehave."""
    broken = dict.fromkeys(("unimportable", "quitter", "futuristic"), "broken")
    worst = {"unruly": "active", "wrecker": "active", **broken}
    assert space.states().items() >= worst.items()
    assert "version 2" in space.ask("GET", "/plugins/futuristic")["traceback"]
    good = [
        {"kind": "syfthub", "name": "Hub", "url": hub.url, "api_key": hub.key},
        {"kind": "custom", "name": "Catalogue", "url": catalogue.url, "api_key": CATALOGUE_KEY},
        {"kind": "wrecker", "name": "Wrecker", "url": "http://127.0.0.1:9"},
    ]
    for each in good:
        assert space.ask("POST", "/marketplaces", each, 201)["status"] == "active", each
    for how in WAYS:
        body = {"kind": "unruly", "name": how, "url": "http://127.0.0.1:9", "settings": {"how": how}, "api_key": KEY}
        tested = space.ask("POST", f"/marketplaces?test={str(how == WAYS[0]).lower()}", body, 201)
        assert (tested["status"] == "error") is (how == WAYS[0])
    plugin = space.ask("GET", "/plugins/unruly")
    assert plugin["state"] == "faulty"
    assert "unruly.py" in plugin["last_failure"]["traceback"]


def describe(space: Space, dataset: str) -> None:
    body = {
        "name": "Research Q&A",
        "slug": SLUG,
        "summary": "Answers from open papers.",
        "description": "# Research\n\nAsk about **methods**.",
        "tags": ["science"],
        "response_type": "raw",
        "published": True,
        "dataset": {"kind": "http", "name": "papers", "settings": {"url": dataset}},
    }
    space.ask("POST", "/endpoints", body, 201)
    found = {
        one["marketplace_name"]: one for one in space.ask("GET", f"/endpoints/{SLUG}/availability")["marketplaces"]
    }
    assert found["Hub"]["available"] is found["Catalogue"]["available"] is True
    assert [how for how in WAYS if found[how]["available"] is not None] == []


def publish(space: Space, hub: HubPlace, catalogue: Counterpart) -> None:
    body = {"publish_to_all_marketplaces": True, "wait": 30}
    found = {one["marketplace_name"]: one for one in space.ask("POST", f"/endpoints/{SLUG}/publish", body)["results"]}
    assert found["Hub"]["success"] is found["Catalogue"]["success"] is True, found
    assert [how for how in WAYS if found[how]["success"]] == []
    assert hub.held(SLUG)
    assert list(catalogue.listings) == [SLUG]


def ask_and_watch(space: Space, hub: HubPlace, catalogue: Counterpart) -> None:
    token = hub.token()
    query = {"messages": "What do rivers carry?"}
    url = f"{space.url}/api/v1/endpoints/{SLUG}/query"
    answer = requests.post(url, json=query, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)
    assert "Rivers carry sand." in answer.text
    space.ask("POST", f"/endpoints/{SLUG}/checks", {"kind": "wrecker", "name": "Wreck", "settings": {}}, 201)
    assert space.ask("POST", f"/endpoints/{SLUG}/checks/run")
    health = space.until(f"/endpoints/{SLUG}/health", lambda found: found["state"] == "healthy")
    assert {"dataset", "Wreck"} <= {result["name"] for result in health["results"]}, health["results"]
    space.until("/marketplaces", lambda _: catalogue.catalogue.health.get(SLUG, {}).get("state") == "healthy")


def repair(space: Space, hub: HubPlace) -> None:
    """What somebody else has changed on the hub is put right, and so is a listing that vanished."""
    hub.rename(SLUG, "Not ours")
    space.ask("POST", "/sync")
    space.until("/marketplaces", lambda _: hub.held(SLUG)["name"] == "Research Q&A")
    space.ask("PATCH", f"/endpoints/{SLUG}", {"name": "Research, renamed"})
    space.until("/marketplaces", lambda _: hub.held(SLUG)["name"] == "Research, renamed")


def tell_and_disable(space: Space, hub: HubPlace) -> None:
    """Who misbehaves is shown with what happened, and can be taken out while all of it goes on."""
    assert space.until("/plugins", lambda _: space.states()["unruly"] == "faulty")
    assert KEY not in space.log.read_text()
    findings = {(one["plugin"], one["code"]) for one in space.ask("GET", "/plugin-findings")["items"]}
    assert findings >= {("unimportable", "broken"), ("quitter", "broken"), ("futuristic", "newer")}
    assert ("unruly", "failing") in findings
    stopped = space.ask("POST", "/plugins/unruly/disable")["stopped_marketplaces"]
    assert sorted(stopped) == sorted(WAYS)
    assert space.states()["unruly"] == "disabled"


def without_any(space: Space, hub: HubPlace, catalogue: Counterpart) -> None:
    """`PUBLICIST_PLUGINS=` starts without them, and what is listed can be withdrawn."""
    assert "unruly" not in space.states()
    assert hub.held(SLUG)
    ids = {one["name"]: one["id"] for one in space.ask("GET", "/marketplaces")["items"]}
    body = {"marketplace_ids": [ids["Hub"], ids["Catalogue"]], "wait": 30}
    found = space.ask("POST", f"/endpoints/{SLUG}/unpublish", body)["results"]
    assert all(one["success"] for one in found), found
    assert not hub.held(SLUG)
    assert not catalogue.listings
