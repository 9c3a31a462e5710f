"""What a command does when something goes wrong that nobody foresaw."""

import json
import logging

import pytest
from publicist.core.errors import InvalidInput
from publicist.core.publishing.publisher import Publisher

from .conftest import CommandLine

SECRET = "pub_abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def surprise(space: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A space whose `status` meets a fault that is nobody's."""

    def fail(*_: object) -> None:
        raise RuntimeError(f"no idea about {SECRET}\nand a second line")

    space.add_endpoint()
    monkeypatch.setattr(Publisher, "publications", fail)
    return space


def test_a_surprise_is_one_line_and_the_way_to_more(surprise: CommandLine) -> None:
    result = surprise.run("status", "research-qa", code=1)
    assert "Unexpected error: RuntimeError: no idea about ***" in result.stderr
    assert "PUBLICIST_LOG_LEVEL=DEBUG" in result.stderr
    assert "Traceback" not in result.output
    assert "second line" not in result.output


def test_a_surprise_is_json_where_json_was_asked_for(surprise: CommandLine) -> None:
    assert surprise.json("status", "research-qa", code=1)["cause"] == "internal"


def test_the_traceback_is_shown_on_demand_without_secrets(
    surprise: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLICIST_LOG_LEVEL", "DEBUG")
    result = surprise.run("status", "research-qa", code=1)
    assert "Traceback" in result.stderr
    assert SECRET not in result.output


def test_an_unknown_log_level_is_told(space: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLICIST_LOG_LEVEL", "LOUD")
    assert "'LOUD'" in space.run("status", code=1).stderr


@pytest.mark.parametrize(("level", "shown"), [(None, False), ("INFO", True), ("ERROR", False)])
def test_commands_log_warnings_unless_told_otherwise(
    space: CommandLine, monkeypatch: pytest.MonkeyPatch, level: str | None, shown: bool
) -> None:
    def talk(*_: object) -> None:
        logging.getLogger("publicist.test").info("a word with %s", SECRET)
        raise InvalidInput({"slug": ["No."]})

    monkeypatch.setattr(Publisher, "publications", talk)
    if level:
        monkeypatch.setenv("PUBLICIST_LOG_LEVEL", level)
    said = space.run("status", "research-qa", code=1).stderr
    assert ("a word with ***" in said) is shown
    assert SECRET not in said


def test_an_interrupt_ends_quietly(space: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Publisher, "publications", interrupt)
    assert space.run("status", "research-qa", code=130).output == ""


def test_several_faults_are_counted_and_listed(space: CommandLine) -> None:
    lines = space.run("endpoint", "add", "--name", "", "--version", "1", code=1).stderr.splitlines()
    assert lines[0] == "Error: 2 fields are not accepted. (validation)"
    assert [line.split(":")[0] for line in lines[1:]] == ["  name", "  version", "What to do"]


def test_json_is_all_there_is_on_stdout(space: CommandLine) -> None:
    result = space.run("publish", "nonsense", "--json", code=1)
    assert set(json.loads(result.stdout)) == {"cause", "message", "remedy"}
    assert result.stderr == ""
