"""From files to passages: tables for the pure parts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.plugins.backends import markdown, ranking, texts, web_page, words
from publicist.plugins.backends.ranking import Found
from publicist.plugins.backends.sections import Section, pieces

MARKDOWN = """---
title: Front matter
---
Before.

# One #
Under one.
```
# no heading
```
## Two [link](x.md) `code`
Under two.

Three
=====
Under three.

| a |
---
- item
---
"""


def test_markdown_is_parted_at_its_headings() -> None:
    assert markdown.sections(MARKDOWN) == [
        Section("Before."),
        Section("Under one.\n```\n# no heading\n```", "One"),
        Section("Under two.", "One > Two link code"),
        Section("Under three.\n\n| a |\n---\n- item\n---", "Three"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# Only a heading", "---\na: b\n---\n"])
def test_markdown_without_text_has_no_sections(text: str) -> None:
    assert markdown.sections(text) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<p>b", [Section("a\n\nb")]),
        ("<h1>T</h1>x<h2>U</h2>y<h1>V</h1>z", [Section("x", "T"), Section("y", "T > U"), Section("z", "V")]),
        ("<title>T</title><body>x", [Section("x")]),
        ("a<script>b</script>c<style>d</style>e", [Section("ace")]),
        ("a<script>b", [Section("a")]),
        ("a<noscript>b</noscript><template>c<template>d</template>e</template>f", [Section("af")]),
        ("a<svg/>b", [Section("ab")]),
        ("a</script>b", [Section("ab")]),
        ("<!-- a -->b<![CDATA[c]]>", [Section("b")]),
        ("a &amp; b &lt;i&gt;", [Section("a & b <i>")]),
        ("<ul><li>a<li>b</ul>", [Section("a\nb")]),
        ("<table><tr><td>a<td>b<tr><td>c</table>", [Section("a b\nc")]),
        ("a\n  b\tc", [Section("a b c")]),
        ("<h1>unclosed", [Section("unclosed")]),
        ("<p onclick='x()'>a", [Section("a")]),
        ("", []),
    ],
)
def test_of_a_page_only_what_is_seen_is_read(html: str, expected: list[Section]) -> None:
    assert web_page.sections(html) == expected


@given(st.text(max_size=400), st.integers(5, 60))
def test_pieces_lose_nothing_and_are_never_too_long(text: str, longest: int) -> None:
    found = list(pieces(text, longest))
    assert all(0 < len(each) <= longest for each in found)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)


def test_pieces_end_where_a_paragraph_or_a_sentence_does() -> None:
    assert list(pieces("One.\n\nTwo.\n\nThree.", 12)) == ["One.\n\nTwo.", "Three."]
    assert list(pieces("First one. Second one. Third.", 24)) == ["First one. Second one.", "Third."]
    assert list(pieces("word " * 4, 11)) == ["word word", "word word"]


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("é".encode(), "", "é"),
        (b"\xef\xbb\xbfa", "", "a"),
        (b"\xe9", "", "é"),
        (b"\x80", "", "€"),
        (b"\x81", "", "\x81"),
        ("ё".encode("koi8-r"), "koi8-r", "ё"),
        (b"\xe9", "no-such-charset", "é"),
        (b"\xe9", "hex", "é"),
        (b"\xe9", "undefined", "é"),
    ],
)
def test_bytes_are_read_as_they_were_written(data: bytes, charset: str, text: str) -> None:
    assert texts.decoded(data, charset) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I publish an endpoint?", ["publish", "endpoint"]),
        ("what is it", ["what", "is", "it"]),
        ("rate_limit rate", ["rate", "limit"]),
        ("Straße STRASSE", ["strasse"]),
        ("退款政策", ["退 款", "款 政", "政 策"]),
        ("退", ["退"]),
        ("API退款v2", ["api", "退 款", "v2"]),
        ('"*^-', []),
    ],
)
def test_a_query_is_taken_apart_into_words(text: str, expected: list[str]) -> None:
    assert words.terms(text) == expected


def test_a_query_has_at_most_so_many_words() -> None:
    assert len(words.terms(" ".join(f"w{number}" for number in range(1000)))) == words.MOST_WORDS


def test_the_score_grows_with_the_share_of_the_query_that_a_passage_holds() -> None:
    holding = {"rare": 1, "common": 40, "unknown": 0}
    found = [Found(1, 9.0), Found(2, 3.0), Found(3, 3.0)]
    rows = {"rare": {1}, "common": {1, 2, 3}}
    rated = ranking.scores(found, 100, holding, rows)
    assert [row for row, _ in rated] == [1, 2, 3]
    assert rated[0][1] > 0.5 > rated[1][1] > 0
    assert ranking.scores(found, 100, {"rare": 1}, {"rare": {1}})[0] == (1, 1.0)


def test_words_that_most_passages_have_are_searched_only_if_there_are_no_others() -> None:
    assert ranking.telling({"the": 90, "refund": 3, "zzz": 0}, 100) == ["refund"]
    assert ranking.telling({"the": 90, "zzz": 0}, 100) == ["the"]
    assert ranking.telling({"zzz": 0}, 100) == []
