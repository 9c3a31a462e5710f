import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.records import Marketplace, MarketplaceKind, Pace, Pacing, SettingField, Standing
from publicist.core.schemas import load_marketplace, load_marketplace_patch, marketplace_json
from publicist.core.secrets import Secret

Faults = Callable[..., dict[str, list[str]]]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
SYFTHUB = MarketplaceKind(
    "syfthub",
    "SyftHub",
    default_url="https://syfthub.openmined.org",
    settings=(
        SettingField("api_key", "API key", secret=True),
        SettingField("username", "User"),
        SettingField("password", "Password", secret=True),
        SettingField("take_over", "Take over"),
        SettingField("client_secret", "Client secret", secret=True),
    ),
)
STRICT = MarketplaceKind("strict", "Strict", settings=(SettingField("api_key", "Key", secret=True, required=True),))
MARKETPLACE_KINDS = {"syfthub": SYFTHUB, "strict": STRICT}


def test_a_marketplaces_secrets_are_kept_apart() -> None:
    draft = load_marketplace(
        {
            "kind": "syfthub",
            "name": "SyftHub",
            "url": "https://hub.example/",
            "username": "ann",
            "password": " two spaces ",
            "api_key": " syft_pat_x\n",
            "settings": {"take_over": "other", "client_secret": "s3"},
        },
        MARKETPLACE_KINDS,
    )
    assert (draft.kind, draft.name, draft.url, draft.sync_policy) == (
        "syfthub",
        "SyftHub",
        "https://hub.example",
        "no_withdraw",
    )
    assert draft.settings == {"username": "ann", "take_over": "other"}
    assert draft.credentials == {
        "api_key": Secret("syft_pat_x"),
        "password": Secret(" two spaces "),
        "client_secret": Secret("s3"),
    }
    assert "syft_pat_x" not in repr(draft)


def test_the_kinds_own_address_is_used_where_it_has_one(faults: Faults) -> None:
    assert load_marketplace({"kind": "syfthub", "name": "Hub"}, MARKETPLACE_KINDS).url == SYFTHUB.default_url
    told = faults(load_marketplace, {"kind": "strict", "name": "Hub"}, MARKETPLACE_KINDS)
    assert sorted(told) == ["api_key", "url"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "unheard-of"}, "kind"),
        ({"kind": None}, "kind"),
        ({"name": "\u200b"}, "name"),
        ({"url": "https://u:p@hub.example"}, "url"),
        ({"url": ""}, "url"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": "a\nb"}, "api_key"),
        ({"api_key": "top\0secret"}, "api_key"),
        ({"password": 5}, "password"),
        ({"settings": {"client_secret": 5}}, "settings.client_secret"),
        ({"settings": {"colour": "red"}}, "settings.colour"),
        ({"settings": {"take_over": "\0"}}, "settings"),
        ({"sync_policy": "always"}, "sync_policy"),
        ({"status": "active"}, "status"),
    ],
)
def test_a_wrong_marketplace_is_told_by_field(faults: Faults, change: dict[str, Any], path: str) -> None:
    body = {"kind": "syfthub", "name": "Hub", "api_key": "k", **change}
    told = faults(load_marketplace, body, MARKETPLACE_KINDS)
    assert list(told) == [path]
    assert "secret" not in " ".join(told[path]).replace("client_secret", "")


MARKETPLACE = Marketplace(
    id=ID,
    kind="syfthub",
    name="SyftHub",
    url="https://hub.example",
    settings={"username": "ann"},
    credentials={"password": Secret("hunter2"), "api_key": Secret("syft_pat_x")},
    sync_policy="full",
    status="error",
    status_cause="authentication_failed",
    status_reason="The key was refused.",
    status_since=NOW,
    account=None,
    created_at=NOW,
)


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, {}),
        ({"name": "New", "sync_policy": "create_only"}, {"name": "New", "sync_policy": "create_only"}),
        ({"api_key": "***"}, {}),
        (
            {"api_key": "new", "username": None},
            {"settings": {}, "credentials": {"password": Secret("hunter2"), "api_key": Secret("new")}},
        ),
        (
            {"password": None, "settings": {"take_over": "x", "client_secret": "***"}},
            {"settings": {"username": "ann", "take_over": "x"}, "credentials": {"api_key": Secret("syft_pat_x")}},
        ),
    ],
)
def test_a_marketplace_patch_keeps_what_was_not_named(patch: dict[str, Any], expected: dict[str, Any]) -> None:
    assert load_marketplace_patch(patch, MARKETPLACE, SYFTHUB) == expected


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"kind": "strict"}, "kind"),
        ({"url": "x"}, "url"),
        ({"settings": {"no": 1}}, "settings.no"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_marketplace_patch_is_told_by_field(faults: Faults, patch: dict[str, Any], path: str) -> None:
    assert list(faults(load_marketplace_patch, patch, MARKETPLACE, SYFTHUB)) == [path]


def test_a_marketplace_is_shown_without_its_secrets() -> None:
    shown = marketplace_json(MARKETPLACE, 3, Standing(Pace(600.0, 60, 8), Pacing(ID), None))
    assert (shown["id"], shown["endpoint_count"], shown["status"], shown["status_reason"]) == (
        ID,
        3,
        "error",
        "The key was refused.",
    )
    assert shown["credentials"] == ["api_key", "password"]
    assert not {"hunter2", "syft_pat_x"} & set(json.dumps(shown).split('"'))
