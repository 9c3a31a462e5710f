"""However a trial ends, its listing is taken away, or named as one that may be left."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from publicist.core.cli import cli

from .noticeboard import Asked, Noticeboard, described_at
from .served import Served, served

SLUG = r"publicist-trial-[0-9a-f]{6}"
LEFT = "may still be there: remove it by hand"
POST, PUT, DELETE = ("POST", "/items"), ("PUT", "/items/*"), ("DELETE", "/items/*")


@pytest.fixture
def board() -> Noticeboard:
    return Noticeboard()


@pytest.fixture
def running(board: Noticeboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("PUBLICIST_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("KEY", "key-of-ada")
    with served(board) as there:
        yield there
        board.release.set()


def words(running: Served, tmp_path: Path, **changes: Any) -> list[str]:
    path = described_at(tmp_path, **changes)
    return ["marketplace", "try", str(path), "--url", running.url, "--set-env", "api_key=KEY", "--write"]


BLIND = {"/items/*", "/items"}
MAKE = {"method": "POST", "path": "/items", "json": {"slug": "{{ slug }}", "title": "{{ fields.title }}"}}
IN_TWO = {
    "create": {
        "before": [{"name": "draft", "request": MAKE}],
        "request": {"method": "PUT", "path": "/items/{{ slug }}", "json": "{{ fields }}"},
    }
}
OURS = {"withdraw": {"request": {"method": "DELETE", "path": "/items/{{ remote_id }}"}, "check_ours": True}}


@pytest.mark.parametrize(
    ("knobs", "changes", "told", "left"),
    [
        ({"blind": {"/items/*"}}, {}, "FAIL  Find it: It was published, but `find` does not see it.", False),
        ({"blind": {"/items"}}, {}, "It was published, but `list` does not show it.", False),
        ({"blind": BLIND}, {}, "FAIL  Find it: It was published, but `find` does not see it.", True),
        ({"blind": BLIND}, {}, "Clean up: The withdrawal was accepted, but whether the listing is gone", True),
        ({"answers": {POST: 500}}, {}, "FAIL  Make a listing: POST", False),
        ({"answers": {POST: 500}, "blind": BLIND}, {}, "Clean up: It may have been made, and is not seen there.", True),
        ({"answers": {POST: 400}}, {}, "FAIL  Make a listing: Small answered 400", None),
        ({"answers": {PUT: 400}}, IN_TWO, "ok    Clean up: The listing was withdrawn.", False),
        ({"answers": {PUT: 400}, "blind": BLIND}, IN_TWO, "Clean up: It may have been made", True),
        ({"answers": {DELETE: 500}}, {}, "ok    Clean up: The listing is not there any more.", False),
        ({"answers": {DELETE: 400}}, {}, "FAIL  Clean up: Small answered 400", True),
        ({"idle": {DELETE}}, {}, "FAIL  Find it gone: It was withdrawn, and is still there.", True),
    ],
)
def test_a_trial_that_fails_leaves_nothing_or_names_it(
    running: Served, board: Noticeboard, tmp_path: Path, knobs: Any, changes: Any, told: str, left: bool | None
) -> None:
    for name, value in knobs.items():
        setattr(board, name, value)

    result = CliRunner().invoke(cli, words(running, tmp_path, **changes))

    assert result.exit_code == 1, result.output
    assert told in result.output
    assert (re.search(rf"The listing {SLUG}.* {LEFT}", result.stderr) is not None) == bool(left), result.output
    assert left or board.items == {}
    assert ("Clean up" in result.output) == (left is not None)


@pytest.mark.parametrize("changes", [{}, OURS])
def test_a_blind_find_does_not_keep_a_listing_from_being_withdrawn(
    running: Served, board: Noticeboard, tmp_path: Path, changes: Any
) -> None:
    board.blind = BLIND

    result = CliRunner().invoke(cli, [*words(running, tmp_path, **changes), "--json"])

    told = json.loads(result.stdout)
    assert (board.items, board.asked.count(DELETE)) == ({}, 1)
    assert (told["left"]["slug"], told["left"]["id"]) == (told["slug"], f"id-{told['slug']}")
    assert f"id is id-{told['slug']}" in told["left"]["remedy"]
    assert f"Look for {told['slug']} on {running.url}, signed in as ada, and delete it there" in result.stderr


def started(running: Served, tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "publicist.core.cli", *words(running, tmp_path), *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={**os.environ, "PUBLICIST_PLUGINS": ""})


def read(stream: Any, pattern: str) -> str:
    """Return what came on a stream up to the line that matches."""
    said = ""
    while not re.search(pattern, said):
        line = stream.readline()
        assert line, said
        said += line
    return said


@pytest.mark.parametrize(
    ("number", "again"),
    [(signal.SIGINT, None), (signal.SIGTERM, None), (signal.SIGHUP, signal.SIGHUP)],
)
def test_a_signal_while_a_create_is_not_answered_yet_leaves_nothing(
    running: Served, board: Noticeboard, tmp_path: Path, number: int, again: int | None
) -> None:
    board.holds = POST
    with started(running, tmp_path) as process:
        assert board.held.wait(60)
        process.send_signal(number)
        read(process.stderr, "Stopping:")
        if again:
            process.send_signal(again)
        board.release.set()
        told, beside = process.communicate(timeout=60)

    assert process.returncode == 130, beside
    assert "ok    Clean up: The listing was withdrawn." in told
    assert LEFT not in beside
    assert board.items == {}
    assert ("PUT", "/items/*") not in board.asked


@pytest.mark.parametrize(("held", "known"), [(POST, ""), (DELETE, "id-")])
def test_a_second_signal_ends_it_at_once_and_names_what_may_be_left(
    running: Served, board: Noticeboard, tmp_path: Path, held: Asked, known: str
) -> None:
    board.holds = held
    with started(running, tmp_path, "--json") as process:
        assert board.held.wait(60)
        process.send_signal(signal.SIGINT)
        read(process.stderr, "Stopping:")
        process.send_signal(signal.SIGTERM)
        told, beside = process.communicate(timeout=60)

    left = json.loads(told)["left"]
    assert process.returncode == 130
    assert re.fullmatch(SLUG, left["slug"])
    assert left["id"].startswith(known)
    assert f"The listing {left['slug']}" in beside
    assert LEFT in beside


def test_a_second_signal_while_it_cleans_up_ends_it_too(running: Served, board: Noticeboard, tmp_path: Path) -> None:
    board.holds = POST
    with started(running, tmp_path) as process:
        assert board.held.wait(60)
        process.send_signal(signal.SIGINT)
        read(process.stderr, "Stopping:")
        board.hold(DELETE)
        assert board.held.wait(60)
        process.send_signal(signal.SIGINT)
        _, beside = process.communicate(timeout=60)

    assert process.returncode == 130
    assert re.search(rf"The listing {SLUG} \(its id is id-.*\) {LEFT}", beside)


def test_an_output_that_breaks_off_leaves_nothing(running: Served, board: Noticeboard, tmp_path: Path) -> None:
    board.holds = POST
    with started(running, tmp_path) as process:
        assert process.stdout
        assert board.held.wait(60)
        process.stdout.close()
        board.release.set()
        process.wait(60)

    assert process.returncode == 130
    assert DELETE in board.asked
    assert board.items == {}
