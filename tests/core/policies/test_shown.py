import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from publicist.core.errors import InvalidInput
from publicist.core.policies.rates import Rate, read_rates, say_rates, write_rates
from publicist.core.policies.shown import summarise
from publicist.core.records import Policy
from publicist.core.schemas import load_policy


def policy(kind: str, config: dict[str, Any], known: tuple[str, ...] = ()) -> Policy:
    return load_policy({"name": "", "type": kind, "config": config}, known_types=known)


def faults(kind: str, config: Any, known: tuple[str, ...] = ()) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        load_policy({"type": kind, "config": config}, known_types=known)
    return caught.value.errors


@pytest.mark.parametrize(
    ("text", "rates", "said"),
    [
        ("100/m", (Rate(100, 1, "m"),), "At most 100 queries a minute, per user"),
        ("1/h", (Rate(1, 1, "h"),), "At most 1 query an hour, per user"),
        (
            "10/minute;4/second",
            (Rate(10, 1, "m"), Rate(4, 1, "s")),
            "At most 10 queries a minute and at most 4 queries a second, per user",
        ),
        ("5/30s", (Rate(5, 30, "s"),), "At most 5 queries in 30 seconds, per user"),
        (" 1000000 per 2 Days ", (Rate(1_000_000, 2, "d"),), "At most 1,000,000 queries in 2 days, per user"),
    ],
)
def test_a_rate_is_said_back_as_it_was_understood(text: str, rates: tuple[Rate, ...], said: str) -> None:
    assert read_rates(text) == rates
    assert say_rates(rates, "per_user") == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2000",
        "0/minute",
        "5/0 seconds",
        "1000001/m",
        "12345678901234567890/m",
        "-1/m",
        "1.5/m",
        "5/367d",
        "5/99999999999999999999s",
        "5/month",
        "5/m;",
        "5/m\n/x",
        "\u0665/m",
        "1/s;1/s;1/s;1/s;1/s;1/s",
        "1/s" + " " * 300,
    ],
)
def test_a_rate_that_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[.]$"):
        read_rates(text)


RATES = st.builds(Rate, st.integers(1, 1_000_000), st.integers(1, 366), st.sampled_from("smhd"))


@given(st.lists(RATES, min_size=1, max_size=5))
def test_a_written_rate_reads_as_itself(rates: list[Rate]) -> None:
    assert read_rates(write_rates(rates)) == tuple(rates)


@pytest.mark.parametrize(
    ("kind", "entered", "clean"),
    [
        ("access", {}, {"allowed_users": [], "denied_users": [], "allow_guests": False, "marketplaces": []}),
        (
            "access",
            {"allowed_users": [" Ann@Example.ORG ", "@example.org"], "marketplaces": ["Syft*"]},
            {
                "allowed_users": ["ann@example.org", "@example.org"],
                "denied_users": [],
                "allow_guests": False,
                "marketplaces": ["Syft*"],
            },
        ),
        ("rate_limit", {"limit": "100/minute"}, {"limit": "100/m", "scope": "per_user", "applied_to": ["*"]}),
        (
            "accounting",
            {"price": "0.50", "currency": "eur"},
            {"price": "0.5", "currency": "EUR", "unit": "query", "require_payment": False},
        ),
        (
            "accounting",
            {"price": 0.05, "unit": "document", "require_payment": True},
            {"price": 0.05, "currency": "USD", "unit": "document", "require_payment": True},
        ),
    ],
)
def test_a_configuration_is_cleaned_and_gets_its_defaults(
    kind: str, entered: dict[str, Any], clean: dict[str, Any]
) -> None:
    assert policy(kind, entered).config == clean


@pytest.mark.parametrize(
    ("kind", "config", "field"),
    [
        ("access", {"allowed": []}, "config.allowed"),
        ("access", {"allowed_users": "ann@example.org"}, "config.allowed_users"),
        ("access", {"allowed_users": ["a b"]}, "config.allowed_users.0"),
        ("access", {"allowed_users": ["ok", "\u202ea"]}, "config.allowed_users.1"),
        ("access", {"denied_users": [""]}, "config.denied_users.0"),
        ("access", {"denied_users": ["a" * 321]}, "config.denied_users.0"),
        ("access", {"allow_guests": 1}, "config.allow_guests"),
        ("access", {"allowed_users": ["x"] * 10_001}, "config.allowed_users"),
        ("access", {"marketplaces": [" "]}, "config.marketplaces.0"),
        ("rate_limit", {}, "config.limit"),
        ("rate_limit", {"limit": 100}, "config.limit"),
        ("rate_limit", {"limit": "0/m"}, "config.limit"),
        ("rate_limit", {"limit": "1/m", "scope": "user"}, "config.scope"),
        ("rate_limit", {"limit": "1/m", "applied_to": []}, "config.applied_to"),
        ("accounting", {}, "config.price"),
        ("accounting", {"price": -1}, "config.price"),
        ("accounting", {"price": True}, "config.price"),
        ("accounting", {"price": "1e3"}, "config.price"),
        ("accounting", {"price": "NaN"}, "config.price"),
        ("accounting", {"price": 10**9}, "config.price"),
        ("accounting", {"price": "0.000000001"}, "config.price"),
        ("accounting", {"price": 1, "currency": "US"}, "config.currency"),
        ("accounting", {"price": 1, "currency": "DOLLAR"}, "config.currency"),
        ("accounting", {"price": 1, "unit": "hour"}, "config.unit"),
        ("access", [], "config"),
        ("access", {"allowed_users": ["\0"]}, "config"),
        ("quota", {}, "type"),
        ("Access", {}, "type"),
    ],
)
def test_a_wrong_configuration_is_told_by_field(kind: str, config: Any, field: str) -> None:
    assert list(faults(kind, config)) == [field]


