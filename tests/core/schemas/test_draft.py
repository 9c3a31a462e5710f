from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from publicist.core.records import BackendKind, Endpoint
from publicist.core.schemas import as_patch, endpoint_json, load_endpoint, load_patch, new_endpoint, patched

Faults = Callable[..., dict[str, list[str]]]
Make = Callable[..., Endpoint]
Kinds = dict[str, BackendKind]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
SIDE = {"kind": "http", "name": "papers", "settings": {"url": "http://127.0.0.1:9000/q"}}


def test_a_patch_has_the_given_fields_only() -> None:
    assert load_patch({}) == {}
    assert load_patch({"tags": ["A"], "dataset": None}) == {"tags": ("a",), "dataset": None}


def test_a_patched_endpoint_keeps_what_was_not_named(make: Make) -> None:
    before = make()
    after = patched(before, load_patch({"name": "New", "slug": "new-slug"}), LATER)
    assert after == replace(before, name="New", slug="new-slug", updated_at=LATER)


def test_a_patch_that_changes_nothing_gives_the_endpoint_itself(make: Make) -> None:
    before = make()
    assert patched(before, load_patch({"name": before.name, "tags": list(before.tags)}), LATER) is before


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"dataset": {"name": "x"}}, "dataset.kind"),
        ({"dataset": {"kind": "http", "x": 1}}, "dataset.x"),
        ({"policies": [{"config": {}}]}, "policies.0.type"),
        ({"id": "x"}, "id"),
        ({"created_at": "x"}, "created_at"),
        ({"name": None}, "name"),
        ({"slug": None}, "slug"),
    ],
)
def test_what_a_patch_replaces_must_be_whole(faults: Faults, patch: dict[str, Any], path: str) -> None:
    assert list(faults(load_patch, patch)) == [path]


def test_nested_defaults_apply_in_a_patch_too() -> None:
    patch = load_patch({"policies": [{"type": "access"}], "model": {"kind": "http"}})
    assert patch["policies"][0].config["allow_guests"] is False
    assert (patch["model"].name, patch["model"].settings) == ("http", {})


def test_a_side_that_the_response_type_needs_cannot_be_taken_away(faults: Faults, make: Make) -> None:
    assert list(faults(patched, make(), load_patch({"model": None}), LATER)) == ["response_type"]
    after = patched(make(), load_patch({"model": None, "response_type": "raw"}), LATER)
    assert (after.model, after.response_type) == (None, "raw")


def test_the_response_type_of_a_bare_draft_follows_the_first_side(faults: Faults) -> None:
    draft = new_endpoint(load_endpoint({"name": "Some"}), ID, NOW)
    assert patched(draft, load_patch({"dataset": SIDE}), LATER).response_type == "raw"
    assert list(faults(patched, draft, load_patch({"dataset": SIDE, "response_type": "both"}), LATER))


def test_stars_keep_a_stored_secret_and_nothing_else(make: Make, backend_kinds: Kinds) -> None:
    before = make()
    shown = endpoint_json(before, backend_kinds)
    assert patched(before, load_patch({"dataset": shown["dataset"], "model": shown["model"]}), LATER) is before
    moved = {**shown["model"], "settings": {**shown["model"]["settings"], "url": "http://127.0.0.1:1/"}}
    after = patched(before, load_patch({"model": moved}), LATER)
    assert after.model is not None
    assert after.model.settings == {"url": "http://127.0.0.1:1/", "headers": {"X-Key": "hunter2"}}


def test_stars_without_a_stored_secret_are_refused(faults: Faults, make: Make) -> None:
    starred = {"kind": "http", "settings": {"url": "http://x", "headers": {"X-Other": "***"}}}
    assert list(faults(new_endpoint, load_endpoint({"name": "Some", "model": starred}), ID, NOW)) == [
        "model.settings.headers.X-Other"
    ]
    assert list(faults(patched, make(), load_patch({"model": starred}), LATER)) == ["model.settings.headers.X-Other"]
    other_kind = {"kind": "openai", "settings": {"headers": {"X-Key": "***"}}}
    assert list(faults(patched, make(), load_patch({"model": other_kind}), LATER)) == ["model.settings.headers.X-Key"]


def test_a_whole_draft_can_be_applied_to_an_endpoint(make: Make) -> None:
    draft = load_endpoint({"name": "Bare"})
    after = patched(make(), as_patch(draft), LATER)
    assert (after.slug, after.name, after.dataset, after.tags) == ("research-qa", "Bare", None, ())
