"""Settings, Marketplaces offers the kinds that files describe like any other."""

from collections.abc import Iterator

import pytest

from ...plugins.described import ckan
from ...plugins.described.served import Served, served
from ..site import Site
from .person import person


@pytest.fixture
def running() -> Iterator[Served]:
    with served(ckan.Portal().app()) as there:
        yield there


def test_a_described_kind_is_offered_filled_in_and_tested(site: Site, running: Served) -> None:
    assert "CKAN" in person(site).open("/settings/marketplaces/add")
    form = person(site).open("/settings/marketplaces/add?kind=ckan")
    assert "Organisation" in form
    assert "API token" in form

    entered = {"name": "Open data", "url": running.url, "api_key": ckan.TOKEN, "sync_policy": "no_withdraw"}
    organization = {"settings.organization": ckan.ORGANIZATION}
    sent = person(site).send("/settings/marketplaces/add", kind="ckan", **entered, **organization)
    assert "Added Open data, and connected as observatory" in sent

    added = site.services.marketplaces.get("Open data")
    assert (added.status, added.account) == ("active", ckan.ORGANIZATION)
    assert dict(added.settings) == {"organization": ckan.ORGANIZATION}


def test_the_plugins_page_lists_descriptions(site: Site) -> None:
    assert "described:ckan" in person(site).open("/settings/plugins")
