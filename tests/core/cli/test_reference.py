"""The documentation of the command line and of the settings says what there is."""

import re
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from publicist.core.cli import cli
from publicist.core.cli.group import load_commands
from publicist.core.records import ResponseType, SyncPolicy, Trigger, Visibility
from publicist.core.schemas import SCOPES
from publicist.core.secrets import Secret
from publicist.core.settings import PREFIX, Settings
from publicist.core.space.network import DEPLOYMENTS

DOCS = Path(__file__).parents[3] / "docs"


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


@pytest.fixture
def tree(environment: dict[str, str]) -> dict[str, click.Command]:
    """Every command by what one types, those of the built-in plugins too."""
    everything = click.Group("publicist", commands={**load_commands(), **cli.commands})
    return dict(commands(everything, "publicist"))


@pytest.fixture
def sections() -> dict[str, str]:
    """The parts of the page about commands, by the command in their heading."""
    page = (DOCS / "cli.md").read_text()
    parts = re.split(r"^#+ `(publicist [^`]*)`\n", page, flags=re.MULTILINE)
    return {
        " ".join(word for word in head.split() if word.islower()): text
        for head, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_every_command_has_its_section_and_every_section_its_command(
    tree: dict[str, click.Command], sections: dict[str, str]
) -> None:
    assert sorted(sections) == sorted(tree)


def test_every_option_is_told_in_the_section_of_its_command(
    tree: dict[str, click.Command], sections: dict[str, str]
) -> None:
    missing = [
        f"{name} {option}"
        for name, command in tree.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", sections[name])
    ]
    assert missing == []


def test_no_option_is_told_that_there_is_not(tree: dict[str, click.Command], sections: dict[str, str]) -> None:
    told = {
        f"{name} {option}"
        for name, text in sections.items()
        for line in text.splitlines()
        if line.startswith("| `")
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line.split("|")[1])
    }
    known = {
        f"{name} {option}"
        for name, command in tree.items()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert told - known == set()


def test_every_option_says_what_it_is_for(tree: dict[str, click.Command]) -> None:
    own = {name: command for name, command in tree.items() if command.callback.__module__.startswith("publicist.core.")}
    assert own
    assert [
        f"{name} {parameter.name}"
        for name, command in own.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ] == []


@pytest.mark.parametrize(
    ("command", "option", "values"),
    [
        ("publicist endpoint add", "visibility", get_args(Visibility)),
        ("publicist endpoint add", "response_type", get_args(ResponseType)),
        ("publicist marketplace add", "sync_policy", get_args(SyncPolicy)),
        ("publicist network set", "deployment", ("auto", *DEPLOYMENTS)),
        ("publicist token create", "scopes", SCOPES),
        ("publicist alert rule add", "trigger", get_args(Trigger)),
    ],
)
def test_the_choices_are_those_of_the_core(
    tree: dict[str, click.Command], command: str, option: str, values: tuple[str, ...]
) -> None:
    kind = next(each.type for each in tree[command].params if each.name == option)
    assert isinstance(kind, click.Choice)
    assert list(kind.choices) == list(values)


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default_and_its_help(setting: Field[Any]) -> None:
    line = f"| `{PREFIX}{setting.name.upper()}` | {default_of(setting.name)} | {setting.metadata['help']} |"
    assert line in (DOCS / "settings.md").read_text().splitlines()


def test_no_setting_is_documented_that_there_is_not() -> None:
    told = re.findall(rf"^\| `{PREFIX}([A-Z_]+)`", (DOCS / "settings.md").read_text(), re.MULTILINE)
    assert sorted(name.lower() for name in told) == sorted(setting.name for setting in fields(Settings))


def default_of(name: str) -> str:
    default = getattr(Settings(), name)
    if default is None:
        return "unset"
    if isinstance(default, Secret):
        default = default.reveal()
    if name == "data_dir":
        return "`./data`"
    return f"`{default}`" if default != "" else "empty"
