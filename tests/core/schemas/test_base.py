import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from publicist.core.errors import InvalidInput
from publicist.core.records import BackendKind, MarketplaceKind
from publicist.core.schemas import (
    endpoint_json,
    flatten,
    load_apply,
    load_endpoint,
    load_marketplace,
    load_network,
    load_patch,
    load_policy,
    load_publish,
    load_token,
    load_unpublish,
    new_endpoint,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
MARKETPLACE_KINDS = {"http": MarketplaceKind("http", "A kind")}


PLAIN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
ANY_TEXT = st.text(st.characters())  # halves of surrogate pairs too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
VALUES: list[Any] = [
    "Some name",
    "some-slug",
    ["tag"],
    "1.2.3",
    "both",
    True,
    {"kind": "http"},
    [{"type": "access"}],
    "http",
]
FIELDS = st.sampled_from(
    [
        "name",
        "slug",
        "tags",
        "version",
        "published",
        "dataset",
        "model",
        "policies",
        "kind",
        "url",
        "wait",
        "marketplace_ids",
        "endpoints",
        "scopes",
        "config",
        "type",
    ]
)
LOADERS = [
    load_endpoint,
    load_patch,
    load_publish,
    load_unpublish,
    load_network,
    load_apply,
    load_policy,
    lambda data: load_marketplace(data, MARKETPLACE_KINDS),
    lambda data: load_token(data, NOW),
]


def outcome(load: Any, data: Any) -> dict[str, list[str]]:
    """Return what was told by field, or nothing; any other exception passes through."""
    try:
        load(data)
    except InvalidInput as error:
        return error.errors
    return {}


@settings(deadline=None, max_examples=300)
@given(JSON | st.dictionaries(FIELDS, JSON | st.sampled_from(VALUES), max_size=6), st.sampled_from(LOADERS))
def test_whatever_comes_in_is_either_clean_or_told_by_field(data: Any, load: Any) -> None:
    told = outcome(load, data)
    json.dumps(told, ensure_ascii=False).encode()
    assert all(field and field.isprintable() and texts for field, texts in told.items())


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"name": st.text(PLAIN, min_size=1, max_size=20)},
        optional={
            "summary": st.text(PLAIN, max_size=30),
            "description": st.text(st.sampled_from("\n\t\r") | PLAIN, max_size=60),
            "category": st.text(PLAIN, max_size=20),
            "tags": st.lists(st.from_regex(r" ?[a-zA-Z0-9]{1,4}(-[a-z]{1,3})? ?", fullmatch=True), max_size=10),
            "dataset": st.fixed_dictionaries({"kind": st.just("http"), "name": st.text(PLAIN, max_size=20)}),
            "policies": st.just([{"type": "accounting", "config": {"price": "0.10", "currency": "eur"}}]),
        },
    )
)
def test_what_was_accepted_is_accepted_again_as_it_is_shown(body: dict[str, Any]) -> None:
    assume(not outcome(load_endpoint, body))
    made = new_endpoint(load_endpoint(body), ID, NOW)
    shown = endpoint_json(made, {"http": BackendKind("http", "HTTP")})
    again = {field: value for field, value in shown.items() if field not in {"id", "created_at", "updated_at"}}
    assert new_endpoint(load_endpoint(again), ID, NOW) == made


@pytest.mark.parametrize(
    ("messages", "flat"),
    [
        ({"name": ["a", "b"]}, {"name": ["a", "b"]}),
        ({"policies": {0: {"config": {"limit": ["a"]}}}}, {"policies.0.config.limit": ["a"]}),
        ({"_schema": ["a"]}, {"body": ["a"]}),
        ({"dataset": {"_schema": ["a"]}}, {"dataset": ["a"]}),
        (["a"], {"body": ["a"]}),
        ({"x" * 300: ["a"]}, {"x" * 100: ["a"]}),
        ({"a": [str(number) for number in range(200)]}, {"a": [str(number) for number in range(100)]}),
        ({}, {}),
    ],
)
def test_nested_messages_become_paths(messages: Any, flat: dict[str, list[str]]) -> None:
    assert flatten(messages) == flat
