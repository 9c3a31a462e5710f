"""`publicist backup`, `restore` and `events`."""

from pathlib import Path

import pytest
from publicist.core.actors import machine_user
from publicist.core.running.presence import Presence

from .conftest import CommandLine


def slugs(space: CommandLine) -> list[str]:
    return [item["slug"] for item in space.json("endpoint", "list")["items"]]


def test_a_space_goes_back_to_its_backup_and_says_where_the_former_one_is(space: CommandLine, tmp_path: Path) -> None:
    space.add_endpoint("kept-one")
    file = tmp_path / "copy.sqlite3"
    made = space.json("backup", str(file))
    assert made == {"file": str(file), "bytes": file.stat().st_size}
    space.add_endpoint("later-one")
    restored = space.json("restore", str(file), "--yes")
    assert slugs(space) == ["kept-one"]
    assert space.json("events", "--limit", "1")["items"][0]["action"] == "space.restored"
    space.run("restore", restored["former"], "--yes")
    assert slugs(space) == ["kept-one", "later-one"]


def test_a_backup_goes_to_its_folder_and_tells_to_keep_the_key(space: CommandLine) -> None:
    said = space.run("backup")
    assert "secret.key" in said.stderr
    assert [path.suffix for path in (space.data_dir / "backups").iterdir()] == [".sqlite3"]


def test_nothing_is_restored_without_a_yes(space: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite3"
    space.run("backup", str(file))
    space.add_endpoint("later-one")
    space.run("restore", str(file), stdin="n\n", code=1)
    space.run("restore", str(file), code=2)
    assert slugs(space) == ["later-one"]


def test_a_wrong_file_is_refused_before_anything_is_asked(space: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "wrong"
    file.write_text("plain text")
    assert space.json("restore", str(file), "--yes", code=1)["cause"] == "configuration"
    assert "Replace" not in space.run("restore", str(file), code=1).stderr


def test_a_space_that_is_in_use_is_not_restored(space: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite3"
    space.run("backup", str(file))
    with Presence(space.data_dir):
        assert "Another process" in space.json("restore", str(file), "--yes", code=1)["message"]


def test_events_name_the_user_of_the_machine(space: CommandLine) -> None:
    space.add_endpoint()
    space.run("endpoint", "edit", "research-qa", "--name", "Renamed")
    found = space.json("events", "--endpoint", "research-qa")["items"]
    assert [item["action"] for item in found] == ["endpoint.edited", "endpoint.created"]
    assert {(item["actor"]["kind"], item["actor"]["name"]) for item in found} == {("cli", machine_user())}
    shown = space.run("events", "--endpoint", "research-qa").stdout
    assert f"cli {machine_user()}" in shown
    assert "Changed name." in shown


def test_events_are_bounded_and_say_so(space: CommandLine) -> None:
    for number in range(3):
        space.add_endpoint(f"endpoint-{number}")
    assert len(space.json("events", "--action", "endpoint.created", "--limit", "2")["items"]) == 2
    assert "1 older ones are not shown" in space.run("events", "--action", "endpoint.created", "--limit", "2").stderr
    assert "no such events" in space.run("events", "--since", "2999-01-01").stderr


@pytest.mark.parametrize("words", [["--since", "yesterday"], ["--limit", "0"]])
def test_events_asked_for_wrongly_are_a_usage_error(space: CommandLine, words: list[str]) -> None:
    space.run("events", *words, code=2)


def test_events_of_an_unknown_endpoint_or_marketplace_are_an_error(space: CommandLine) -> None:
    assert "nowhere" in space.run("events", "--endpoint", "nowhere", code=1).stderr
    assert "nowhere" in space.run("events", "--marketplace", "nowhere", code=1).stderr
