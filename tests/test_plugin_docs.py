"""docs/plugins: the reference is what the code says, and what is shown can be run."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pluggy
import pytest
from publicist.core.cli import cli
from publicist.core.cli.group import load_commands
from publicist.core.errors import MarketplaceError
from publicist.core.hookspecs import HOOK_VERSION, PROJECT, Specs
from publicist.core.hosting.hook_versions import ATTRIBUTE, looked_at, take_up
from publicist.core.testing import Counterpart

from .hook_reference import PAGE, render

DOCS = PAGE.parent
PAGES = sorted(DOCS.glob("*.md"))
HOOKS = [name for name, item in vars(Specs).items() if callable(item) and not name.startswith("_")]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE)


def test_the_hook_reference_is_what_the_code_says() -> None:
    assert PAGE.read_text() == render(), "Run `make reference`."


def test_the_hook_reference_has_every_hook_and_every_error() -> None:
    page = PAGE.read_text()
    errors = [one.__name__ for one in _below(MarketplaceError) if one.__name__ != "PluginFault"]
    assert [name for name in [*HOOKS, *errors] if f"### `{name}`\n" not in page] == []


def _below(kind: type) -> Iterator[type]:
    yield kind
    for one in kind.__subclasses__():
        if one.__module__ == MarketplaceError.__module__:
            yield from _below(one)


def test_the_ten_lines_are_ten_at_most_and_a_plugin() -> None:
    [code] = blocks(DOCS / "getting-started.md", "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    module = ModuleType("ledger")
    exec(compile(code, "ledger.py", "exec"), vars(module))
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Specs)
    assert take_up(manager, "ledger", lambda: looked_at("ledger", lambda: module)).hooks == ("on_event",)


def test_what_is_shown_for_tests_can_be_run() -> None:
    [code] = blocks(DOCS / "testing.md", "python")
    names: dict[str, Any] = {}
    exec(compile(code, "testing.md", "exec"), names)
    call = names["call_to"]("http://127.0.0.1:9/")
    call.memory.set("key", "value")
    assert call.memory.get("key") == "value"
    assert call.http.base_url == "http://127.0.0.1:9"


@pytest.mark.parametrize("page", [page for page in PAGES if page != PAGE], ids=lambda page: page.stem)
def test_the_code_that_is_shown_is_python(page: Path) -> None:
    for code in blocks(page, "python"):
        compile(code, page.name, "exec")


def test_the_page_for_adapters_names_every_hook_that_lists_and_all_of_the_counterpart() -> None:
    page = (DOCS / "adapter.md").read_text()
    listing = HOOKS[: HOOKS.index("report_health")]
    assert [name for name in listing if f"| `{name}(" not in page] == []
    assert [field.name for field in fields(Counterpart) if not re.search(rf"`{field.name}[`(]", page)] == []


def test_the_promise_names_the_version_of_the_hooks() -> None:
    assert f"{ATTRIBUTE} = {HOOK_VERSION}\n" in (DOCS / "stability.md").read_text()


def _shown() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for script in blocks(page, "sh"):
            for line in script.replace("\\\n", "").splitlines():
                if line.strip().startswith("publicist ") and "imprint" not in line:
                    yield page.stem, line


@pytest.mark.parametrize(("page", "line"), list(_shown()))
def test_the_commands_that_are_shown_are_there(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = click.Group("publicist", commands={**load_commands(), **cli.commands})
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    if isinstance(command, click.Group):
        assert command.invoke_without_command
    else:
        command.make_context(page, words)  # raises UsageError for what is not there
