"""Which limits hold for whom, and how long one waits."""

import pytest
from publicist.core.policies.rate_limits import closest, limit_needs_email, limited, windows_for
from publicist.core.records import Asker

from ..asking import ANN, BOB, NAMELESS, VISITOR, endpoint_with, policy

ALL = policy("rate_limit", "all", limit="10/m")
UNI = policy("rate_limit", "uni", limit="100/m", applied_to=["@uni.example"])
PATTERN = policy("rate_limit", "pattern", limit="50/m", applied_to=["*@*.example"])
FOR_ANN = policy("rate_limit", "ann", limit="1000/m; 5000/h", applied_to=["ann@uni.example"])
SHARED = policy("rate_limit", "shared", limit="20/m", scope="global")


@pytest.mark.parametrize(
    ("policies", "asker", "names"),
    [
        ((), ANN, []),
        ((ALL,), ANN, ["all"]),
        ((ALL, UNI), ANN, ["uni"]),
        ((ALL, UNI), BOB, ["all"]),
        ((ALL, UNI, FOR_ANN), ANN, ["ann"]),
        ((ALL, UNI, PATTERN), ANN, ["uni", "pattern"]),
        ((ALL, UNI, PATTERN), BOB, ["pattern"]),
        ((ALL, SHARED), BOB, ["all", "shared"]),
        ((UNI,), BOB, []),
        ((UNI, ALL), NAMELESS, ["all"]),
        ((UNI, ALL), VISITOR, ["all"]),
    ],
)
def test_the_limits_that_fit_most_closely_hold(policies: tuple[object, ...], asker: Asker, names: list[str]) -> None:
    assert [rule.name for rule in closest(policies, asker)] == names  # type: ignore[arg-type]


def test_several_rates_in_one_limit_are_windows_side_by_side() -> None:
    assert [str(window.rate) for window in windows_for(endpoint_with(FOR_ANN), ANN)] == ["1000/m", "5000/h"]


def test_each_person_has_windows_of_their_own_unless_the_limit_is_for_all() -> None:
    endpoint = endpoint_with(ALL, SHARED)
    (ann_own, ann_shared), (bob_own, bob_shared) = windows_for(endpoint, ANN), windows_for(endpoint, BOB)
    assert ann_own.key != bob_own.key
    assert ann_shared.key == bob_shared.key


def test_the_same_rate_twice_is_one_window() -> None:
    twice = endpoint_with(ALL, policy("rate_limit", "again", limit="10/m"))
    assert [window.policy for window in windows_for(twice, ANN)] == ["all"]


def test_groups_that_share_a_limit_do_not_share_it_with_each_other() -> None:
    uni = policy("rate_limit", limit="5/m", scope="global", applied_to=["@uni.example"])
    corp = policy("rate_limit", limit="5/m", scope="global", applied_to=["@corp.example"])
    endpoint = endpoint_with(uni, corp)
    assert windows_for(endpoint, ANN)[0].key != windows_for(endpoint, BOB)[0].key


def test_windows_of_two_endpoints_are_not_the_same() -> None:
    here, there = endpoint_with(ALL), endpoint_with(ALL, id="other")
    assert windows_for(here, ANN)[0].key != windows_for(there, ANN)[0].key


def test_a_refusal_says_the_limit_and_when_to_come_again() -> None:
    (window,) = windows_for(endpoint_with(ALL), ANN)
    decision = limited(window, 12.5)
    assert (decision.outcome, decision.type, decision.policy) == ("rate_limited", "rate_limit", "all")
    assert decision.retry_after == 12.5
    assert decision.message == "At most 10 queries a minute, per user: ask again later."


def test_an_address_is_needed_only_for_limits_aimed_at_people() -> None:
    assert limit_needs_email(UNI)
    assert not limit_needs_email(ALL)
