"""Patterns: what they find is what Python's own would, in time that is bounded."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.http import Deadline
from publicist.plugins.checks.pattern import Pattern, TooLong, WrongPattern

PATTERNS = [
    "abc", "a.c", "^a", "b$", "^(?:a|b)+$", "a{2,3}c", "[^a-c]x", "(a|ab)(c|bcd)", r"\d+-\d+", "a*a*a*b", "a|b|",
    "[]a]", r"\w\s", "x(?:yz)?x", "^$", "", r"\D\W\S", "a{2,}b", "a{0}b", r"[\d-]x", r"\$\^\.", "(?i)AbC", "(?i)[A-C]x",
]  # fmt: skip


@pytest.mark.parametrize("text", PATTERNS)
@given(said=st.text("abcxyzABC 12-$^.]\n", max_size=12))
def test_a_pattern_finds_what_python_s_own_finds(text: str, said: str) -> None:
    read = said.rstrip("\r\n") if text.endswith("$") else said
    assert Pattern(text).search(said, Deadline.after(60)) is bool(re.search(text, read))


@pytest.mark.parametrize("text", ["(a+)+b", "(?:a|a)*b", "(?:[a-z]+){20}9", "(?:a?){40}b", ".*.*.*=x"])
def test_no_pattern_takes_for_ever(text: str) -> None:
    assert not Pattern(text).search("a" * 20_000, Deadline.after(30))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "has no )"), (")", "has no ("), ("a**", "two signs"), ("*a", "repeats nothing"), ("a{2", "no repetition"),
        ("a{x}", "no repetition"), ("a{3,2}", "smaller number first"), ("a{101}", "at most 100"), ("[a", "breaks off"),
        ("[z-a]", "no range"), ("a\\", "breaks off"), (r"\bword", "not understood"), (r"(a)\1", "not understood"),
        ("(?=a)", "only (?:"), ("a^b", "write \\^"), ("^a|b$", "must stand in a group"), ("a" * 501, "longer than"),
        ("(?:a{100}){100}", "too large"), ("(" * 30 + "a" + ")" * 30, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told(text: str, said: str) -> None:
    with pytest.raises(WrongPattern) as wrong:
        Pattern(text)
    assert said in str(wrong.value)


def test_when_the_time_is_over_the_search_ends() -> None:
    with pytest.raises(TooLong):
        Pattern("a+b").search("a" * 10_000, Deadline.after(0))
