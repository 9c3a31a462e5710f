"""The kind ``syfthub`` keeps the contract of a marketplace kind, on hubs of both dialects."""

import pytest
from publicist.core.testing import Counterpart, MarketplaceContract
from publicist.core.testing.connection_rules import ConnectionRules
from publicist.core.testing.listing_rules import ListingRules
from publicist.core.testing.offer_rules import OfferRules
from publicist.core.testing.outcome_rules import OutcomeRules
from publicist.core.testing.setup import ContractSetup
from publicist.plugins.localhub.server import RunningHub

from .provider import Person, fill
from .test_askers import mint


class OnHub(ContractSetup):
    kind = "syfthub"
    examples = 10

    @pytest.fixture
    def counterpart(self, person: Person) -> Counterpart:
        return Counterpart(
            person.url,
            settings={"api_key": person.token},
            take_slug=lambda slug: person.does("POST", "/endpoints", name="By hand", slug=slug, type="model"),
            slugs=lambda: [record["slug"] for record in person.records],
            fill=lambda number: fill(person, number),
            health=lambda: {record["slug"]: str(record["health_status"]) for record in person.records},
            token=lambda: mint(Person.sign_up(person.url), person),
        )


class TestAccounts(OnHub, MarketplaceContract):
    @pytest.fixture
    def hub(self, hubs: dict[str, RunningHub]) -> RunningHub:
        return hubs["accounts"]


class TestSatellites(OnHub, ConnectionRules, ListingRules, OutcomeRules, OfferRules):
    """What a hub with satellites answers otherwise; faults strike both dialects alike."""

    @pytest.fixture
    def hub(self, hubs: dict[str, RunningHub]) -> RunningHub:
        return hubs["satellites"]
