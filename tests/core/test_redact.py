"""No secret reaches a message or a log line, however it is spelled there."""

import html
import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core import redact as module
from publicist.core.redact import MOST, RedactingFilter, redact, remember
from publicist.core.secrets import Secret

# A mask may itself be made of stars, so a secret of stars could not be told from it.
secret_texts = st.text(st.characters(blacklist_characters="*", blacklist_categories=["Cs"]), min_size=6, max_size=60)


@pytest.fixture(autouse=True, scope="module")
def _own_registry() -> Iterator[None]:
    """Secrets made up here must not be masked in other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_registry", module._Registry())
        yield


def logged(*args: object, exc_info: bool = False) -> str:
    """Return what a handler with the filter writes of one record."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter())
    handler.setFormatter(logging.Formatter("%(message)s"))
    record = logging.LogRecord("x", logging.INFO, __file__, 1, args[0], args[1:], sys.exc_info() if exc_info else None)
    handler.handle(record)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token pub_0123456789abcdefXYZ is gone", "token *** is gone"),
        ("syft_pat_A-b_0123456789 refused", "*** refused"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("authorization=bearer%20abcdef123", "authorization=bearer ***"),
        ("Basic dXNlcjpwYXNz", "Basic ***"),
        ("Basic authentication is needed", "Basic authentication is needed"),
        ("see https://ann:pa:ss@hub.example/x", "see https://***@hub.example/x"),
        ("see https://hub.example/x?to=a@b.example", "see https://hub.example/x?to=a@b.example"),
        ("see https://hub.example and ann@b.example", "see https://hub.example and ann@b.example"),
        ("got eyJhbGciOiJI.eyJzdWIi.c2ln-bmF0 back", "got *** back"),
        ('"GET /x?api_key=12ab&page=2 HTTP/1.1"', '"GET /x?api_key=***&page=2 HTTP/1.1"'),
        ("an ordinary sentence, published_at pub_x", "an ordinary sentence, published_at pub_x"),
    ],
)
def test_known_shapes_are_masked_and_ordinary_text_is_not(text: str, expected: str) -> None:
    assert redact(text) == expected


@given(secret_texts, st.text(), st.text())
def test_a_given_secret_is_never_in_the_result(value: str, before: str, after: str) -> None:
    assert value not in redact(before + value + after, [Secret(value)])


@given(secret_texts)
def test_a_secret_is_found_in_the_spellings_of_json_html_and_addresses(value: str) -> None:
    for spell in (json.dumps, html.escape, quote, quote_plus, lambda text: quote(text, safe="")):
        spelled = spell(value)
        assert spelled.strip('"') not in redact(spelled, [Secret(value)]).strip('"')


# Whatever begins a spelling of another character can be read in two ways.
plain = st.characters(blacklist_characters="*%&\\", blacklist_categories=["Cs"])


@given(st.text(plain, min_size=6, max_size=60), st.data())
def test_a_secret_is_found_half_encoded(value: str, data: st.DataObject) -> None:
    ways = st.sampled_from((str, quote_plus, html.escape, _small, lambda one: quote(quote(one))))
    spelled = "".join(data.draw(ways)(one) for one in value)

    assert redact(f"/x?k={spelled}!", [Secret(value)]) == "/x?k=***!"


def _small(character: str) -> str:
    sent = quote(character)
    return sent.lower() if "%" in sent else sent


@pytest.mark.parametrize("value", ["%25" * 40, "&amp;" * 40, "\\" * 60, "%" * 60])
def test_a_secret_that_can_be_read_in_many_ways_takes_no_longer(value: str) -> None:
    assert redact(quote(quote(value)) * 3 + "?", [Secret(value + "x")]).endswith("?")
    assert redact(quote_plus(value), [Secret(value)]) == "***"


def test_of_two_secrets_the_longer_is_masked_whole() -> None:
    assert redact("abcdefgh abcdef", [Secret("abcdef"), Secret("abcdefgh")]) == "*** ***"


def test_a_remembered_secret_is_masked_and_a_short_one_is_let_through() -> None:
    remember(Secret("correct horse"))
    remember(Secret("12345"))
    assert redact("correct horse 12345") == "*** 12345"


def test_a_given_secret_that_is_short_is_let_through() -> None:
    assert redact("a plain sentence", [Secret("a")]) == "a plain sentence"


def test_the_registry_keeps_the_secrets_met_last() -> None:
    remember(Secret("kept-by-use"))
    for number in range(MOST - 1):
        remember(Secret(f"filler-{number:06}"))
    remember(Secret("kept-by-use"))
    remember(Secret("one-too-many"))
    assert redact("kept-by-use one-too-many filler-000000") == "*** *** filler-000000"


@pytest.mark.parametrize(
    "hostile", ["eyJ" * 60_000, "://" * 60_000, "Bearer " * 30_000, "pub_" * 50_000, "eyJa." * 40_000]
)
def test_hostile_text_does_not_make_the_shapes_slow(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_registry", module._Registry())
    start = time.thread_time()
    redact(hostile)
    assert time.thread_time() - start < 1


def test_a_log_line_shows_no_secret_from_its_message_or_its_arguments() -> None:
    remember(Secret("s3cret-value"))
    assert logged("login with %s to %s", "s3cret-value", "https://u:p@h.example") == (
        "login with *** to https://***@h.example\n"
    )


def test_a_logged_exception_shows_no_secret() -> None:
    remember(Secret("s3cret-value"))
    try:
        int("s3cret-value")
    except ValueError:
        text = logged("failed", exc_info=True)
    assert "invalid literal for int() with base 10: '***'" in text
    assert "s3cret-value" not in text


def test_a_log_line_whose_arguments_do_not_fit_is_still_written() -> None:
    assert logged("%d items", "many") == "%d items\n"
