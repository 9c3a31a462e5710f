import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.records import BackendKind, Endpoint
from publicist.core.schemas import endpoint_json, load_endpoint, load_patch, new_endpoint

Faults = Callable[..., dict[str, list[str]]]
Make = Callable[..., Endpoint]
Kinds = dict[str, BackendKind]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
SIDE = {"kind": "http", "name": "papers", "settings": {"url": "http://127.0.0.1:9000/q"}}


def test_a_name_is_enough_for_a_draft() -> None:
    made = new_endpoint(load_endpoint({"name": " Мария "}), ID, NOW)
    assert (made.id, made.slug, made.name, made.created_at, made.updated_at) == (ID, "mariia", "Мария", NOW, NOW)
    assert (made.version, made.visibility, made.published, made.language) == ("0.1.0", "public", False, "")
    assert (made.dataset, made.model, made.tags, made.policies, made.deleted_at) == (None, None, (), (), None)


def test_a_name_that_leaves_no_slug_gets_one_from_the_id() -> None:
    assert new_endpoint(load_endpoint({"name": "😀"}), ID, NOW).slug == "endpoint-0a1b2c3d"


def test_what_went_in_comes_out_except_for_secrets(full: dict[str, Any], make: Make, backend_kinds: Kinds) -> None:
    shown = endpoint_json(make(), backend_kinds)
    config = shown["policies"][0].pop("config")
    assert config == {"allowed_users": [], "denied_users": [], "allow_guests": False, "marketplaces": []}
    assert shown.pop("model")["settings"] == {"url": "http://127.0.0.1:9000/q", "headers": {"X-Key": "***"}}
    assert {field: shown[field] for field in full if field != "model"} == {
        **{field: value for field, value in full.items() if field != "model"},
        "policies": [{"name": "Open", "type": "access"}],
    }
    assert (shown["id"], shown["created_at"]) == (ID, "2026-03-01T12:00:00+00:00")
    assert "hunter2" not in json.dumps(endpoint_json(make(), backend_kinds))


