"""Whatever a plugin raises or answers is an error or an answer of that call, in this process and in one of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, PluginFault, RateLimited, RejectedError
from publicist.core.hookspecs import Call
from publicist.core.hosting.errors import LONGEST_WORDS
from publicist.core.hosting.manager import Plugins, build_manager
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Asker, Endpoint, Marketplace, Message, Policy, Query, RemoteListing, Space
from publicist.core.secrets import Secret
from publicist.core.settings import Settings

from ...unruly import odd
from ...unruly.installing import HERE, install

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPACE = Space("c0ffee", "Mine", "http://127.0.0.1:9", "vm", Secret("a-developer-token"))
ENDPOINT = Endpoint(
    "e", "e", "E", "s", "d", (), "1", "public", "raw", True, None, None, (), "", "", NOW, NOW
)  # fmt: skip
ENOUGH = 30.0
Ask = Callable[[str, str], Any]


@pytest.fixture(scope="module", params=["none", "*"], ids=["inside", "apart"])
def plugins(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Plugins]:
    folder = tmp_path_factory.mktemp("installed")
    with pytest.MonkeyPatch.context() as patch:
        install(folder, "odd", (HERE / "odd.py").read_text())
        patch.syspath_prepend(str(folder))
        found = build_manager(Settings(plugins="odd", isolate=request.param))
    yield found
    found.close()


@pytest.fixture
def ask(plugins: Plugins) -> Iterator[Ask]:
    sessions = Sessions(HttpSettings())

    def asked(hook: str, how: str) -> Any:
        place = Marketplace(
            "m1", "odd", "O", "http://127.0.0.1:9", {"how": how}, {}, "full", "active", None, None, NOW, None, NOW
        )
        client = sessions.client("m1", place.url, Deadline.after(ENOUGH), [SPACE.developer_token])
        given = {"marketplace": place, "call": Call(client, SPACE, {}), "token": "t", "slug": "s"}  # type: ignore[arg-type]
        return plugins.call_kind("MarketplaceKind:odd", hook, ENOUGH, **given)

    yield asked
    sessions.close()


def refused(plugins: Plugins, call: Callable[[], Any]) -> str:
    """Return the words of the fault that a call ends in: its own, not that it did not return."""
    with pytest.raises(PluginFault) as caught:
        call()
    message = caught.value.message
    assert "did not return" not in message
    assert "lost" not in message
    assert "\0" not in caught.value.traceback
    (message + caught.value.traceback).encode()
    assert plugins.faults.of("odd")
    return message


@pytest.mark.parametrize("how", odd.ERRORS)
def test_an_error_that_cannot_be_looked_at_is_a_fault_of_that_call(plugins: Plugins, ask: Ask, how: str) -> None:
    assert "odd failed with" in refused(plugins, lambda: ask("connect", how))


@pytest.mark.parametrize("how", [*odd.ANSWERS, "a coroutine"])
def test_an_answer_that_cannot_be_looked_at_or_kept_is_a_fault_of_that_call(
    plugins: Plugins, ask: Ask, how: str
) -> None:
    assert "odd failed" in refused(plugins, lambda: ask("fetch_listings", how))


@pytest.mark.parametrize("how", odd.TIMES)
def test_a_time_that_is_none_is_a_fault(plugins: Plugins, ask: Ask, how: str) -> None:
    assert "odd failed" in refused(plugins, lambda: ask("verify_token", how))


@pytest.mark.parametrize("how", odd.OWED)
def test_a_sum_that_is_none_is_a_fault(plugins: Plugins, how: str) -> None:
    given = {
        "policy": Policy("odd", "odd", {"how": how}),
        "endpoint": ENDPOINT,
        "asker": Asker("m", "M", "s"),
        "query": Query((Message("user", "Why?"),)),
    }
    assert "as its owed" in refused(plugins, lambda: plugins.call("odd", "check_policy", ENOUGH, **given))


def only_plain(value: Any) -> bool:
    """Whether a value is made of plain types all through."""
    if type(value) is dict:
        return all(map(only_plain, [*value, *value.values()]))
    return all(map(only_plain, value)) if type(value) is list else type(value) in (str, int)


@pytest.mark.parametrize(
    ("how", "listing"),
    [
        ("texts", RemoteListing("1", "s", {"a": "é", "b": [7, "t"]})),
        ("half pairs", RemoteListing("1", "s\ufffd", {"title": "a\ufffdb\ufffd", "\ufffd": "\U0001f600"})),
        ("an ordered dict", RemoteListing("1", "s", {"a": 1})),
    ],
)
def test_what_is_taken_is_plain(ask: Ask, how: str, listing: RemoteListing) -> None:
    found = ask("fetch_listings", how)
    assert (type(found), type(found[0])) == (list, RemoteListing)
    assert only_plain([found[0].remote_id, found[0].slug, found[0].fields])
    assert found == [listing]


def test_a_time_is_taken_as_a_plain_one_in_utc(ask: Ask) -> None:
    at = ask("verify_token", "a subclass").expires_at
    assert (type(at), at, at.tzinfo) == (datetime, NOW, UTC)


@pytest.mark.parametrize(
    ("how", "kind", "said"),
    [
        ("turns", RejectedError, "first"),
        ("controls", RejectedError, "a\ufffdb\ufffdc\ufffd[31m\ufffdd\ne"),
        ("a cause that is none", RejectedError, "no"),
        ("megabytes", MarketplaceUnavailable, "x" * LONGEST_WORDS),
        ("a text", AuthenticationFailed, "lying"),
        ("a circle in it", RateLimited, "slow"),
    ],
)
def test_an_error_is_taken_as_a_plain_one_in_words_that_can_be_kept(
    ask: Ask, how: str, kind: type[RejectedError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        ask("connect", how)
    error = caught.value
    assert (type(error), type(error.message), error.message) == (kind, str, said)
    assert error.remedy
    assert error.__cause__ is None
    if how == "controls":
        assert error.errors == {"\ufffd": ["\U0001f600"]}


def test_a_secret_in_an_error_is_masked(ask: Ask) -> None:
    with pytest.raises(RejectedError) as caught:
        ask("connect", "a secret")
    error = caught.value
    assert (error.message, error.remedy, error.errors) == ("with ***", "with ***", {"with ***": ["with ***"]})
    assert "a-developer-token" not in repr(error)
