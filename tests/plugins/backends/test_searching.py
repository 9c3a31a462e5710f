"""Passages out of a folder: what is found, what is not, and that it stays true to the folder."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publicist.core.errors import MarketplaceUnavailable, NotSupported
from publicist.core.records import BackendHealth, Document, Message, Query
from publicist.plugins.backends import documents, index, pdf, texts
from publicist.webapp.demo import description

from .conftest import Ask
from .pdf_files import pdf as made
from .pdf_files import put

TEXTS = {
    "refunds.md": "# Shop\n\nWelcome.\n\n## Refunds\n\nWe refund within 30 days of the purchase.\n",
    "shipping.txt": "Parcels are shipped within two days. Islands take longer.",
    "about/people.html": "<h1>People</h1><p>Ada runs the shop.</p><script>refund()</script><style>.refund{}</style>",
}


@pytest.fixture
def shop(folder: Path) -> Path:
    for name, text in TEXTS.items():
        put(folder / name, text.encode())
    return folder


def found(ask: Ask, folder: Path, text: str, **options: object) -> list[str]:
    query = Query((Message("user", text),), **options)  # type: ignore[arg-type]
    return [str(each.metadata["path"]) for each in ask("documents", query=query, path=str(folder)).documents]


def until(holds: Callable[[], bool]) -> None:
    """Wait for the index to look again, which it does at once unless this machine was very slow at the last look."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end


def test_the_passage_that_answers_comes_with_its_source(ask: Ask, shop: Path) -> None:
    answer = ask("documents", "How do refunds work?", path=str(shop))
    assert answer.summary is None
    assert answer.documents[0] == Document(
        "refunds.md#2",
        "We refund within 30 days of the purchase.",
        answer.documents[0].score,
        {"path": "refunds.md", "passage": 2, "heading": "Shop > Refunds"},
    )
    assert 0.5 <= answer.documents[0].score <= 1


def test_a_question_about_something_else_finds_nothing(ask: Ask, shop: Path) -> None:
    assert found(ask, shop, "quantum chromodynamics on a lattice") == []
    assert found(ask, shop, "?!") == []


def test_scripts_and_styles_are_not_found(ask: Ask, shop: Path) -> None:
    assert "about/people.html" not in found(ask, shop, "refund", similarity_threshold=0.0)
    assert found(ask, shop, "Ada") == ["about/people.html"]


@pytest.mark.parametrize("text", ["refunds shipped Ada", "refund", "islands parcels"])
def test_limit_and_threshold_bound_what_is_found(ask: Ask, shop: Path, text: str) -> None:
    everything = ask("documents", query=Query((Message("user", text),), similarity_threshold=0.0), path=str(shop))
    scores = [each.score for each in everything.documents]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for threshold in (0.3, 0.6, 0.9):
        assert len(found(ask, shop, text, similarity_threshold=threshold)) == sum(s >= threshold for s in scores)
    assert len(found(ask, shop, text, limit=1, similarity_threshold=0.0)) == 1
    assert found(ask, shop, text, limit=0) == []


@pytest.mark.parametrize(
    "text",
    [
        'refund"',
        "refund OR",
        "NEAR(refund, 2)",
        "content:refund",
        "refund*",
        "^refund",
        "-refund",
        "(refund",
        "refund AND NOT",
        "'; DROP TABLE passage; --refund",
        "{content heading} : refund",
        "refund\0",
        "refund\n\t",
        "\ud800 refund",
    ],
)
def test_nothing_in_a_query_is_syntax(ask: Ask, shop: Path, text: str) -> None:
    assert "refunds.md" in found(ask, shop, text, similarity_threshold=0.0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_may_be_asked(ask: Ask, shop: Path, text: str) -> None:
    assert all(0 <= each.score <= 1 for each in ask("documents", text or "x", path=str(shop)).documents)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Die Rückgabe ist möglich.", "ruckgabe"),
        ("Rückgabe", "RÜCKGABE"),
        ("Возврат возможен в течение месяца.", "возврат"),
        ("商品は三十日以内に返品できます。", "返品"),
        ("我们在三十天内退款。", "退款"),
        ("환불은 30일 이내에 가능합니다.", "환불"),
        ("publishing endpoints", "publish an endpoint"),
        ("the rate_limit setting", "rate limit"),
    ],
)
def test_words_are_found_in_other_scripts_cases_and_forms(ask: Ask, folder: Path, written: str, asked: str) -> None:
    put(folder / "a.txt", written.encode())
    put(folder / "b.txt", b"Something else entirely.")
    assert found(ask, folder, asked) == ["a.txt"]


def test_the_heading_and_the_name_of_a_file_are_searched_too(ask: Ask, folder: Path) -> None:
    put(folder / "warranty.txt", b"Two years.")
    put(folder / "a.md", b"# Opening hours\n\nNine to five.")
    assert found(ask, folder, "warranty") == ["warranty.txt"]
    assert found(ask, folder, "opening hours") == ["a.md"]


def test_a_page_of_a_pdf_is_found_with_its_number(ask: Ask, folder: Path) -> None:
    put(folder / "book.pdf", made("Preface about nothing.", "Chapter on refunds."))
    (document,) = ask("documents", "refunds", path=str(folder)).documents
    assert document.content == "Chapter on refunds."
    assert document.metadata == {"path": "book.pdf", "passage": 2, "page": 2}


def test_a_broken_file_takes_nothing_from_the_others(ask: Ask, shop: Path) -> None:
    put(shop / "broken.pdf", b"%PDF-1.7 " + b"<<" * 5000)
    assert found(ask, shop, "refund")[0] == "refunds.md"