def test_a_plugins_type_is_known_only_while_the_plugin_is_there() -> None:
    assert policy("quota", {"any": 1}, known=("quota",)).config == {"any": 1}
    assert "access, accounting, rate_limit" in faults("quota", {})["type"][0]


@pytest.mark.parametrize(
    ("kind", "config", "description", "facts"),
    [
        ("access", {}, "Open to everyone the marketplace vouches for", {"restricted": False}),
        ("access", {"allow_guests": True}, "Open to everyone, guests too", {"restricted": False, "guests": True}),
        ("access", {"allowed_users": ["*"]}, "Open to everyone the marketplace vouches for", {"restricted": False}),
        ("access", {"allowed_users": ["ann@x.org"], "allow_guests": True}, "By invitation", {"restricted": True}),
        ("access", {"denied_users": ["*"]}, "Closed at present", {"restricted": True}),
        (
            "rate_limit",
            {"limit": "100/m"},
            "At most 100 queries a minute, per user",
            {"limit": "100/m", "scope": "per_user"},
        ),
        (
            "rate_limit",
            {"limit": "9/s", "scope": "global"},
            "At most 9 queries a second, for all users together",
            {"limit": "9/s", "scope": "global"},
        ),
        (
            "rate_limit",
            {"limit": "900/m", "applied_to": ["ann@x.org"]},
            "Some people have their own limits",
            {"own_limits": True},
        ),
        (
            "accounting",
            {"price": 0},
            "Free of charge",
            {"price": "0", "currency": "USD", "unit": "query", "require_payment": False},
        ),
        (
            "accounting",
            {"price": "0.50", "require_payment": True},
            "0.5 USD per query, to be paid before the answer",
            {"price": "0.5", "currency": "USD", "unit": "query", "require_payment": True},
        ),
        ("quota", {"people": ["ann@x.org"]}, "Quota rules apply", {}),
    ],
)
def test_a_summary_tells_what_the_public_may_know(
    kind: str, config: dict[str, Any], description: str, facts: dict[str, Any]
) -> None:
    summary = summarise(policy(kind, config, known=("quota",)))
    assert (summary.type, summary.description, summary.config) == (kind, description, facts)


@pytest.mark.parametrize("prices", [(0.5, "0.50", "0.5"), (1, 1.0, "1.00"), (1e-07, "0.0000001"), (100, "100")])
def test_the_same_price_has_the_same_summary_however_it_was_written(prices: tuple[Any, ...]) -> None:
    assert len({json.dumps(summarise(policy("accounting", {"price": price})).config) for price in prices}) == 1


def test_the_owners_name_for_a_policy_stays_at_home() -> None:
    named = load_policy({"name": "only ann@example.org", "type": "access", "config": {}})
    assert named.name == "only ann@example.org"
    assert summarise(named).name == "Access"


NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=4, max_size=12)
DOMAINS = st.builds("{}.{}".format, NAMES, st.sampled_from(["org", "com", "example"]))
EMAILS = st.builds("{}@{}".format, NAMES, DOMAINS)
PEOPLE = st.lists(EMAILS | DOMAINS.map("@{}".format) | DOMAINS.map("*@{}".format), min_size=1, max_size=6)
FIXED = " ".join(
    json.dumps([each.name, each.type, each.description, each.config])
    for kind, config in (
        ("access", {}),
        ("access", {"allowed_users": ["x"]}),
        ("rate_limit", {"limit": "7/m"}),
        ("rate_limit", {"limit": "7/m", "applied_to": ["x"]}),
        ("quota", {}),
    )
    for each in [summarise(policy(kind, config, known=("quota",)))]
).lower()


@settings(deadline=None)
@given(PEOPLE, PEOPLE, st.booleans(), st.sampled_from(["access", "rate_limit", "quota"]))
def test_no_address_or_domain_ever_leaves_in_a_summary(
    people: list[str], others: list[str], everyone: bool, kind: str
) -> None:
    config = {
        "access": {"allowed_users": people, "denied_users": others},
        "rate_limit": {"limit": "7/m", "applied_to": [*people, *(["*"] if everyone else [])]},
        "quota": {"people": people, "nested": {"others": others}},
    }[kind]
    named = load_policy({"name": people[0], "type": kind, "config": config}, known_types=["quota"])
    summary = summarise(named)
    told = json.dumps([summary.name, summary.type, summary.description, summary.config]).lower()
    parts = {part for person in [*people, *others] for part in person.lstrip("*@").split("@")}
    for part in parts | {domain.split(".")[0] for domain in parts}:
        if part not in FIXED:
            assert part not in told


@settings(deadline=None)
@given(PEOPLE, PEOPLE, PEOPLE)
def test_a_summary_does_not_depend_on_who_or_how_many_are_listed(
    some: list[str], others: list[str], denied: list[str]
) -> None:
    assume(some != others)
    assert summarise(policy("access", {"allowed_users": some})) == summarise(
        policy("access", {"allowed_users": others, "denied_users": denied})
    )
    assert summarise(policy("rate_limit", {"limit": "5/s", "applied_to": some})) == summarise(
        policy("rate_limit", {"limit": "9/d", "applied_to": others})
    )
