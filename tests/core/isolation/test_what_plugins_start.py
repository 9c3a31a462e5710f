"""What a plugin's process starts, forks and leaves behind: it holds nothing up, and it ends with the plugin."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import PluginFault
from publicist.core.hosting.manager import Plugins, build_manager
from publicist.core.settings import Settings

from ...unruly.installing import install

ENOUGH = 20.0
SOURCE = """
import os, re, signal, subprocess, sys
from publicist.core.hookspecs import hookimpl
from publicist.core.records import Availability, MarketplaceKind

KEEPS = '; '.join(['import os, sys, signal', 'os.setsid()', 'os.fork() and os._exit(0)', 'signal.pause()'])

def hold(how, fifo):
    held = os.open(fifo, os.O_WRONLY)
    if how == "exec":
        subprocess.Popen([sys.executable, "-c", KEEPS], pass_fds=[held]).wait()
    elif os.fork() == 0:
        if how == "session":
            os.setsid()
            if os.fork():
                os._exit(0)
        signal.pause()
    os.close(held)

@hookimpl
def marketplace_kinds():
    return [MarketplaceKind("forks", "Forks")]

@hookimpl
def slug_available(slug):
    how, then, fifo = slug.split(":")
    if how == "answer":
        child = os.fork()
        if child:
            os.waitpid(child, 0)
        return Availability(bool(child), "the one that was asked" if child else "a fork of it")
    if how == "regex":
        os.write(os.open(fifo, os.O_WRONLY), b"x")
        re.match(r"(a+)+$", "a" * 60 + "b")
    hold(how, fifo)
    if then == "end":
        os._exit(3)
    return Availability(True, "held")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path, "forks", SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    os.mkfifo(tmp_path / "held")
    return tmp_path


@pytest.fixture
def plugins(folder: Path) -> Iterator[Plugins]:
    found = build_manager(Settings(plugins="forks"))
    yield found
    found.close()


def ask(plugins: Plugins, slug: str) -> Any:
    return plugins.call("forks", "slug_available", ENOUGH, slug=slug)


@pytest.mark.parametrize("how", ["fork", "session", "exec"])
def test_a_death_is_noticed_at_once_though_a_child_holds_everything_open(
    plugins: Plugins, folder: Path, how: str
) -> None:
    reading = os.open(folder / "held", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(PluginFault, match="exit code 3"):
        ask(plugins, f"{how}:end:{folder / 'held'}")
    assert os.read(reading, 1) == b""  # nobody holds its other end any more
    os.close(reading)


def test_a_fork_cannot_answer_for_the_one_that_was_asked(plugins: Plugins) -> None:
    assert ask(plugins, "answer::").reason == "the one that was asked"


CORE = """
import sys
sys.path.insert(0, sys.argv[1])
from publicist.core.hosting.manager import build_manager
from publicist.core.settings import Settings
plugins = build_manager(Settings(plugins="forks"))
for how in ("fork", "session", "exec", "regex"):
    plugins.call("forks", "slug_available", 20, slug=f"{how}:go on:{sys.argv[2]}")
"""


def test_all_that_a_plugin_has_started_ends_when_publicist_is_killed(folder: Path) -> None:
    reading = os.open(folder / "held", os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen([sys.executable, "-c", CORE, str(folder), str(folder / "held")]) as core:
        assert read(reading) == b"x"  # by now the plugin holds its interpreter, too
        core.send_signal(signal.SIGKILL)
    assert read(reading) == b""  # nobody holds its other end any more
    os.close(reading)


def read(end: int) -> bytes:
    assert select.select([end], [], [], ENOUGH)[0], "nothing was written, and it is still held"
    return os.read(end, 1)
