"""Two plugins that misbehave in every way, in processes of their own: their calls fail, and nothing else does."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import MarketplaceError, PluginFault, RateLimited, RejectedError
from publicist.core.hookspecs import Call
from publicist.core.hosting.guard import NotCalled
from publicist.core.hosting.manager import Plugins, build_manager
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.isolation import IsolatedPlugin
from publicist.core.records import (
    Availability,
    Backend,
    BackendAnswer,
    Check,
    CheckResult,
    Endpoint,
    Marketplace,
    Message,
    Query,
    Space,
)
from publicist.core.secrets import Secret
from publicist.core.settings import Settings
from pytest_httpserver import HTTPServer

from ...unruly.installing import install_unruly

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = "key-of-the-unruly-marketplace"
SPACE = Space("c0ffee", "Mine", "http://127.0.0.1:9", "vm", Secret("a-developer-token"))
ENOUGH = 20.0
ENDPOINT = Endpoint(
    "e", "e", "E", "s", "d", (), "1", "public", "raw", True, None, None, (), "", "", NOW, NOW
)  # fmt: skip


class Notes(dict[str, str | None]):
    def set(self, key: str, value: str | None) -> None:
        self[key] = value


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugins]:
    with pytest.MonkeyPatch.context() as patch:
        install_unruly(tmp_path_factory.mktemp("installed"), patch)
        patch.setenv("PUBLICIST_SECRET_KEY", "the-key-of-the-space")
        found = build_manager(Settings(plugins="unruly,wrecker", isolate_memory=512))
    yield found
    found.close()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def call(notes: Notes) -> Iterator[Callable[[str], Call]]:
    sessions = Sessions(HttpSettings())

    def made(url: str) -> Call:
        return Call(sessions.client("m1", url, Deadline.after(ENOUGH), [Secret(KEY)]), SPACE, notes)

    yield made
    sessions.close()


@pytest.fixture
def ask(plugins: Plugins, call: Callable[[str], Call]) -> Callable[..., Any]:
    def asked(
        how: str = "", hook: str = "slug_available", seconds: float = ENOUGH, url: str = "http://127.0.0.1:9"
    ) -> Any:
        return ask_of(plugins, call(url), how, hook, seconds, url)

    return asked


def ask_of(
    plugins: Plugins, call: Call, how: str, hook: str = "slug_available", seconds: float = ENOUGH, url: str = ""
) -> Any:
    credentials = {"api_key": Secret(KEY)}
    place = Marketplace(
        "m1", "unruly", "U", url, {"how": how}, credentials, "full", "active", None, None, NOW, None, NOW
    )
    given = {"marketplace": place, "slug": "a-slug", "call": call, "remote_id": "1", "remote_slug": "s"}
    return plugins.call_kind("MarketplaceKind:unruly", hook, seconds, **given)


def test_they_run_apart_and_their_commands_are_left_out(plugins: Plugins) -> None:
    info = next(item for item in plugins.infos if item.name == "unruly")
    assert (info.state, info.isolated, info.left_out) == ("active", True, ("commands",))
    assert "commands" not in info.hooks
    assert "commands" not in plugins.loaded["unruly"].hooks
    assert "unruly" not in sys.modules


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("raise", "KeyError"),
        ("exit", "SystemExit"),
        ("memory", "MemoryError"),
        ("huge", "more than 2,000,000 values or 32 MB of text"),
        ("many", "a list instead of an Availability"),
        ("wrong", "a dict instead of an Availability"),
        ("inside", "as its available"),
        ("nothing", "nothing instead of an Availability"),
        ("end", "exit code 3"),
    ],
)
def test_a_call_that_misbehaves_fails_with_what_happened(ask: Callable[..., Any], how: str, said: str) -> None:
    with pytest.raises(PluginFault, match=said):
        ask(how)
    assert ask() == Availability(True, "free")


@pytest.mark.parametrize("how", ["hang", "hold"])
def test_a_call_that_does_not_return_ends_its_process_and_shows_where_it_hung(
    ask: Callable[..., Any], plugins: Plugins, how: str
) -> None:
    assert ask()
    plugin = plugins.loaded["unruly"]
    assert isinstance(plugin, IsolatedPlugin)
    before = plugin.pid
    with pytest.raises(PluginFault, match="did not return") as caught:
        ask(how, seconds=0.5)
    assert "unruly.py" in caught.value.traceback
    assert ask() == Availability(True, "free")
    assert plugin.pid != before
    assert before
    gone(before)


def gone(pid: int) -> None:
    ends = time.monotonic() + ENOUGH
    while Path(f"/proc/{pid}/stat").exists() and ") Z" not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < ends, "the process still runs"
        time.sleep(0.01)


def test_what_others_wait_for_goes_on_beside_a_call_that_hangs(ask: Callable[..., Any], notes: Notes) -> None:
    assert ask()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(ask, "wait")
        with pytest.raises(PluginFault, match="did not return"):
            ask("hang", seconds=0.3)
        assert ask() == Availability(True, "free")  # in the new process
        assert not other.done()
        notes["go"] = "on"
        assert other.result(ENOUGH) == Availability(True, "free")


def test_several_calls_run_at_once(ask: Callable[..., Any]) -> None:
    assert ask()
    with ThreadPoolExecutor(2) as pool:
        assert [found.available for found in pool.map(ask, ["pair", "pair"])] == [True, True]


def test_a_hook_that_returns_nothing_must_return_nothing(ask: Callable[..., Any]) -> None:
    with pytest.raises(PluginFault, match="withdraw_listing returned a bool; it returns nothing"):
        ask(hook="withdraw_listing")


def test_errors_of_marketplaces_come_whole(ask: Callable[..., Any]) -> None:
    with pytest.raises(RateLimited, match="slower") as slow:
        ask("slow down")
    assert slow.value.retry_after == 7
    with pytest.raises(RejectedError) as refused:
        ask("fields")
    assert refused.value.errors == {"name": ["too long"]}


def test_records_that_are_changed_there_stay_as_they_are_here(ask: Callable[..., Any]) -> None:
    ask("change")
    assert ask("remember").reason == "before: None, now: a-slug"


def test_notes_are_kept_by_the_core(ask: Callable[..., Any], notes: Notes) -> None:
    notes["note"] = "kept"
    assert ask("remember").reason == "before: kept, now: a-slug"
    assert notes == {"note": "a-slug"}


def test_http_works_inside_with_the_credential(ask: Callable[..., Any], httpserver: HTTPServer) -> None:
    wanted = {"Authorization": f"Bearer {KEY}"}
    httpserver.expect_request("/me", headers=wanted).respond_with_json({"name": "ann"})
    assert ask(hook="connect", url=httpserver.url_for("")).name == "ann"


def test_no_credential_goes_to_another_host(ask: Callable[..., Any], httpserver: HTTPServer) -> None:
    with pytest.raises(RejectedError, match="is not sent to http://localhost:1"):
        ask("elsewhere", hook="connect", url=httpserver.url_for(""))


def test_secrets_are_masked_in_errors_tracebacks_and_the_log(
    ask: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(PluginFault) as caught:
        ask("tell the secret")
    assert "ValueError" in caught.value.traceback
    assert KEY not in caught.value.traceback
    ends = time.monotonic() + ENOUGH
    while caplog.text.count("the key is ***") < 2:
        assert time.monotonic() < ends, caplog.text
        time.sleep(0.01)
    assert KEY not in caplog.text


def test_a_plugin_that_talks_without_end_does_not_flood_the_log(
    ask: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ask("flood")
    assert len(caplog.records) <= 102


def test_pieces_of_an_answer_are_delivered_as_they_come(plugins: Plugins, call: Callable[[str], Call]) -> None:
    pieces: list[str] = []
    given = {"backend": Backend("unruly", "b", {}), "query": Query((Message("user", "Why?"),), stream=True)}
    answer = plugins.call_kind(
        "BackendKind:unruly", "query_backend", ENOUGH, **given, call=call("http://127.0.0.1:9"), deliver=pieces.append
    )
    assert (answer, pieces) == (BackendAnswer(summary="one two"), ["one ", "two"])


def test_what_a_plugin_replaces_it_replaces_for_itself(
    plugins: Plugins, call: Callable[[str], Call], ask: Callable[..., Any]
) -> None:
    check = Check("c", "e", "wrecker", "Wreck", {}, NOW)
    given = {"check": check, "endpoint": ENDPOINT, "call": call("http://127.0.0.1:9")}
    result = plugins.call_kind("CheckKind:wrecker", "run_check", ENOUGH, **given)
    assert result == CheckResult("wrecked", ok=True, message="Nothing is as it was.")
    assert ask() == Availability(True, "free")
    assert MarketplaceError("still there").message == "still there"
    assert os.environ
    assert sys.path


def test_one_that_ends_again_and_again_is_started_after_longer_and_longer_pauses(ask: Callable[..., Any]) -> None:
    assert ask()
    faults = []
    for _ in range(4):
        with pytest.raises(PluginFault) as caught:
            ask("end")
        faults.append(caught.value)
    assert isinstance(faults[-1], NotCalled)
    assert "in a row" in faults[-1].message
    ends = time.monotonic() + ENOUGH
    while True:
        try:
            assert ask()
        except NotCalled:
            assert time.monotonic() < ends
            time.sleep(0.05)
        else:
            return


ORPHAN = """
import signal, sys
sys.path.insert(0, sys.argv[1])
from publicist.core.hosting.manager import build_manager
from publicist.core.settings import Settings
plugins = build_manager(Settings(plugins="wrecker"))
print(plugins.loaded["wrecker"].pid, flush=True)
signal.pause()
"""


def test_its_process_ends_when_the_core_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_unruly(tmp_path, monkeypatch)
    with subprocess.Popen([sys.executable, "-c", ORPHAN, str(tmp_path)], stdout=subprocess.PIPE) as core:
        assert core.stdout
        pid = int(core.stdout.readline())
        core.send_signal(signal.SIGKILL)
    gone(pid)


def test_what_it_has_started_ends_with_it(call: Callable[[str], Call], tmp_path: Path, monkeypatch: Any) -> None:
    install_unruly(tmp_path, monkeypatch)
    plugins = build_manager(Settings(plugins="unruly"))
    started = ask_of(plugins, call("http://127.0.0.1:9"), "leave")
    plugins.close()
    gone(int(started.reason))


def test_its_process_knows_no_setting_of_the_space(plugins: Plugins) -> None:
    plugin = plugins.loaded["wrecker"]
    assert isinstance(plugin, IsolatedPlugin)
    assert "PUBLICIST_" not in Path(f"/proc/{plugin.pid}/environ").read_text()
