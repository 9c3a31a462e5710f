"""Editing a list of policies, and what taking one out opens up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import Conflict, NotFound
from publicist.core.policies.listed import (
    BACK_TO_OTHERS,
    EVERYBODY_ASKS,
    FEWER_LIMITS,
    FREE,
    GUESTS_TOO,
    NO_LIMIT,
    OF_PLUGIN,
    OTHERS_DECIDE,
    fingerprint,
    moved,
    opens_up,
    put,
    unchanged,
    without,
)
from publicist.core.records import Policy


def policy(kind: str, **config: Any) -> Policy:
    return Policy(kind, kind, config)


MEMBERS = policy("access", allowed_users=["@uni.example"])
GUESTS = policy("access", allow_guests=True)
PACE = policy("rate_limit", limit="10/m")
TIER = policy("rate_limit", limit="100/m", applied_to=["@uni.example"])
PRICE = policy("accounting", price="0.05", currency="EUR")
PAGES = policy("accounting", price=1, currency="EUR", unit="document")
QUOTA = policy("quota")


@pytest.mark.parametrize(
    ("policies", "place", "said"),
    [
        ([MEMBERS], 0, EVERYBODY_ASKS),
        ([MEMBERS, PACE], 0, EVERYBODY_ASKS),
        ([MEMBERS, policy("access", denied_users=["eve@uni.example"])], 1, OTHERS_DECIDE),
        ([GUESTS, MEMBERS], 1, f"{OTHERS_DECIDE} {GUESTS_TOO}"),
        ([PACE], 0, NO_LIMIT),
        ([PACE, TIER], 1, BACK_TO_OTHERS),
        ([PACE, TIER], 0, FEWER_LIMITS),
        ([PRICE], 0, FREE),
        ([PRICE, PAGES], 0, "The price goes down to 1 EUR per document."),
        ([PRICE, PAGES, PRICE], 0, "The price goes down to 0.05 EUR per query and 1 EUR per document."),
        ([QUOTA, MEMBERS], 0, OF_PLUGIN),
    ],
)
def test_it_is_told_what_a_removal_opens_up(policies: list[Policy], place: int, said: str) -> None:
    assert opens_up(policies, place) == said


@given(st.lists(st.sampled_from([MEMBERS, PACE, PRICE, QUOTA]), min_size=1, max_size=8), st.data())
def test_editing_a_list_loses_nothing_else(policies: list[Policy], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(policies) - 1))
    by = data.draw(st.integers(-9, 9))
    assert sorted(map(id, moved(policies, place, by))) == sorted(map(id, policies))
    assert put(without(policies, place), None, policies[place])[-1] is policies[place]
    replaced = put(policies, place, TIER)
    assert replaced[place] is TIER
    assert len(replaced) == len(policies)


def test_a_policy_moves_by_one_and_stays_at_the_ends() -> None:
    three = [MEMBERS, PACE, PRICE]
    assert moved(three, 0, 1) == (PACE, MEMBERS, PRICE)
    assert moved(three, 2, -1) == (MEMBERS, PRICE, PACE)
    assert moved(three, 0, -1) == moved(three, 0, 0) == tuple(three)


def test_a_place_without_a_policy_is_not_found() -> None:
    for act in (without, opens_up):
        with pytest.raises(NotFound):
            act([MEMBERS], 1)
    with pytest.raises(NotFound):
        moved([MEMBERS], -1, 1)


def test_policies_that_somebody_changed_meanwhile_are_a_conflict() -> None:
    seen = fingerprint([MEMBERS, PACE])
    unchanged([MEMBERS, PACE], seen)
    for now in ([PACE, MEMBERS], [MEMBERS], [MEMBERS, TIER]):
        with pytest.raises(Conflict):
            unchanged(now, seen)
