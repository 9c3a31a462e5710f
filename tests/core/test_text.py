import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicist.core.text import (
    RESERVED_SLUGS,
    SLUG_MAX,
    SLUG_MIN,
    WORDS,
    check_slug,
    check_tag,
    clean_tags,
    forbidden,
    has_visible,
    normalise,
    propose_slug,
)

SHORT = "1a2b3c4d"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Research Q&A", "research-q-a"),
        ("Don't stop", "dont-stop"),
        ("😀", f"endpoint-{SHORT}"),
        ("\u200b\u200b", f"endpoint-{SHORT}"),
        ("", f"endpoint-{SHORT}"),
        ("---", f"endpoint-{SHORT}"),
        ("Мария", "mariia"),
        ("Пётр", "petr"),
        ("caf\u00e9", "cafe"),
        ("cafe\u0301", "cafe"),
        ("İstanbul Işık", "istanbul-isik"),  # noqa: RUF001  (the dotless i is the point)
        ("محمد", "mhmd"),
        ("a\u202e", "endpoint-a"),
        ("a", "endpoint-a"),
        ("C++", "endpoint-c"),
        ("Search", "endpoint-search"),
        ("API", "endpoint-api"),
        ("x" * 100, "x" * 63),
        ("word " * 30, "-".join(["word"] * 12)),
    ],
)
def test_a_slug_is_proposed_from_the_name(name: str, slug: str) -> None:
    assert propose_slug(name, SHORT) == slug


@settings(deadline=None)
@given(st.text(max_size=120), st.from_regex(r"[0-9a-f]{6,8}", fullmatch=True))
def test_every_proposal_is_a_slug_that_is_accepted(name: str, short_id: str) -> None:
    assert check_slug(propose_slug(name, short_id)) == []


@pytest.mark.parametrize("slug", ["abc", "a-b", "x1-2-3", "a" * 63])
def test_a_sound_slug_is_accepted(slug: str) -> None:
    assert check_slug(slug) == []


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "ab",
        "a" * 64,
        "Abc",
        "-abc",
        "abc-",
        "a--b",
        "a_b",
        "abc\n",
        "a b",
        "caf\u00e9",
        "abc\u0661",
        *sorted(RESERVED_SLUGS),
    ],
)
def test_an_unsound_or_reserved_slug_is_refused(slug: str) -> None:
    assert check_slug(slug)


def test_the_length_of_a_slug_is_told_with_the_numbers() -> None:
    assert check_slug("a" * 70) == [f"Holds 70 characters; a slug has {SLUG_MIN} to {SLUG_MAX}."]


@pytest.mark.parametrize(
    ("char", "told"),
    [
        ("\0", "U+0000 (NUL)"),
        ("\x1b", "U+001B (ESCAPE)"),
        ("\x9f", "U+009F (a control character)"),
        ("\u202e", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("\u2066", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("\u200f", "U+200F (RIGHT-TO-LEFT MARK)"),
        ("\ud800", "U+D800"),
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_a_control_character_is_refused_by_name_in_every_text(char: str, told: str, lines: bool) -> None:
    (sentence,) = forbidden(f"a{char}b{char}", lines=lines)
    assert told in sentence


@pytest.mark.parametrize("char", ["\n", "\t", "\u2028", "\u2029"])
def test_line_breaks_and_tabs_are_for_long_texts_only(char: str) -> None:
    assert forbidden(f"a{char}b", lines=True) == []
    assert len(forbidden(f"a{char}b")) == 1


def test_joined_emoji_and_other_scripts_are_allowed() -> None:
    assert forbidden("👩\u200d🔬 漢字 נח\u200cש") == []


@pytest.mark.parametrize(
    "text", ["", " \t", "\u200b\u200b", "\u3164", "\u2800", "\u115f\u1160", "\u0301", "\u00ad", "\ufeff"]
)
def test_what_draws_nothing_is_not_visible(text: str) -> None:
    assert not has_visible(text)


@pytest.mark.parametrize("text", ["a", "😀", "٣", "漢", "\u200bx", "e\u0301", "\U0001fae8"])
def test_what_draws_something_is_visible(text: str) -> None:
    assert has_visible(text)


def test_composed_and_decomposed_names_become_the_same() -> None:
    assert normalise(" cafe\u0301 ") == normalise("caf\u00e9") == "caf\u00e9"


def test_windows_line_ends_become_line_feeds() -> None:
    assert normalise("a\r\nb\rc\r\n") == "a\nb\nc"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_tags_are_trimmed_lower_cased_and_kept_once_in_order() -> None:
    assert clean_tags([" x ", "B", "X", "b", "a"]) == ("x", "b", "a")


@pytest.mark.parametrize(
    "tag", ["", "a,b", "a--b", "-a", "a-", "a b", "ab\n", "👩\u200d🔬", "İ".lower(), "a_b", "a" * 61]
)
def test_an_unsound_tag_is_refused(tag: str) -> None:
    assert check_tag(tag, 30)


@given(st.from_regex(WORDS, fullmatch=True).filter(lambda tag: len(tag) <= 30))
def test_words_joined_by_single_hyphens_are_tags(tag: str) -> None:
    assert check_tag(tag, 30) == []
