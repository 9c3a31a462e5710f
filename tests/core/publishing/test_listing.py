import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.publishing.listing import as_listed, check_limits, describe, held_as, needs_republish, query_path
from publicist.core.records import Backend, Endpoint, Limits, Listing, Policy, Space

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DATASET = Backend("http", "papers", {"url": "http://127.0.0.1:9000/q", "headers": {"X-Key": "hunter2"}})
MODEL = Backend("http", "writer", {"url": "http://127.0.0.1:9001/q"})
SPACE = Space("installation-1", "my space", "https://me.example/space/", "vm", None)
ENDPOINT = Endpoint(
    id="1",
    slug="research-qa",
    name="Research QA",
    summary="Answers questions.",
    description="# More",
    tags=("science", "qa"),
    version="1.2.3",
    visibility="public",
    response_type="both",
    published=True,
    dataset=DATASET,
    model=MODEL,
    policies=(Policy("Staff", "access", {"allowed_users": ["ann@example.org"]}),),
    category="science",
    language="en",
    created_at=NOW,
    updated_at=NOW,
)


def listing(endpoint: Endpoint = ENDPOINT) -> Listing:
    return describe(endpoint, SPACE, query_path(endpoint.slug))


def test_a_listing_shows_the_endpoint_as_the_public_may_see_it() -> None:
    shown = listing()
    for field in ("slug", "name", "summary", "description", "tags", "version", "visibility", "category", "language"):
        assert getattr(shown, field) == getattr(ENDPOINT, field)
    assert shown.query_url == "https://me.example/space/api/v1/endpoints/research-qa/query"
    assert shown.installation_id == "installation-1"
    assert [policy.description for policy in shown.policies] == ["By invitation"]
    assert "example.org" not in str(shown.policies)


def test_without_a_public_address_there_is_no_query_url() -> None:
    shown = describe(ENDPOINT, replace(SPACE, public_url=""), query_path("research-qa"))
    assert (shown.public_url, shown.query_url) == ("", "")


