"""`plugins`, and the commands that plugins add: none of them can stop another."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from publicist.core.cli import cli

from .conftest import CommandLine

Install = Callable[[str, str], None]

HEAD = "import click\nfrom publicist.core.hookspecs import hookimpl\n\n"
HELLO = (
    HEAD
    + "@click.command()\ndef hello():\n    click.echo('Hello from a plugin')\n\n"
    + "@hookimpl\ndef commands(cli):\n    cli.add_command(hello)\n"
)
BAD = {
    "raises": "raise RuntimeError('at import')\n",
    "raises_late": HEAD + "@hookimpl\ndef commands(cli):\n    raise KeyError('late')\n",
    "exits": HEAD + "@hookimpl\ndef commands(cli):\n    raise SystemExit(7)\n",
    "takes_over": HELLO.replace("def hello", "def status").replace("(hello)", "(status)"),
    "tears_down": HEAD + "@hookimpl\ndef commands(cli):\n    cli.commands.clear()\n",
}


def test_the_plugins_are_shown_with_what_they_offer(space: CommandLine) -> None:
    shown = {each["name"]: each for each in space.json("plugins")["items"]}
    assert shown["syfthub"]["state"] == "active"
    assert shown["syfthub"]["kinds"] == ["syfthub"]
    assert "commands" in shown["localhub"]["hooks"]
    assert "syfthub" in space.run("plugins").stdout


def test_plugins_need_no_space(nowhere: CommandLine) -> None:
    nowhere.run("plugins")
    assert not nowhere.data_dir.exists()


def test_a_broken_plugin_is_shown_with_its_traceback(space: CommandLine, install: Install) -> None:
    install("raises", BAD["raises"])
    broken = next(each for each in space.json("plugins")["items"] if each["name"] == "raises")
    assert broken["state"] == "broken"
    assert "at import" in broken["traceback"]
    assert "Traceback" in space.run("plugins").stdout


def test_a_plugin_in_this_process_adds_a_command(
    space: CommandLine, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("greeter", HELLO)
    monkeypatch.setenv("PUBLICIST_ISOLATE", "*,-greeter")
    assert "Hello from a plugin" in space.run("hello").stdout
    assert "hello" in space.run("--help").stdout


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_plugin_stops_no_command(
    space: CommandLine, install: Install, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLICIST_ISOLATE", "none")
    install(name, BAD[name])
    assert {"status", "hub", "publish"} <= set(space.run("--help").stdout.split())
    assert space.json("status") == {"items": [], "total": 0}
    assert "Usage" in space.run("hub", "--help").stdout
    space.run("nonsense", code=2)


def test_own_commands_load_no_plugin(nowhere: CommandLine, install: Install) -> None:
    install("raises", BAD["raises"])
    assert "raises" not in nowhere.run("publish", "--help").output


def test_wrong_settings_leave_the_help_and_stop_what_needs_them(
    space: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLICIST_PORT", "http")
    assert "publish" in space.run("--help").stdout
    assert "PUBLICIST_PORT" in space.run("status", code=1).stderr


def test_a_mistyped_command_is_a_usage_error(space: CommandLine) -> None:
    assert "publich" in space.run("publich", code=2).stderr


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output.startswith("publicist, version ")


def test_a_plugin_that_runs_apart_is_shown_and_adds_no_command(space: CommandLine, install: Install) -> None:
    install("greeter", HELLO)
    shown = space.json("plugins", "show", "greeter")
    assert (shown["state"], shown["isolated"], shown["left_out"]) == ("active", True, ["commands"])
    assert "left out" in space.run("plugins", "show", "greeter").stdout
    space.run("hello", code=2)
    space.run("plugins", "show", "nobody", code=1)


def test_the_doctor_of_plugins_fails_where_one_does_not_work(space: CommandLine, install: Install) -> None:
    assert "Nothing is wrong" in space.run("plugins", "doctor").stdout
    install("raises", BAD["raises"])
    found = space.json("plugins", "doctor", code=1)
    assert [(each["plugin"], each["code"]) for each in found["items"]] == [("raises", "broken")]
    assert "at import" in space.run("plugins", "doctor", code=1).stdout


def test_installed_plugins_freeze_to_requirements(space: CommandLine, install: Install) -> None:
    install("greeter", HELLO)
    line = space.run("plugins", "freeze").stdout
    assert line.startswith("greeter==")
    assert space.json("plugins", "freeze") == {"items": [line.strip()], "total": 1}


def test_work_that_is_not_due_is_passed_over(space: CommandLine) -> None:
    assert space.json("work", "an-id", "--wait", "0") == {"due": []}
    assert "Nothing" in space.run("work", "an-id").stdout
