"""Would this person get through, and which rule decides? Asked without using anything up."""

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import InvalidInput
from publicist.core.queries.dry_run import imagined, verdict
from publicist.core.records import Policy, PolicyStep
from publicist.core.schemas import dry_run_json, load_dry_run
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_marketplace, opened
from ..asking import ANN, endpoint_with, policy, query
from ..till import install_till

ANN_ONLY = policy("access", "friends", allowed_users=["ann@uni.example"])
ALL = policy("rate_limit", "all", limit="2/m")
UNI = policy("rate_limit", "uni", limit="9/m", applied_to=["@uni.example"])
SHARED = policy("rate_limit", "shared", limit="1/h", scope="global")
PAID = policy("accounting", "paid", price="0.5", require_payment=True)
TRACKED = policy("accounting", "tracked", price="0.1", unit="document")
FREE = policy("accounting", "free", price=0)


@pytest.fixture
def space(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    install_till(tmp_path / "plugin", monkeypatch)
    with opened(tmp_path / "space", clock, PUBLICIST_PLUGINS="till") as services:
        yield services


def rehearsed(space: Services, *policies: Policy, email: str = "ann@uni.example", **person: Any) -> list[PolicyStep]:
    return space.enforcer.dry_run(endpoint_with(*policies), email=email, **person)


@pytest.mark.parametrize(
    ("policies", "email", "outcomes", "through"),
    [
        ((), "ann@uni.example", ["allowed"], True),
        ((ANN_ONLY,), "ANN@uni.example", ["allowed"], True),
        ((ANN_ONLY,), "bob@corp.example", ["access_denied"], False),
        ((ALL, UNI), "ann@uni.example", ["allowed", "not_applied", "allowed"], True),
        ((ALL, UNI), "bob@corp.example", ["allowed", "allowed", "not_applied"], True),
        ((PAID, ANN_ONLY), "ann@uni.example", ["allowed", "payment_required"], True),
        ((PAID, ANN_ONLY), "bob@corp.example", ["access_denied", "payment_required"], False),
        ((TRACKED, FREE), "ann@uni.example", ["allowed", "allowed", "allowed"], True),
        ((PAID, policy("accounting", price=1, currency="EUR")), "a@b.c", ["allowed"] + ["policy_violation"] * 2, False),
        ((policy("quota", how="allowed"),), "ann@uni.example", ["allowed", "not_tried"], None),
        ((ANN_ONLY, policy("quota", how="allowed")), "bob@corp.example", ["access_denied", "not_tried"], False),
        ((Policy("x", "gone", {}),), "ann@uni.example", ["allowed", "policy_violation"], False),
    ],
)
def test_each_policy_says_what_it_would_say(
    space: Services, policies: tuple[Policy, ...], email: str, outcomes: list[str], through: bool | None
) -> None:
    steps = rehearsed(space, *policies, email=email)
    assert [step.outcome for step in steps] == outcomes
    assert verdict(steps) is through
    assert all(step.message for step in steps)
    refusals = [place for place, each in enumerate(outcomes) if each in ("access_denied", "policy_violation")]
    assert [place for place, step in enumerate(steps) if step.decides] == refusals[:1]


@pytest.mark.parametrize(
    ("policies", "through"),
    [
        ((), False),
        ((ANN_ONLY,), False),
        ((policy("access", allow_guests=True),), True),
        ((policy("access", allow_guests=True, marketplaces=["Hub"]),), False),
    ],
)
def test_a_guest_gets_through_where_guests_are_taken(
    space: Services, policies: tuple[Policy, ...], through: bool
) -> None:
    assert verdict(rehearsed(space, *policies, email="", guest=True)) is through


def test_nothing_is_used_up_and_no_plugin_is_asked(space: Services) -> None:
    endpoint = endpoint_with(SHARED, policy("quota", how="allowed"))
    for _ in range(5):
        assert [step.outcome for step in rehearsed(space, *endpoint.policies)] == ["allowed", "allowed", "not_tried"]
    assert sys.modules["till"].asked == []
    assert space.enforcer.admit(endpoint_with(SHARED), ANN, query(), body_digest="b", payment=None).decision.allowed


def test_a_limit_that_all_have_used_up_together_refuses(space: Services) -> None:
    space.enforcer.admit(endpoint_with(SHARED), ANN, query(), body_digest="b", payment=None)
    (_, step) = rehearsed(space, SHARED, email="bob@corp.example")
    assert (step.outcome, step.policy, step.decides) == ("rate_limited", "shared", True)


def test_of_a_limit_of_their_own_it_is_said_that_its_state_is_not_known(space: Services) -> None:
    (_, step) = rehearsed(space, ALL)
    assert step.message.startswith("At most 2 queries a minute, per user.")
    assert "token" in step.message


def test_a_payment_is_told_with_what_is_owed(space: Services) -> None:
    steps = rehearsed(space, PAID, TRACKED)
    assert (steps[1].owed, steps[1].currency) == (Decimal("0.5"), "USD")
    assert steps[1].message == "0.5 USD per query must be paid before the answer."
    assert steps[2].message == "0.1 USD per document is put on their account."
    shown = dry_run_json("papers", steps, allowed=True)
    assert shown["payment_required"] is True
    assert json.loads(json.dumps(shown))["steps"][1]["owed"] == "0.5"


def test_the_only_marketplace_is_where_they_come_from(space: Services) -> None:
    hub = add_marketplace(space, "Hub", "http://127.0.0.1:9")
    assert imagined(space.store, "a@b.c", "", guest=False).marketplace_id == hub.id
    other = add_marketplace(space, "Other", "http://127.0.0.1:8")
    assert imagined(space.store, "a@b.c", "", guest=False).marketplace_id == ""
    for named in ("Other", other.id):
        assert imagined(space.store, "a@b.c", named, guest=False).marketplace_name == "Other"
    with pytest.raises(InvalidInput, match="Nowhere"):
        imagined(space.store, "a@b.c", "Nowhere", guest=False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "ann@uni.example", "guest": True}, "email"),
        ({"email": "@uni.example"}, "email"),
        ({"email": "*@uni.example"}, "email"),
        ({"email": "ann"}, "email"),
        ({"email": f"{'a' * 320}@b"}, "email"),
        ({"email": 5}, "email"),
        ({"guest": "yes"}, "guest"),
        ({"guest": True, "who": "me"}, "who"),
    ],
)
def test_what_names_no_person_is_refused(body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_dry_run(body)
    assert field in caught.value.errors