def test_of_a_kind_that_is_gone_every_setting_is_hidden(make: Make) -> None:
    assert endpoint_json(make(), {})["dataset"]["settings"] == {"url": "***"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \u200b\u200b "),
        ("name", "x" * 101),
        ("name", "a\nb"),
        ("name", "a\u202eb"),
        ("name", "a\ud800"),
        ("name", None),
        ("name", 5),
        ("name", b"bytes"),
        ("slug", "ab"),
        ("slug", "a" * 64),
        ("slug", "research-qa\n"),
        ("slug", " research-qa"),
        ("slug", "Research"),
        ("slug", "search"),
        ("slug", ""),
        ("slug", None),
        ("summary", "x" * 501),
        ("summary", "a\0"),
        ("description", "x" * 50_001),
        ("description", "a\x1b[31m"),
        ("tags", "science"),
        ("tags", [f"t{number}" for number in range(11)]),
        ("tags", ["x"] * 1_000),
        ("version", "1.0"),
        ("version", "1.0.0\n"),
        ("version", "1.0.0-rc1"),
        ("version", "1.0.\u0661"),
        ("version", 1.0),
        ("visibility", "secret"),
        ("response_type", "all"),
        ("published", "true"),
        ("published", 1),
        ("published", None),
        ("dataset", "http"),
        ("dataset", []),
        ("policies", {}),
        ("policies", [{"type": "access"}] * 51),
        ("category", "x" * 51),
        ("language", "english please"),
        ("language", "en\n"),
    ],
)
def test_a_wrong_value_is_told_under_its_field_alone(
    faults: Faults, full: dict[str, Any], field: str, value: Any
) -> None:
    assert list(faults(load_endpoint, {**full, field: value})) == [field]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"tags": ["ok", "a,b"]}, "tags.1"),
        ({"tags": ["x" * 31]}, "tags.0"),
        ({"tags": ["👩\u200d🔬"]}, "tags.0"),
        ({"tags": [" "]}, "tags.0"),
        ({"tags": [None]}, "tags.0"),
        ({"dataset": {"kind": "http", "setings": {}}}, "dataset.setings"),
        ({"dataset": {"settings": {}}}, "dataset.kind"),
        ({"dataset": {"kind": "HTTP"}}, "dataset.kind"),
        ({"dataset": {"kind": "http", "settings": [1]}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {"url": "a\0"}}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {"url": {"deep": ["a\udfff"]}}}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {"n": math.inf}}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {"n": 10**30}}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {"when": NOW}}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {1: "x"}}}, "dataset.settings"),
        ({"dataset": {"kind": "http", "settings": {"many": [0] * 25_001}}}, "dataset.settings"),
        ({"policies": [{"type": "access", "conf": {}}]}, "policies.0.conf"),
        ({"policies": [{"type": "access"}, {"config": {}}]}, "policies.1.type"),
        ({"policies": [{"type": "access"}, 5, {"type": "quota"}]}, "policies.1"),
        ({"policies": [5, {"type": "access"}, {"type": "quota"}]}, "policies.2.type"),
        ({"policies": [{"type": "rate_limit", "config": {"limit": "0/m"}}]}, "policies.0.config.limit"),
        ({"slugg": "x"}, "slugg"),
        ({"a\0b": 1}, "a\ufffdb"),
    ],
)
def test_a_fault_inside_is_told_under_its_whole_path(
    faults: Faults, full: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    assert path in faults(load_endpoint, {**full, **change})


def test_all_faults_are_told_at_once(faults: Faults) -> None:
    wrong = {"name": "", "slug": "x", "tags": ["a b"], "unknown": 1, "policies": [{"type": "quota"}]}
    assert sorted(faults(load_endpoint, wrong)) == ["name", "policies.0.type", "slug", "tags.0", "unknown"]


@pytest.mark.parametrize("body", [None, [], "name", 5])
def test_a_body_that_is_no_object_is_refused(faults: Faults, body: Any) -> None:
    assert list(faults(load_endpoint, body)) == ["body"]


def test_settings_that_hold_themselves_are_refused(faults: Faults, full: dict[str, Any]) -> None:
    loop: dict[str, Any] = {}
    loop["self"] = loop
    assert "dataset.settings" in faults(load_endpoint, {**full, "dataset": {"kind": "http", "settings": loop}})


def test_a_length_is_told_with_both_numbers(faults: Faults) -> None:
    assert faults(load_endpoint, {"name": "x" * 120})["name"] == ["Holds 120 characters; at most 100 are allowed."]


def test_names_are_composed_and_line_ends_unified(make: Make) -> None:
    made = make(name="cafe\u0301", description="a\r\nb")
    assert (made.name, made.description) == ("caf\u00e9", "a\nb")


def test_tags_are_cleaned_and_counted_without_repeats(make: Make) -> None:
    repeated = [" X ", "x"] * 10
    assert make(tags=[*repeated, "B"]).tags == ("x", "b")


@pytest.mark.parametrize(
    ("dataset", "model", "given_type", "expected"),
    [
        (SIDE, None, None, "raw"),
        (None, SIDE, None, "summary"),
        (SIDE, SIDE, None, "both"),
        (None, None, None, "both"),
        (SIDE, SIDE, "raw", "raw"),
        (SIDE, SIDE, "summary", "summary"),
        (None, None, "summary", "summary"),
    ],
)
def test_the_response_type_is_what_was_said_or_what_fits(
    dataset: Any, model: Any, given_type: str | None, expected: str
) -> None:
    body = {"name": "Some", "dataset": dataset, "model": model}
    assert load_endpoint({**body, **({"response_type": given_type} if given_type else {})}).response_type == expected


@pytest.mark.parametrize(
    ("dataset", "model", "response_type"),
    [(SIDE, None, "summary"), (SIDE, None, "both"), (None, SIDE, "raw"), (None, SIDE, "both")],
)
def test_a_response_type_that_nothing_configured_can_give_is_refused(
    faults: Faults, dataset: Any, model: Any, response_type: str
) -> None:
    body = {"name": "Some", "dataset": dataset, "model": model, "response_type": response_type}
    assert list(faults(load_endpoint, body)) == ["response_type"]


def test_backends_are_held_to_their_kind(faults: Faults, full: dict[str, Any], backend_kinds: Kinds) -> None:
    body = {
        "name": "Some",
        "dataset": {"kind": "http", "settings": {"url": "", "uri": "x"}},
        "model": {"kind": "openai"},
        "response_type": "both",
    }
    told = faults(load_endpoint, body, backend_kinds=backend_kinds)
    assert sorted(told) == ["dataset.settings.uri", "dataset.settings.url", "model.kind"]
    assert "headers, health_url, url" in told["dataset.settings.uri"][0]
    assert load_endpoint(full, backend_kinds=backend_kinds).slug == "research-qa"


def test_a_plugins_policy_type_is_accepted_while_it_is_known(faults: Faults, full: dict[str, Any]) -> None:
    body = {**full, "policies": [{"type": "quota", "config": {"left": 5}}]}
    assert load_endpoint(body, policy_types=["quota"]).policies[0].config == {"left": 5}
    assert list(faults(load_endpoint, body)) == ["policies.0.type"]
    assert load_patch({"policies": body["policies"]}, policy_types=["quota"])["policies"][0].type == "quota"


def test_a_price_below_nothing_is_told_as_that(faults: Faults, full: dict[str, Any]) -> None:
    for price in (-1, "-1", "-0.5"):
        told = faults(load_endpoint, {**full, "policies": [{"type": "accounting", "config": {"price": price}}]})
        assert told == {"policies.0.config.price": ["Must be from 0 to 1,000,000."]}


def test_prices_in_two_currencies_are_refused(faults: Faults, full: dict[str, Any]) -> None:
    prices = [{"type": "accounting", "config": {"price": 1, "currency": currency}} for currency in ("USD", "EUR")]
    assert list(faults(load_endpoint, {**full, "policies": prices})) == ["policies"]
    assert list(faults(load_patch, {"policies": prices})) == ["policies"]
    assert len(load_endpoint({**full, "policies": [prices[0], prices[0]]}).policies) == 2


def test_a_long_list_of_nonsense_is_read_only_until_twenty_faults_are_found(faults: Faults) -> None:
    policy = {"type": "access", "config": {"allowed_users": ["a b"] * 9_000}}
    told = faults(load_endpoint, {"name": "Some", "policies": [policy] * 3})
    assert len(told) == 60
    assert "policies.2.config.allowed_users.19" in told