@pytest.mark.parametrize(
    ("dataset", "model", "expected"),
    [
        (DATASET, None, "data_source"),
        (None, MODEL, "model"),
        (DATASET, MODEL, "model_data_source"),
        (None, None, ""),
    ],
)
def test_the_type_follows_what_is_configured(dataset: Backend | None, model: Backend | None, expected: str) -> None:
    assert listing(replace(ENDPOINT, dataset=dataset, model=model)).type == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"name": "New", "tags": (), "summary": "", "policies": (), "description": "", "version": "2.0.0"}, ()),
        ({"slug": "other"}, ("slug",)),
        ({"response_type": "raw"}, ("response_type",)),
        ({"model": None}, ("type", "model")),
        ({"dataset": replace(DATASET, name="other papers")}, ("dataset",)),
        ({"model": replace(MODEL, settings={"url": "http://127.0.0.1:9002/q"})}, ("model",)),
        ({"slug": "other", "dataset": None, "response_type": "summary"}, ("slug", "type", "response_type", "dataset")),
    ],
)
def test_only_some_changes_need_a_republish(change: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert needs_republish(replace(ENDPOINT, **change), as_listed(ENDPOINT)) == expected


def test_what_was_never_confirmed_needs_no_republish() -> None:
    assert needs_republish(ENDPOINT, {}) == ()
    assert needs_republish(ENDPOINT, {"slug": "research-qa"}) == ()


def test_what_is_remembered_of_a_listing_holds_no_secret_and_survives_json() -> None:
    text = json.dumps(as_listed(ENDPOINT))
    assert "hunter2" not in text
    assert "9000" not in text
    assert needs_republish(ENDPOINT, json.loads(text)) == ()


@given(st.permutations(["url", "headers", "health_url", "other"]))
def test_the_order_of_settings_does_not_count_as_a_change(names: list[str]) -> None:
    settings = {name: name.upper() for name in names}
    sorted_settings = {name: name.upper() for name in sorted(names)}
    listed = as_listed(replace(ENDPOINT, dataset=replace(DATASET, settings=sorted_settings)))
    assert needs_republish(replace(ENDPOINT, dataset=replace(DATASET, settings=settings)), listed) == ()


def test_a_held_listing_keeps_what_needs_a_person_and_updates_the_rest() -> None:
    edited = replace(ENDPOINT, slug="renamed", model=None, response_type="raw", name="New name")
    held = held_as(listing(edited), as_listed(ENDPOINT))
    assert (held.slug, held.type, held.response_type) == ("research-qa", "model_data_source", "both")
    assert held.name == "New name"
    assert held.query_path == query_path("research-qa")


def test_a_listing_with_nothing_confirmed_is_held_as_it_is() -> None:
    assert held_as(listing(), {}) == listing()
    assert held_as(listing(), as_listed(ENDPOINT)) == listing()


@pytest.mark.parametrize("slug", ["endpoints", "query", "v1x"])
def test_only_the_slugs_own_place_in_the_path_is_held(slug: str) -> None:
    held = held_as(listing(replace(ENDPOINT, slug=slug)), {"slug": "before"})
    assert held.query_path == "/api/v1/endpoints/before/query"


NARROW = Limits(
    name=5,
    summary=6,
    description=7,
    tags=2,
    tag=4,
    slug_min=4,
    slug_max=8,
    reserved_slugs=frozenset({"search"}),
    visibilities=("public",),
)


@pytest.mark.parametrize(
    ("change", "limits", "expected"),
    [
        ({}, Limits(), {}),
        ({"name": "x" * 101}, Limits(), {"name": ["101 characters long; this marketplace takes at most 100."]}),
        (
            {"description": "x" * 50_001},
            Limits(),
            {"description": ["50,001 characters long; this marketplace takes at most 50,000."]},
        ),
        ({"tags": tuple("abcdefghijk")}, Limits(), {"tags": ["11 tags; this marketplace takes at most 10."]}),
        ({"tags": ("ok", "x" * 31)}, Limits(), {"tags.1": ["31 characters long; this marketplace takes at most 30."]}),
        (
            {"tags": ("a_b",)},
            Limits(),
            {"tags.0": ["The tag 'a_b' has characters that this marketplace does not take."]},
        ),
        ({"tags": ("a_b",)}, Limits(tag_pattern="[a-z_]+"), {}),
        ({"slug": "ab"}, Limits(), {"slug": ["2 characters long; this marketplace asks for at least 3."]}),
        ({"slug": "abc\n"}, Limits(), {"slug": ["Has characters that this marketplace does not take."]}),
        (
            {"dataset": None, "model": None},
            Limits(),
            {"dataset": ["Neither a dataset nor a model is configured; add one."]},
        ),
        (
            {"slug": "search"},
            replace(NARROW, name=50, summary=50, description=50, tag=50),
            {"slug": ["The word 'search' is reserved on this marketplace."]},
        ),
        (
            {"visibility": "internal"},
            Limits(visibilities=("public", "private")),
            {"visibility": ["This marketplace knows only public, private."]},
        ),
    ],
)
def test_a_kinds_limits_are_told_by_field_with_the_numbers(
    change: dict[str, Any], limits: Limits, expected: dict[str, list[str]]
) -> None:
    assert check_limits(listing(replace(ENDPOINT, **change)), limits) == expected


def test_every_breach_is_told_at_once() -> None:
    told = check_limits(listing(replace(ENDPOINT, description="# Much more", visibility="private")), NARROW)
    assert sorted(told) == ["description", "name", "slug", "summary", "tags.0", "visibility"]


def test_lengths_are_counted_in_characters_not_bytes() -> None:
    assert check_limits(listing(replace(ENDPOINT, name="é" * 100)), Limits()) == {}
