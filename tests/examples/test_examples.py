"""The example plugins of docs/plugins: packages that are built, installed into one fresh environment, and run there."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import requests
from pytest_httpserver import HTTPServer

from ..plugins.custom.counterpart import Counterpart
from ..serving import SECONDS, RunningSpace, served_by

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "plugins"
EXAMPLES = sorted(path.parent for path in HERE.glob("*/pyproject.toml"))
PLUGINS = {"blocked-words", "freshness", "glossary", "imprint", "spool", "team-chat"}
BUILD = """
import os, sys
from setuptools import build_meta
wheels, *folders = sys.argv[1:]  # building changes sys.argv
for folder in folders:
    os.chdir(folder)
    build_meta.build_wheel(wheels)
"""
SLUG = "glossary"


@dataclass
class Environment:
    """An environment with the examples in it, and the data directory of a space."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variables |= {"PATH": os.environ["PATH"], "HOME": str(self.folder), "IMPRINT": "Ada & Grace"}
        self.variables |= {"SPOOL_FOLDER": str(self.folder / "spool"), "PUBLICIST_EXECUTOR": "spool"}
        self.variables |= {"PUBLICIST_DATA_DIR": str(self.folder / "space"), "PUBLICIST_ISOLATE": "*,-imprint"}

    def command(self, module: str, *words: str | Path) -> list[str | Path]:
        return [self.folder / "fresh" / "bin" / "python", "-m", module, *words]

    def run(self, module: str, *words: str | Path, **more: str) -> str:
        done = subprocess.run(
            self.command(module, *words),
            cwd=self.folder,
            env={**self.variables, **more},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Environment:
    """A new environment that has what this one has, and all examples, built from copies of their sources."""
    venv.create(tmp_path / "fresh", with_pip=False, symlinks=True)
    packages = next((tmp_path / "fresh" / "lib").glob("python*/site-packages"))
    (packages / "shared.pth").write_text(f"import site; site.addsitedir({str(Path(pytest.__file__).parents[1])!r})\n")
    ignored = shutil.ignore_patterns("__pycache__")
    sources = [shutil.copytree(path, tmp_path / "sources" / path.name, ignore=ignored) for path in EXAMPLES]
    for name in ("wheels", "spool"):
        (tmp_path / name).mkdir()
    subprocess.run(
        [sys.executable, "-c", BUILD, tmp_path / "wheels", *sources], check=True, capture_output=True, timeout=SECONDS
    )
    there = Environment(tmp_path)
    there.run("pip", "install", "--no-deps", "--no-index", "--quiet", *(tmp_path / "wheels").glob("*.whl"))
    return there


@pytest.fixture
def space(installed: Environment) -> Iterator[RunningSpace]:
    process = subprocess.Popen(
        installed.command("publicist.core.cli", "serve", "--port", "0"),
        cwd=installed.folder,
        env={**installed.variables, "PUBLICIST_DEPLOYMENT": "localhost"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield served_by(process)
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=SECONDS)
    finally:
        process.kill()


def _show_up(installed: Environment) -> None:
    listed = json.loads(installed.run("publicist.core.cli", "plugins", "--json", PUBLICIST_ISOLATE="none"))["items"]
    found = {item["name"]: item for item in listed if item["source"] != "built-in"}
    assert found.keys() == PLUGINS
    assert {(item["state"], item["version"]) for item in found.values()} == {("active", "1.0.0")}
    assert installed.run("publicist.core.cli", "imprint") == "Ada & Grace\n"


def _pass_their_own_tests(installed: Environment) -> None:
    quick = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-c", os.devnull)
    folders = [installed.folder / "sources" / path.name for path in EXAMPLES]
    assert " passed" in installed.run("pytest", "-q", *quick, "--rootdir", installed.folder, *folders)


def test_all_examples_work_in_one_environment(
    installed: Environment, space: RunningSpace, catalogues: Callable[..., Counterpart], httpserver: HTTPServer
) -> None:
    """One test, so that they are installed and started once."""
    _show_up(installed)
    _pass_their_own_tests(installed)
    plugins = {item["name"]: item for item in space.ask("GET", "/plugins")["items"] if item["name"] in PLUGINS}
    assert {name: item["isolated"] for name, item in plugins.items()} == {name: name != "imprint" for name in PLUGINS}

    _offer_terms(space, httpserver)
    _publish_by_the_spool(installed, space, catalogues())
    stranger = RunningSpace(space.url, "")
    answer = stranger.ask("POST", f"/endpoints/{SLUG}/query", {"messages": "What is a placebo?"})
    [found] = answer["references"]["documents"]
    assert found["content"] == "Placebo: a treatment without effect"
    refused = stranger.ask("POST", f"/endpoints/{SLUG}/query", {"messages": "Gossip on placebo?"}, 403)
    assert (refused["cause"], refused["detail"]) == (
        "policy_violation",
        "This endpoint does not answer questions about that.",
    )

    httpserver.expect_request("/news").respond_with_data("", headers={"Last-Modified": format_datetime(_now())})
    check = {"kind": "freshness", "name": "news", "settings": {"url": httpserver.url_for("/news"), "days": "7"}}
    assert space.ask("POST", f"/endpoints/{SLUG}/checks", check, 201)["result"]["message"] == "It changed 0 days ago."

    httpserver.expect_request("/rooms/ops", "POST").respond_with_json({})
    room = {"url": httpserver.url_for("/rooms/ops"), "token": "bot-token-1"}
    channel = space.ask("POST", "/channels", {"kind": "team_chat", "name": "Team", "settings": room}, 201)
    space.ask("POST", f"/channels/{channel['id']}/test", status=204)
    sent = [request for request, _ in httpserver.log if request.path == "/rooms/ops"]
    assert [request.headers["Authorization"] for request in sent] == ["Bearer bot-token-1"]

    assert "<p>Ada &amp; Grace</p>" in requests.get(f"{space.url}/imprint", timeout=SECONDS).text
    guarded = requests.get(f"{space.url}/imprint/source", timeout=SECONDS, allow_redirects=False)
    assert guarded.headers["Location"].startswith("/sign-in")


def _now() -> datetime:
    return datetime.now(UTC)


def _offer_terms(space: RunningSpace, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/terms").respond_with_json({"Placebo": "a treatment without effect"})
    endpoint = {
        "name": "Terms",
        "slug": SLUG,
        "summary": "What words mean.",
        "published": True,
        "dataset": {"kind": "glossary", "settings": {"url": httpserver.url_for("/terms")}},
        "policies": [
            {"type": "access", "config": {"allow_guests": True}},
            {"type": "blocked_words", "config": {"words": ["gossip"]}},
        ],
    }
    space.ask("POST", "/endpoints", endpoint, 201)
    assert space.ask("POST", f"/endpoints/{SLUG}/check")


def _publish_by_the_spool(installed: Environment, space: RunningSpace, there: Counterpart) -> None:
    """Have the marketplace ask for a little time, so that the runner has something to spread; then work that.

    Publishing begins the work itself, unless the runner was quicker and has spread that, too: what is in the folder is
    worked until it was of use.
    """
    space.ask("POST", "/marketplaces", {"kind": "custom", "name": "Hub", "url": there.url}, 201)
    there.faults.add("problem", method="POST", status=429, headers={"Retry-After": "1"}, times=1)
    space.ask("POST", f"/endpoints/{SLUG}/publish", {"publish_to_all_marketplaces": True, "force": True, "wait": 0})
    spool, ends, pause = installed.folder / "spool", monotonic() + SECONDS, Event()
    worked = 0
    while SLUG not in there.listings:
        assert monotonic() < ends, f"{worked} times worked what was spread, and it is not listed"
        for due in spool.iterdir():
            installed.run("publicist.core.cli", "work", due.name, PUBLICIST_PLUGINS="")
            worked += 1
        pause.wait(0.05)
    assert worked, "nothing was spread"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_docs_show_the_example_as_it_is(example: Path) -> None:
    page = (DOCS / f"{example.name}.md").read_text()
    [module] = [path for path in example.glob("*.py") if not path.name.startswith("test_")]
    assert f"```python\n{module.read_text()}```" in page
    [entry] = re.findall(r"\[project\.entry-points\.publicist\]\n.+\n", (example / "pyproject.toml").read_text())
    assert f"```toml\n{entry}```" in page