def test_a_pdf_that_takes_for_ever_is_left_out(
    check: Callable[..., BackendHealth], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    put(shop / "slow.pdf", made("Slow."))
    assert "1 a PDF that takes too long" in check("documents", path=str(shop)).message


def test_a_file_that_is_too_large_is_left_out(
    check: Callable[..., BackendHealth], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MOST_TEXT_BYTES", 100)
    put(shop / "large.txt", b"x" * 101)
    assert check("documents", path=str(shop)).message == "3 documents. Left out: 1 too large."


def test_new_changed_and_removed_files_show_at_the_next_query(ask: Ask, shop: Path, tmp_path: Path) -> None:
    def now(text: str) -> list[str]:
        answer = ask("documents", text, path=str(shop), data_dir=tmp_path)
        return [str(each.metadata["path"]) for each in answer.documents]

    assert now("warranty") == []
    put(shop / "warranty.txt", b"Two years of warranty.")
    until(lambda: now("warranty") == ["warranty.txt"])
    put(shop / "warranty.txt", b"Two years of guarantee")
    until(lambda: now("guarantee") == ["warranty.txt"])
    (shop / "warranty.txt").rename(shop / "other.txt")
    until(lambda: now("guarantee") == ["other.txt"])
    (shop / "other.txt").unlink()
    until(lambda: now("guarantee") == [])


def test_what_was_read_is_kept_for_the_next_process(
    ask: Ask, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask("documents", "refund", path=str(shop), data_dir=tmp_path).documents
    monkeypatch.setattr(index, "_known", {})
    monkeypatch.setattr(index, "read", lambda *_: pytest.fail("a file was read again"))
    assert ask("documents", "refund", path=str(shop), data_dir=tmp_path).documents


@pytest.mark.parametrize("wrong", [b"no database at all" * 100, b"SQLite format 3\0" + b"\1" * 5000])
def test_a_broken_index_is_made_anew(
    ask: Ask, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bytes
) -> None:
    before = ask("documents", "refund", path=str(shop), data_dir=tmp_path)
    monkeypatch.setattr(index, "_known", {})
    (kept,) = tmp_path.glob("indexes/*.sqlite3")
    for each in tmp_path.glob("indexes/*"):
        each.unlink()
    kept.write_bytes(wrong)
    assert ask("documents", "refund", path=str(shop), data_dir=tmp_path) == before


def test_an_index_of_another_version_is_made_anew(
    ask: Ask, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ask("documents", "refund", path=str(shop), data_dir=tmp_path)
    monkeypatch.setattr(index, "_known", {})
    (kept,) = tmp_path.glob("indexes/*.sqlite3")
    with sqlite3.connect(kept) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("DELETE FROM file")
    connection.close()
    assert ask("documents", "refund", path=str(shop), data_dir=tmp_path) == before


def test_a_large_folder_is_read_by_several_calls_and_no_file_twice(
    ask: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        put(folder / f"{number}.txt", b"Some words.")
    read: list[str] = []
    expired = False

    class Ending:
        """A deadline that is over after two files."""

        def within(self, _: float | None) -> "Ending":
            return self

        def remaining(self) -> float:
            return 5.0

        @property
        def expired(self) -> bool:
            return expired and len(read) % 2 == 0 and bool(read)

    real = texts.read

    def reading(root: Path, inside: Path, seconds: float) -> texts.Text:
        nonlocal expired
        expired = True
        read.append(inside.name)
        return real(root, inside, seconds)

    monkeypatch.setattr(index, "read", reading)
    monkeypatch.setattr(documents, "_deadline", lambda _: Ending())
    for done in ("2", "4"):
        expired = False
        with pytest.raises(MarketplaceUnavailable, match=f"{done} of 6 documents are read so far") as caught:
            ask("documents", "words", path=str(folder))
        assert caught.value.retry_after
    expired = False
    assert len(ask("documents", "words", path=str(folder)).documents) == 5
    assert read == [f"{number}.txt" for number in range(6)]


def test_many_threads_may_ask_at_once(ask: Ask, shop: Path, tmp_path: Path) -> None:
    answers: list[object] = []

    def one() -> None:
        answers.append(ask("documents", "refund", path=str(shop), data_dir=tmp_path))

    threads = [threading.Thread(target=one) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 16
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("path", [None, "relative", "/no/such/folder"])
def test_a_folder_that_cannot_be_read_is_not_an_empty_answer(ask: Ask, path: str | None) -> None:
    with pytest.raises(MarketplaceUnavailable):
        ask("documents", "refund", path=path)


def test_an_index_that_cannot_be_kept_is_told(ask: Ask, shop: Path) -> None:
    with pytest.raises(MarketplaceUnavailable, match="index cannot be kept"):
        ask("documents", "refund", path=str(shop), data_dir=shop / "shipping.txt")


def test_a_folder_is_no_model(ask: Ask, shop: Path) -> None:
    with pytest.raises(NotSupported):
        ask("documents", query=Query((Message("user", "refund"),), backend_role="model"), path=str(shop))


def test_a_long_look_holds_for_longer() -> None:
    assert index.pause_after(0.01) == 0
    assert index.pause_after(1.0) == 20
    assert index.pause_after(1.0, done=False) == 3


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How do I write a plugin?", "plugins.md"),
        ("What does slug_conflict mean?", "architecture.md"),
        ("Which setting names the data directory?", "settings.md"),
    ],
)
def test_the_demo_endpoint_answers_from_the_documentation(ask: Ask, question: str, page: str) -> None:
    answer = ask("documents", question, **description()["dataset"]["settings"])
    assert page in [each.metadata["path"] for each in answer.documents]
