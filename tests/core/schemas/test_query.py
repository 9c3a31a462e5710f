"""Queries as they come from outside, and answers as they go out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import InvalidInput
from publicist.core.records import Message
from publicist.core.schemas import load_query

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("messages", "limit", "similarity_threshold", "max_tokens", "temperature", "stop_sequences", "stream")


def test_a_text_is_what_the_user_said() -> None:
    asking = load_query({"messages": "Why?"}, "abc")

    assert asking.query.messages == (Message("user", "Why?"),)
    assert (asking.words, asking.query.correlation_id) == (True, "abc")
    assert (asking.query.limit, asking.query.similarity_threshold, asking.query.stream) == (5, 0.5, False)


def test_a_list_is_a_conversation() -> None:
    said = [{"role": "system", "content": "Be brief.", "name": "x"}, {"role": "user", "content": "Why?"}]

    asking = load_query({"messages": said})

    assert asking.query.text == "Why?"
    assert not asking.words


def test_null_is_as_good_as_left_out() -> None:
    given = dict.fromkeys((*FIELDS[1:], "include_metadata", "transaction_token"))

    assert load_query({"messages": "Why?", **given}) == load_query({"messages": "Why?"})


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("limit", 0, 1),
        ("limit", 1e3, 100),
        ("limit", 7.0, 7),
        ("similarity_threshold", 7, 1.0),
        ("max_tokens", 10**12, 32_768),
        ("temperature", -1, 0.0),
    ],
)
def test_numbers_are_brought_within_their_bounds(name: str, value: float, kept: float) -> None:
    assert getattr(load_query({"messages": "Why?", name: value}).query, name) == kept


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)) | JSON)
def test_whatever_comes_is_a_query_or_refused_by_name(data: Any) -> None:
    errors: Any = {}
    try:
        query = load_query(data).query
    except InvalidInput as refused:
        errors = refused.errors
    else:
        assert query.text.strip()
        assert 1 <= query.limit <= 100
        assert 0 <= query.similarity_threshold <= 1
        return
    assert errors
