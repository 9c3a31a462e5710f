"""Who may query, told as tables."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.policies.access import access_needs_email, check_access, check_guest, takes_guests
from publicist.core.policies.people import fits
from publicist.core.records import Asker

from ..asking import ANN, BOB, NAMELESS, NOBODY, OWNER, VISITOR, policy

OPEN = policy("access")
TO_GUESTS = policy("access", allow_guests=True)


@pytest.mark.parametrize(
    ("config", "asker", "allowed"),
    [
        ({}, ANN, True),
        ({}, NAMELESS, True),
        ({"allowed_users": ["ann@uni.example"]}, ANN, True),
        ({"allowed_users": ["ANN@Uni.Example"]}, ANN, True),
        ({"allowed_users": ["ann@uni.example"]}, BOB, False),
        ({"allowed_users": ["ann@uni.example"]}, NAMELESS, False),
        ({"allowed_users": ["@uni.example"]}, ANN, True),
        ({"allowed_users": ["@example"]}, ANN, False),
        ({"allowed_users": ["uni.example"]}, ANN, False),
        ({"allowed_users": ["*@uni.example"]}, ANN, True),
        ({"allowed_users": ["*@*.example"]}, BOB, True),
        ({"allowed_users": ["a?n@uni.example"]}, ANN, True),
        ({"allowed_users": ["[a]nn@uni.example"]}, ANN, False),
        ({"allowed_users": ["*"]}, BOB, True),
        ({"denied_users": ["bob@corp.example"]}, BOB, False),
        ({"denied_users": ["bob@corp.example"]}, ANN, True),
        ({"denied_users": ["@corp.example"]}, BOB, False),
        ({"denied_users": ["@corp.example"]}, NAMELESS, False),
        ({"denied_users": ["*"]}, ANN, False),
        ({"allowed_users": ["bob@corp.example"], "denied_users": ["bob@corp.example"]}, BOB, False),
        ({"allowed_users": ["bob@corp.example"], "denied_users": ["*"]}, BOB, False),
        ({"allowed_users": ["*"], "denied_users": ["*@corp.example"]}, BOB, False),
        ({"marketplaces": ["Hub"]}, ANN, True),
        ({"marketplaces": ["hub*"]}, ANN, True),
        ({"marketplaces": ["Other", "Syft*"]}, ANN, False),
        ({"marketplaces": ["Other"], "allowed_users": ["ann@uni.example"]}, ANN, False),
        ({}, VISITOR, False),
        ({"allow_guests": True}, VISITOR, True),
        ({"allow_guests": True}, NOBODY, True),
        ({"allow_guests": True, "allowed_users": ["@uni.example"]}, VISITOR, False),
        ({"allow_guests": True, "allowed_users": ["*"]}, VISITOR, True),
        ({"allow_guests": True, "denied_users": ["@corp.example"]}, VISITOR, True),
        ({"allow_guests": True, "denied_users": ["*"]}, VISITOR, False),
        ({"allow_guests": True, "marketplaces": ["Hub"]}, VISITOR, True),
        ({"allow_guests": True, "marketplaces": ["Hub"]}, NOBODY, False),
        ({"denied_users": ["*"]}, OWNER, True),
    ],
)
def test_who_has_access(config: dict[str, Any], asker: Asker, allowed: bool) -> None:
    decision = check_access(policy("access", **config), asker)
    assert decision.allowed is allowed
    assert decision.outcome == ("allowed" if allowed else "access_denied")
    assert bool(decision.message) is not allowed


def test_a_guest_is_not_known_by_an_address_that_a_token_gives_them() -> None:
    guest = Asker("hub", "Hub", "guest", email="guest@hub.example", guest=True)
    assert not check_access(policy("access", allowed_users=["guest@hub.example"], allow_guests=True), guest).allowed


def test_a_refusal_names_nobody() -> None:
    rule = policy("access", "only for eve@secret.example", allowed_users=["eve@secret.example"])
    for asker in (ANN, NAMELESS, VISITOR, NOBODY):
        assert "secret" not in check_access(rule, asker).message


@pytest.mark.parametrize(
    ("policies", "taken"),
    [
        ((), False),
        ((policy("rate_limit", limit="1/m"),), False),
        ((OPEN,), False),
        ((TO_GUESTS,), True),
        ((TO_GUESTS, OPEN), False),
        ((TO_GUESTS, policy("rate_limit", limit="1/m")), True),
    ],
)
def test_guests_are_taken_only_where_every_access_policy_says_so(policies: tuple[Any, ...], taken: bool) -> None:
    assert takes_guests(policies) is taken
    assert check_guest(policies, VISITOR).allowed is taken
    assert check_guest(policies, ANN).allowed


@pytest.mark.parametrize(
    ("config", "needed"),
    [
        ({}, False),
        ({"allowed_users": ["*"]}, False),
        ({"denied_users": ["*"]}, False),
        ({"allowed_users": ["@uni.example"]}, True),
        ({"denied_users": ["bob@corp.example"]}, True),
        ({"marketplaces": ["Hub"]}, False),
    ],
)
def test_an_address_is_needed_only_where_people_are_named(config: dict[str, Any], needed: bool) -> None:
    assert access_needs_email(policy("access", **config).config) is needed


@given(st.text(max_size=30))
def test_a_name_without_wildcards_fits_itself_and_star_fits_all(name: str) -> None:
    assert fits("*", name)
    assert fits(name, name)


def test_many_stars_are_matched_in_no_time() -> None:
    assert not fits("*a" * 100 + "b", "a" * 320)
