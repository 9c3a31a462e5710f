"""Files that people write: safely read, with the line of what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.cli.documents import parse, read_document
from publicist.core.errors import InvalidInput

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.lists(JSON, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), JSON, max_size=4)
)
def test_whatever_json_says_is_read_as_it_is(value: Any) -> None:
    assert parse(json.dumps(value, indent="\t")).data == value


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3", "'a' stands twice"),
        ("a:\n  - {b: 1, b: 2}\n", "line 2", "'b' stands twice"),
        ('{"a": 1,\n"a": 2}', "line 2", "'a' stands twice"),
        ("a: b: c\n", "file", "Line 1, column 5"),
        ("a: [1\nb: 2\n", "file", "Line 2"),
        ("a: !!python/object/apply:os.getcwd []\n", "file", "could not determine a constructor"),
        ("--- 1\n--- 2\n", "file", "single document"),
        ("? [a]\n: b\n", "file", "unhashable key"),
        ("a: 2026-99-99\n", "file", "Cannot be read"),
        ("a: \x07\n", "file", "Cannot be read"),
        ("[" * 5000, "file", "Cannot be read"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, where: str, what: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert what in caught.value.errors[where][0]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("endpoints", 1),
        ("endpoints.0", 2),
        ("endpoints.1.name", 5),
        ("endpoints.1.missing.too", 4),
        ("endpoints.1.tags.1", 8),
        ("body", 1),
    ],
)
def test_a_field_is_found_by_its_path(path: str, line: int) -> None:
    text = "endpoints:\n  - slug: one\n    name: One\n  - slug: two\n    name: Two\n    tags:\n      - a\n      - b\n"
    assert parse(text).line(path) == line


def test_merged_and_shared_parts_may_stand_more_than_once() -> None:
    text = "base: &base {kind: http}\none: {<<: *base, name: a}\ntwo: {<<: *base, name: b}\nthree: *base\n"
    assert parse(text).data["two"] == {"kind": "http", "name": "b"}


def test_a_part_that_holds_itself_is_read_in_finite_time() -> None:
    assert parse("a: &a [*a]\n").data["a"][0]


@pytest.mark.parametrize("content", [None, b"name: \xff\n"])
def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "endpoint.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        read_document(str(path))
    assert str(path) in caught.value.errors["file"][0]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "endpoint.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: One\n")
    assert read_document(str(path)).data == {"name": "One"}


def test_an_empty_file_says_nothing() -> None:
    assert parse("").data is None
    assert parse("").line("name") is None
