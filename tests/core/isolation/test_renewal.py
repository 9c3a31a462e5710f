"""When a plugin's process is given up and another one started: calls that do not hang pay nothing for those that do."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from publicist.core.errors import PluginFault
from publicist.core.hosting.guard import Hung, Unfinished
from publicist.core.hosting.manager import Plugins, build_manager
from publicist.core.hosting.search import hello_to, installed
from publicist.core.isolation import IsolatedPlugin
from publicist.core.isolation import plugin as isolated
from publicist.core.isolation.process import Interrupted, PluginProcess
from publicist.core.marketplaces.marketplaces import concerns_marketplace
from publicist.core.settings import Settings

from ...unruly.installing import install

ENOUGH = 20.0
SOON = 0.4
SETTINGS = Settings(plugins="shared")
SOURCE = """
import os, threading
from pathlib import Path
from publicist.core.hookspecs import hookimpl
from publicist.core.records import Availability, MarketplaceKind

@hookimpl
def marketplace_kinds():
    return [MarketplaceKind("shared", "Shared")]

@hookimpl
def slug_available(slug):
    what, _, path = slug.partition(":")
    if what == "hang":
        threading.Event().wait()
    if what == "wait":
        Path(path).read_text()
    return Availability(True, str(os.getpid()))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path, "shared", SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture
def plugins(folder: Path) -> Iterator[Plugins]:
    found = build_manager(SETTINGS)
    yield found
    found.close()


@pytest.fixture
def plugin(plugins: Plugins) -> IsolatedPlugin:
    found = plugins.loaded["shared"]
    assert isinstance(found, IsolatedPlugin)
    return found


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as found:
        yield found


def till(so: Callable[[], bool]) -> None:
    ends, pause = time.monotonic() + ENOUGH, threading.Event()
    while not so():
        assert time.monotonic() < ends, "it did not come to that"
        pause.wait(0.01)


def ask(plugins: Plugins, what: str = "", seconds: float = ENOUGH) -> str:
    """Return the number of the process that answered."""
    return str(plugins.call("shared", "slug_available", seconds, slug=what).reason)


def hang(plugins: Plugins, plugin: IsolatedPlugin) -> None:
    """Have a call hang in a process that is there."""
    till(lambda: plugin.pid is not None)
    with pytest.raises(Hung):
        ask(plugins, "hang", SOON)


def begin(pool: ThreadPoolExecutor, plugins: Plugins, path: Path) -> "tuple[Future[str], int]":
    """Begin a call that ends when what is returned beside it is closed."""
    os.mkfifo(path)
    call = pool.submit(ask, plugins, f"wait:{path}")
    return call, os.open(path, os.O_WRONLY)  # as soon as the plugin reads it


def test_calls_that_hang_keep_no_other_ones_waiting(plugins: Plugins, plugin: IsolatedPlugin) -> None:
    hang(plugins, plugin)
    hang(plugins, plugin)
    assert ask(plugins)


def test_a_call_goes_on_though_others_hang_in_its_process_and_in_the_next(
    plugins: Plugins, plugin: IsolatedPlugin, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    before = ask(plugins)
    waiting, end = begin(pool, plugins, tmp_path / "gate")
    hang(plugins, plugin)
    hang(plugins, plugin)
    os.close(end)
    assert waiting.result(ENOUGH) == before != ask(plugins)


def test_a_call_that_ends_with_its_process_because_of_another_one_is_no_fault(
    plugins: Plugins, plugin: IsolatedPlugin, pool: ThreadPoolExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolated, "MOST_RETIRED", 1)
    first, end = begin(pool, plugins, tmp_path / "first")
    hang(plugins, plugin)
    second, other_end = begin(pool, plugins, tmp_path / "second")
    hang(plugins, plugin)
    with pytest.raises(Unfinished, match="another call hung in its process") as caught:
        first.result(ENOUGH)
    assert "tried again" in caught.value.remedy
    assert not concerns_marketplace(caught.value)
    os.close(other_end)
    assert second.result(ENOUGH)
    os.close(end)
    failure = plugins.faults.of("shared")
    assert failure
    assert failure.count == 2  # those that hung


def test_a_process_that_has_ended_between_two_calls_is_replaced_without_a_fault(
    plugins: Plugins, plugin: IsolatedPlugin
) -> None:
    before = ask(plugins)
    os.kill(int(before), 9)
    till(lambda: plugin.pid is None)
    assert ask(plugins) != before


def test_a_call_that_had_too_little_time_proves_nothing_until_its_usual_time_is_over(folder: Path) -> None:
    process = PluginProcess(hello_to(installed(SETTINGS)[0], SETTINGS))
    process.ready(ENOUGH)
    hanging = {"hook": "slug_available", "arguments": {"slug": "hang"}}
    with pytest.raises(Interrupted, match="too little time"):
        process.call(hanging, dict, 0.01, ENOUGH)
    assert not process.hangs()
    assert "ok" in process.call({"hook": "slug_available", "arguments": {"slug": ""}}, dict, ENOUGH, ENOUGH)
    with pytest.raises(Interrupted):
        process.call(hanging, dict, 0.01, 0.1)
    till(process.hangs)
    process.close()


def test_a_late_answer_clears_the_call_that_had_too_little_time(folder: Path) -> None:
    process = PluginProcess(hello_to(installed(SETTINGS)[0], SETTINGS))
    process.ready(ENOUGH)
    os.mkfifo(folder / "gate")
    waiting = {"hook": "slug_available", "arguments": {"slug": f"wait:{folder / 'gate'}"}}
    with pytest.raises(Interrupted):
        process.call(waiting, dict, 0.01, 0.1)
    till(process.hangs)
    (folder / "gate").write_text("")
    till(lambda: not process.hangs())
    process.close()


STUCK = """
import fcntl, threading
held = open({held!r}, "w")
fcntl.flock(held, fcntl.LOCK_EX)
open({mark!r}, "w").close()
threading.Event().wait()
"""
LATE = """
import fcntl, os, time
while not os.path.exists({mark!r}):
    time.sleep(0.01)
fcntl.flock(open({held!r}, "w"), fcntl.LOCK_EX)
"""


def test_all_have_the_same_time_to_load_and_those_that_did_not_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {"held": str(tmp_path / "held"), "mark": str(tmp_path / "mark")}
    install(tmp_path, "a_stuck", STUCK.format(**paths))
    install(tmp_path, "b_late", LATE.format(**paths))  # would load as soon as the first is ended
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins = build_manager(Settings(plugins="a_stuck,b_late"), seconds=1.0)
    broken = {info.name: info.traceback for info in plugins.infos if info.state == "broken"}
    plugins.close()
    assert {name: trace.splitlines()[-1] for name, trace in broken.items()} == {
        name: f"The plugin {name} was not loaded within 1 seconds." for name in ("a_stuck", "b_late")
    }


@pytest.mark.usefixtures("folder")
def test_where_the_machine_starts_no_process_the_plugin_says_so() -> None:
    def refused(_: object) -> PluginProcess:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    (item,) = installed(SETTINGS)
    plugin = IsolatedPlugin(hello_to(item, SETTINGS), start=refused)
    plugin.settle()

    with pytest.raises(PluginFault, match=f"could not be started: {os.strerror(errno.EAGAIN)}"):
        plugin.describe()
    plugin.close()
