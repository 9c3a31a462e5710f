"""A query through the adapter to whatever plugin answers it: called once, bounded, and held to its answer."""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, NotSupported, PluginFault, RateLimited, RejectedError
from publicist.core.hookspecs import hookimpl
from publicist.core.hosting import adapter as adapters
from publicist.core.records import Backend, BackendAnswer, BackendKind, Document, Message, Query, SettingField
from publicist.core.secrets import Secret
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint, opened

QUERY = Query((Message("user", "Why?"),), limit=2)
STREAM = replace(QUERY, stream=True, backend_role="model")
KEY = "a-key-of-the-oracle"
ORACLE = Backend("oracle", "oracle", {"url": "http://127.0.0.1:9/", "key": KEY, "more": {"X": "another-secret"}})


class Oracle:
    """A plugin whose answer is what the test says."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.says: Callable[..., Any] = lambda **_: BackendAnswer()

    @hookimpl
    def backend_kinds(self) -> list[BackendKind]:
        secret = (SettingField("key", "Key", secret=True), SettingField("more", "More", secret=True))
        return [BackendKind("oracle", "Oracle", "", settings=(SettingField("url", "URL"), *secret))]

    @hookimpl
    def query_backend(self, backend: Any, query: Any, call: Any, deliver: Any) -> Any:
        self.calls.append(call)
        return self.says(backend=backend, query=query, call=call, deliver=deliver)


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with opened(tmp_path, clock) as found:
        yield found


@pytest.fixture
def oracle(services: Services) -> Oracle:
    plugin = Oracle()
    services.plugins.add("oracle", plugin)
    return plugin


@pytest.fixture
def ask(services: Services, oracle: Oracle) -> Callable[..., BackendAnswer]:
    def asked(
        query: Query = QUERY, deliver: Callable[[str], None] = lambda _: None, seconds: float = 5.0
    ) -> BackendAnswer:
        space = services.spaces.current()
        return services.adapter.query_backend(ORACLE, space, query, seconds=seconds, deliver=deliver)

    return asked


def document(score: Any = 0.5, **fields: Any) -> Document:
    return Document(**{"document_id": "d", "content": "c", "score": score, **fields})


def endless() -> dict[str, Any]:
    inner: dict[str, Any] = {}
    inner["inner"] = inner
    return inner


class HalfMade(RejectedError):
    def __init__(self) -> None:
        Exception.__init__(self)


def test_the_plugin_is_given_the_deadline_and_a_place_for_files(
    ask: Callable[..., BackendAnswer], oracle: Oracle, tmp_path: Path
) -> None:
    ask(seconds=3.0)
    (call,) = oracle.calls
    assert 2 < call.http.deadline.remaining() <= 3
    assert call.http.base_url == "http://127.0.0.1:9"
    assert call.data_dir == tmp_path / "plugins" / "backends"
    assert call.data_dir.is_absolute()


@pytest.mark.parametrize("error", [MarketplaceUnavailable("down"), RejectedError("no"), KeyError("x"), SystemExit(1)])
def test_what_fails_is_not_tried_again(ask: Callable[..., BackendAnswer], oracle: Oracle, error: BaseException) -> None:
    def fail(**_: Any) -> None:
        raise error

    oracle.says = fail
    with pytest.raises(type(error) if isinstance(error, MarketplaceUnavailable | RejectedError) else PluginFault):
        ask()
    assert len(oracle.calls) == 1


def test_no_message_shows_a_secret_setting(ask: Callable[..., BackendAnswer], oracle: Oracle) -> None:
    def fail(**_: Any) -> None:
        raise RejectedError(f"{KEY} and another-secret were refused")

    oracle.says = fail
    with pytest.raises(RejectedError) as caught:
        ask()
    assert str(caught.value.message) == "*** and *** were refused"


def test_secrets_are_found_wherever_the_kind_says_they_are(oracle: Oracle) -> None:
    (kind,) = oracle.backend_kinds()
    backend = replace(ORACLE, settings={"url": "u", "key": Secret("k"), "more": {"a": {"b": "c"}, "d": 3}})
    assert adapters.secrets_of(backend, kind) == (Secret("k"), Secret("c"))
    assert adapters.secrets_of(backend, None) == ()


def test_scores_are_held_between_0_and_1_and_a_dataset_to_the_limit(
    ask: Callable[..., BackendAnswer], oracle: Oracle
) -> None:
    given = BackendAnswer(documents=(document(7), document(-1), document(0.5)))
    oracle.says = lambda **_: given
    assert [each.score for each in ask().documents] == [1.0, 0.0]
    assert [each.score for each in ask(replace(QUERY, backend_role="model")).documents] == [1.0, 0.0, 0.5]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        BackendAnswer(summary=3),  # type: ignore[arg-type]
        BackendAnswer(documents=({"content": "c"},)),  # type: ignore[arg-type]
        BackendAnswer(documents=(document(math.nan),)),
        BackendAnswer(documents=(document("high"),)),
        BackendAnswer(documents=(document(content=b"c"),)),
        BackendAnswer(documents=(document(metadata=None),)),
    ],
)
def test_what_is_not_an_answer_is_a_fault(ask: Callable[..., BackendAnswer], oracle: Oracle, answer: object) -> None:
    oracle.says = lambda **_: answer
    with pytest.raises(PluginFault, match=r"query_backend (of the kind oracle )?returned"):
        ask()


def writing(*pieces: str) -> Callable[..., BackendAnswer]:
    def write(deliver: Callable[[str], None], **_: Any) -> BackendAnswer:
        for piece in pieces:
            deliver(piece)
        return BackendAnswer(summary="".join(pieces))

    return write


def test_pieces_are_handed_on_where_a_stream_was_asked_for(ask: Callable[..., BackendAnswer], oracle: Oracle) -> None:
    oracle.says = writing("Be", "", "cause.")
    got: list[str] = []
    assert ask(STREAM, got.append).summary == "Because."
    assert got == ["Be", "cause."]
    ask(replace(STREAM, stream=False), got.append)
    assert got == ["Be", "cause."]


def test_what_the_receiver_raises_ends_the_call_and_is_raised(
    ask: Callable[..., BackendAnswer], oracle: Oracle
) -> None:
    class Gone(Exception):
        pass

    got: list[str] = []

    def receive(piece: str) -> None:
        got.append(piece)
        raise Gone

    oracle.says = writing("a", "b")
    with pytest.raises(Gone):
        ask(STREAM, receive)
    assert got == ["a"]


def test_a_plugin_that_overran_its_deadline_delivers_to_nobody(
    ask: Callable[..., BackendAnswer], oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "GRACE", 0.0)
    late, ended = threading.Event(), threading.Event()
    raised: list[Exception] = []

    def write(deliver: Callable[[str], None], **_: Any) -> BackendAnswer:
        late.wait(10)
        try:
            deliver("late")
        except MarketplaceUnavailable as error:
            raised.append(error)
        ended.set()
        return BackendAnswer()

    oracle.says = write
    got: list[str] = []
    with pytest.raises(PluginFault, match="did not return"):
        ask(STREAM, got.append, seconds=0.1)
    late.set()
    assert ended.wait(10)
    assert got == []
    assert len(raised) == 1


def test_a_piece_that_is_no_text_is_a_fault(ask: Callable[..., BackendAnswer], oracle: Oracle) -> None:
    oracle.says = lambda deliver, **_: deliver(b"bytes")
    with pytest.raises(PluginFault):
        ask(STREAM)


def test_a_kind_that_nobody_offers_is_not_supported(services: Services) -> None:
    with pytest.raises(NotSupported):
        services.adapter.query_backend(
            replace(ORACLE, kind="sphinx"), services.spaces.current(), QUERY, seconds=1, deliver=lambda _: None
        )


def test_a_folder_of_documents_answers_through_all_of_it(services: Services, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.md").write_text("# Refunds\n\nWithin 30 days.")
    backend = Backend("documents", "papers", {"path": str(papers)})
    query = Query((Message("user", "refunds?"),))
    answer = services.adapter.query_backend(
        backend, services.spaces.current(), query, seconds=10, deliver=lambda _: None
    )
    assert [each.metadata["path"] for each in answer.documents] == ["a.md"]
    assert list(tmp_path.glob("plugins/backends/indexes/*.sqlite3"))


@pytest.mark.parametrize(
    "answer",
    [
        BackendAnswer(documents=None),  # type: ignore[arg-type]
        BackendAnswer(documents=(each for each in (document(),))),  # type: ignore[arg-type]
        BackendAnswer(summary="s", usage=None),  # type: ignore[arg-type]
        BackendAnswer(summary="s", usage={"total_tokens": object()}),  # type: ignore[dict-item]
        BackendAnswer(summary="s", model=object()),  # type: ignore[arg-type]
        BackendAnswer(summary="s", finish_reason=None),  # type: ignore[arg-type]
        BackendAnswer(documents=(document(metadata={"at": date(2026, 1, 1)}),)),
        BackendAnswer(documents=(document(metadata={"share": math.nan}),)),
        BackendAnswer(documents=(document(metadata={"number": 10**5000}),)),
        BackendAnswer(documents=(document(metadata={1: "one"}),)),
        BackendAnswer(documents=(document(metadata=endless()),)),
    ],
)
def test_what_cannot_be_sent_as_json_is_a_fault(
    ask: Callable[..., BackendAnswer], oracle: Oracle, answer: BackendAnswer
) -> None:
    oracle.says = lambda **_: answer
    with pytest.raises(PluginFault, match=r"query_backend (of the kind oracle )?returned"):
        ask()


def test_halves_of_surrogate_pairs_are_joined_or_replaced(ask: Callable[..., BackendAnswer], oracle: Oracle) -> None:
    metadata = {"title": "\udc00", "parts": ["\ud83d\ude00"], "\ud800": 1.5}
    found = document(document_id="\ud800", content="a\ud83d\ude00", metadata=metadata)
    oracle.says = lambda **_: BackendAnswer((found,), "\ud83d", "\ud83d", "\ud83d", {"\ud83d": 3})

    answer = ask()

    lone = "\ufffd"
    assert answer.documents == (
        Document(lone, "a\U0001f600", 0.5, {"title": lone, "parts": ["\U0001f600"], lone: 1.5}),
    )
    assert (answer.summary, answer.model, answer.finish_reason, answer.usage) == (lone, lone, lone, {lone: 3})


def test_a_sign_that_comes_in_two_pieces_is_handed_on_whole(ask: Callable[..., BackendAnswer], oracle: Oracle) -> None:
    oracle.says = writing("a\ud83d", "\ude00b", "\ud83d", "c", "\ude00", "d\ud83d")
    pieces: list[str] = []

    answer = ask(STREAM, pieces.append)

    assert pieces == ["a", "\U0001f600b", "\ufffdc", "\ufffd", "d"]
    assert answer.summary == "a\U0001f600b\ufffdc\ufffdd\ufffd"


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("slow down", retry_after=math.inf),
        RateLimited("slow down", retry_after=math.nan),
        RateLimited("slow down", retry_after=-5.0),
        RateLimited("slow down", retry_after="soon"),  # type: ignore[arg-type]
        MarketplaceUnavailable(ValueError("a text was meant")),  # type: ignore[arg-type]
        HalfMade(),
    ],
)
def test_an_error_that_is_not_made_as_it_must_be_is_a_fault(
    ask: Callable[..., BackendAnswer], oracle: Oracle, error: BaseException
) -> None:
    def fail(**_: Any) -> None:
        raise error

    oracle.says = fail
    with pytest.raises(PluginFault, match=f"failed with {type(error).__name__}"):
        ask()


def test_a_plugin_that_changes_what_it_is_given_changes_it_for_nobody_else(services: Services, oracle: Oracle) -> None:
    add_endpoint(services, dataset={"kind": "oracle", "name": "oracle", "settings": {"url": "http://127.0.0.1:9/"}})
    seen = []

    def change(backend: Any, **_: Any) -> BackendAnswer:
        seen.append(dict(backend.settings))
        backend.settings.clear()
        return BackendAnswer()

    oracle.says = change
    for _ in range(2):
        dataset = services.endpoints.get("research-qa").dataset
        assert dataset
        space = services.spaces.current()
        services.adapter.query_backend(dataset, space, QUERY, seconds=5.0, deliver=lambda _: None)

    assert seen == [{"url": "http://127.0.0.1:9/"}] * 2
