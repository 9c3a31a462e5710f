"""What a trial says of a step that fails: where in the file to look, if the file may be at fault, and what to do."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from publicist.core.cli import cli
from pytest_httpserver import HTTPServer
from werkzeug.serving import generate_adhoc_ssl_context

from .noticeboard import Noticeboard, described_at
from .served import Served, served

ME, LIST, FIND = ("GET", "/me"), ("GET", "/items"), ("GET", "/items/*")
ADDRESS = "Check the marketplace's address (--url)"
COMPARE = "Compare the answer with what the file says of it"


@pytest.fixture
def board() -> Noticeboard:
    return Noticeboard()


@pytest.fixture
def running(board: Noticeboard) -> Iterator[Served]:
    with served(board) as there:
        yield there


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUBLICIST_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("KEY", "key-of-ada")


def attempt(path: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["marketplace", "try", str(path), "--set-env", "api_key=KEY", *words])


def line_of(path: Path, part: str) -> int:
    """Return the line at which a part of the file stands, by its dotted path; indentation tells the depth."""
    rest = [(number, line) for number, line in enumerate(path.read_text().splitlines(), 1)]
    for depth, key in enumerate(part.split(".")):
        at = next(at for at, (_, line) in enumerate(rest) if line.startswith(f"{'  ' * depth}{key}:"))
        number, rest = rest[at][0], rest[at + 1 :]
    return number


def listed(**paging: Any) -> dict[str, Any]:
    return {"list": {"request": {"path": "/items"}, "items": "body.items", "paging": paging}}


PAGE = {"style": "page", "parameter": "page"}
LOOSE = {"request": {"path": "/items/{{ slug | quoted }}"}}


@pytest.mark.parametrize(
    ("changes", "answers", "title", "part", "remedy"),
    [
        ({}, {ME: 401}, "Connect", "auth", "Check what was entered (--set, --set-env)"),
        ({}, {LIST: 403}, "Read our listings", "auth", "correct how `auth` sends it"),
        ({}, {ME: 404}, "Connect", "connect", "check the marketplace's address"),
        ({}, {ME: 429}, "Connect", None, "Try again later"),
        ({}, {ME: 502}, "Connect", "connect", COMPARE),
        ({"connect": {"request": {"path": "/me"}, "account": "body.login"}}, {}, "Connect", "connect.account", COMPARE),
        (listed(**PAGE, total="body.total"), {}, "Read our listings", "list.paging.total", COMPARE),
        (listed(**PAGE, total="`3`"), {}, "Read our listings", "list.paging", COMPARE),
        (
            {"list": {"request": {"path": "/items"}, "items": "body.found"}},
            *({}, "Read our listings", "list.items", COMPARE),
        ),
        ({"find": LOOSE}, {}, "Look for publicist-trial-", "find", "check the marketplace's address"),
    ],
)
def test_a_step_that_fails_names_the_line_and_what_to_do(
    running: Served, board: Noticeboard, tmp_path: Path, changes: Any, answers: Any, title: str, part: Any, remedy: str
) -> None:
    board.answers = answers
    path = described_at(tmp_path, **changes)

    result = attempt(path, "--url", running.url)

    assert result.exit_code == 1
    assert f"FAIL  {title}" in result.stdout
    assert remedy in result.stdout
    assert "See " in result.stdout if part else "See " not in result.stdout
    assert not part or f"      See board.yaml:{line_of(path, part)}: {part}\n" in result.stdout
    assert f"\nFailed: {title}" in result.stdout


def test_a_listing_without_an_id_names_how_it_is_read(running: Served, board: Noticeboard, tmp_path: Path) -> None:
    board.items["mine"] = {"slug": "mine", "title": "Mine"}
    path = described_at(tmp_path)

    told = json.loads(attempt(path, "--url", running.url, "--json").stdout)

    step = told["steps"][-1]
    assert step["place"] == f"board.yaml:{line_of(path, 'reading')}: reading"
    assert step["cause"] == "marketplace_unavailable"


def test_an_address_without_an_answer_is_the_files_fault_only_where_it_is_the_files(tmp_path: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # nobody listens
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        path = described_at(tmp_path, default_url=url)
        by_file, entered = attempt(path), attempt(path, "--url", f"{url}/")

    assert f"See board.yaml:{line_of(path, 'default_url')}: default_url" in by_file.stdout
    assert "See " not in entered.stdout
    for result in (by_file, entered):
        assert result.exit_code == 1
        assert result.stdout.count("connection refused") == 1
        assert ADDRESS in result.stdout


def test_a_certificate_that_is_not_accepted_is_told(tmp_path: Path) -> None:
    with HTTPServer(host="127.0.0.1", ssl_context=generate_adhoc_ssl_context()) as server:
        result = attempt(described_at(tmp_path), "--url", server.url_for(""))

    assert result.exit_code == 1
    assert "FAIL  Connect: No connection to https://127.0.0.1" in result.stdout
    assert "its certificate was not accepted" in result.stdout
    assert "PUBLICIST_CA_BUNDLE" in result.stdout
    assert "See " not in result.stdout


def test_a_field_that_comes_back_otherwise_names_how_it_is_read(
    running: Served, board: Noticeboard, tmp_path: Path
) -> None:
    reading = {"id": "item.id", "slug": "item.slug", "fields": {"title": "item.slug"}}
    path = described_at(tmp_path, reading=reading)

    result = attempt(path, "--url", running.url, "--write")

    assert f"See board.yaml:{line_of(path, 'reading.fields.title')}: reading.fields.title" in result.stdout
    assert board.items == {}
