"""What alerts are about, as it is read from a space."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from publicist.core.alerting.facts import AlertFacts
from publicist.core.records import Fact, QueryEvent
from publicist.core.schemas import load_maintenance, load_token
from publicist.core.secrets import Secret
from publicist.core.services import Services

from ...clock import START, Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish
from ..replay import rule
from ..telling import found


@pytest.fixture
def gather(services: Services, clock: Clock) -> Callable[..., list[Fact]]:
    """Return the facts of these triggers as a process sees them that has just begun."""

    def read(*triggers: str) -> list[Fact]:
        facts = AlertFacts(
            services.store,
            services.health_book,
            services.maintenance,
            services.usage_reports,
            services.spaces.current,
        )
        found = facts.gather([rule(trigger) for trigger in triggers], clock())
        return [fact for fact in found if fact.trigger in triggers]

    return read


Gather = Callable[..., list[Fact]]


def test_the_health_of_every_endpoint_is_a_fact(services: Services, clock: Clock, gather: Gather) -> None:
    endpoint = add_endpoint(services, tags=["science"])
    assert gather("state") == []
    found(services, endpoint.id, well=False)
    (fact,) = gather("state")

    assert (fact.name, fact.word, fact.endpoint_id, fact.tags) == ("research-qa", "offline", endpoint.id, ("science",))
    assert "Nothing answers." in fact.text
    clock.move(days=1)
    assert [one.word for one in gather("state")] == ["unknown"]


def test_what_a_check_warns_of_is_a_fact_until_it_does_not(services: Services, gather: Gather) -> None:
    endpoint = add_endpoint(services)
    found(services, endpoint.id, well=True, warning="The certificate ends in 9 days.")
    (fact,) = gather("expiry")
    assert (fact.name, fact.word, fact.text) == (
        "research-qa, check dataset",
        "warning",
        "The certificate ends in 9 days.",
    )
    found(services, endpoint.id, well=True)
    assert [one.word for one in gather("expiry")] == [""]
    found(services, endpoint.id, well=False)
    assert [one.word for one in gather("expiry")] == ["unknown"]


def test_how_publications_and_connections_stand_are_facts(
    services: Services, catalogues: Callable[..., Counterpart], gather: Gather
) -> None:
    add_endpoint(services)
    good = catalogues()
    add_marketplace(services, "Good", good.url, test=True)
    bad = add_marketplace(services, "Bad", "http://127.0.0.1:9", test=True)
    publish(services, marketplace_ids=[item.id for item in services.marketplaces.all() if item.name == "Good"])
    assert {(fact.name, fact.word) for fact in gather("marketplace")} == {
        ("The marketplace Good", ""),
        ("The marketplace Bad", "error"),
    }
    (listed,) = gather("publication")
    assert listed.quiet is False
    assert (listed.name, listed.word) == ("research-qa on Good", "")
    with services.store.write():
        (row,) = services.store.publications.wanted_listed()
        services.store.publications.save(replace(row, drift={"name": {"wanted": "a", "found": "b"}}))
    (drifted,) = gather("publication")
    assert (drifted.word, drifted.text) == ("drifted", "What is listed differs from what is wanted: name.")
    services.marketplaces.disable(bad.id)
    assert [fact.name for fact in gather("marketplace")] == ["The marketplace Good"]


def test_the_age_and_the_end_of_credentials_are_facts(services: Services, clock: Clock, gather: Gather) -> None:
    ends = (START + timedelta(days=30)).isoformat()
    services.tokens.create(load_token({"name": "ci", "scopes": ["read"], "expires_at": ends}, clock()))
    claims = urlsafe_b64encode(json.dumps({"exp": (START + timedelta(days=20)).timestamp()}).encode()).decode()
    jwt = f"e30.{claims.rstrip('=')}.c2ln"
    kept = add_marketplace(services, "Hub", "http://127.0.0.1:9", "syfthub", api_key=jwt)
    clock.move(days=10)
    services.spaces.change({"developer_token": Secret("opaque-token-1815")})
    clock.move(days=5)

    assert {(fact.name, fact.days) for fact in gather("expiry")} == {
        ("The API token ci", 15),
        ("The credential of Hub", 5),
    }
    assert {(fact.name, fact.days) for fact in gather("credential_age")} == {
        ("The API token ci", 15),
        ("The credential of Hub", 15),
        ("The developer token", 5),
    }
    services.marketplaces.edit(kept.id, {"api_key": "another-key-1815"}, test=False)
    services.marketplaces.edit(kept.id, {"name": "The hub"}, test=False)
    clock.move(days=1)
    assert {(fact.name, fact.days) for fact in gather("credential_age")} >= {("The credential of The hub", 1)}
    assert {fact.name for fact in gather("expiry")} == {"The API token ci"}


def test_a_revoked_token_is_nobodys_worry(services: Services, clock: Clock, gather: Gather) -> None:
    made, _ = services.tokens.create(load_token({"name": "ci", "scopes": ["read"]}, clock()))
    assert [fact.trigger for fact in gather("expiry", "credential_age")] == ["credential_age"]
    services.tokens.revoke(made.id)
    assert gather("expiry", "credential_age") == []


def test_our_own_network_is_a_fact(services: Services, gather: Gather) -> None:
    assert [(fact.name, fact.word) for fact in gather("network")] == [("Our own network", "")]
    with services.store.session():
        services.store.settings.set("network_down_since", START.isoformat())
    assert [fact.word for fact in gather("network")] == ["down"]


def refused(endpoint_id: str, clock: Clock) -> QueryEvent:
    return QueryEvent(clock(), endpoint_id, "", "a-person", "", 403, 1.0, denial="access_denied")


def test_unusual_queries_are_facts(services: Services, clock: Clock, gather: Gather) -> None:
    endpoint = add_endpoint(services)
    assert gather("usage") == []
    for _ in range(40):
        services.usage.record(refused(endpoint.id, clock))
    (fact,) = gather("usage")

    assert (fact.name, fact.word) == ("All endpoints", "repeated_denials")
    assert "was refused 40 times" in fact.text


def test_a_fact_in_maintenance_is_quiet(services: Services, clock: Clock, gather: Gather) -> None:
    endpoint = add_endpoint(services)
    found(services, endpoint.id, well=False)
    ends = (clock() + timedelta(hours=1)).isoformat()
    services.maintenance.add(load_maintenance({"ends_at": ends}, clock()))

    assert [fact.quiet for fact in gather("state")] == [True]


def test_a_space_without_rules_is_not_read(services: Services, clock: Clock, gather: Gather) -> None:
    assert gather() == []


def test_slow_things_are_read_now_and_then_only(services: Services, clock: Clock) -> None:
    facts = AlertFacts(
        services.store, services.health_book, services.maintenance, services.usage_reports, services.spaces.current
    )
    rules = [rule("marketplace")]
    assert facts.gather(rules, clock()) == []
    add_marketplace(services, "Hub", "http://127.0.0.1:9")
    assert facts.gather(rules, clock()) == []
    clock.move(seconds=31)
    assert len(facts.gather(rules, clock())) == 1


def test_of_an_endpoint_in_maintenance_everything_is_quiet_and_of_others_nothing(
    services: Services, clock: Clock, gather: Gather, catalogues: Callable[..., Counterpart]
) -> None:
    marketplace = add_marketplace(services, "Hub", catalogues().url)
    for slug in ("research-qa", "another"):
        found(services, add_endpoint(services, slug=slug).id, well=True, warning="Soon.")
        publish(services, slug)
    window = {"endpoint_slug": "research-qa", "ends_at": (clock() + timedelta(hours=1)).isoformat()}
    services.maintenance.add(load_maintenance(window, clock()))
    facts = gather("state", "publication", "expiry", "marketplace")

    assert {fact.trigger for fact in facts if fact.endpoint_slug} == {"state", "publication", "expiry"}
    assert all(fact.quiet == (fact.endpoint_slug == "research-qa") for fact in facts)
    everything = {"ends_at": (clock() + timedelta(hours=1)).isoformat()}
    services.maintenance.add(load_maintenance(everything, clock()))
    assert {fact.subject for fact in gather("state", "publication", "marketplace") if not fact.quiet} == {
        marketplace.id
    }
