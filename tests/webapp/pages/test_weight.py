"""How heavy pages become where everything fails, and says so at length."""

from dataclasses import replace

import pytest
from publicist.core.publishing.listing import as_listed
from publicist.core.records import ErrorInfo, Publication
from publicist.core.services import Services

from ...bench.filled_settings import LONG, feedback, incidents, notices
from ...bench.filled_space import insert
from ...spaces import add_endpoint, add_marketplace
from ..site import Site
from .person import Person, person

MOST_BYTES = 150_000
"""What a browser may have to load for a page."""

ENDPOINTS, MARKETPLACES = 60, 10
AT_LENGTH = ErrorInfo("validation", LONG, LONG)


@pytest.fixture
def failing(site: Site) -> Person:
    """An owner of a space in which all that can fail has failed, and told so in 2,000 characters."""
    services = site.services
    places = [add_marketplace(services, f"Hub {n}", f"http://127.0.0.1:9/{n}") for n in range(MARKETPLACES)]
    endpoints = [add_endpoint(services, slug=f"tide-{number:04}") for number in range(ENDPOINTS)]
    with services.store.write():
        for place in places:
            wrong = {"status": "error", "status_cause": "validation", "status_reason": LONG}
            services.store.marketplaces.save(replace(place, **wrong), only=list(wrong))
            for endpoint in endpoints:
                row = Publication(f"{endpoint.id}-{place.id}", endpoint.id, place.id, "listed", 1, "published")
                row = replace(row, remote_id="1", remote_slug=endpoint.slug, listed_as=as_listed(endpoint))
                services.store.publications.add(replace(row, gave_up=True, error=AT_LENGTH))
    insert(services, "incident", incidents(services, "no-rule", endpoints[0].id))
    insert(services, "alert_delivery", notices(services, "no-channel"))
    insert(services, "feedback", feedback(services, endpoints[0].id))
    _removed(services, places[1].id)
    services.status_pages.change(everything=True)
    return person(site)


def _removed(services: Services, marketplace_id: str) -> None:
    with services.store.write():
        place = next(one for one in services.store.marketplaces.all() if one.id == marketplace_id)
        services.store.marketplaces.save(replace(place, removing=True), only=["removing"])


def test_no_page_is_heavy_where_everything_fails_at_length(site: Site, failing: Person) -> None:
    first, second = (item.id for item in site.services.marketplaces.all()[:2])
    pages = (
        *("/", "/monitoring", "/activity", "/settings/notifications", "/settings/marketplaces", "/status"),
        *(f"/plan/{first}/progress", f"/settings/marketplaces/{first}", f"/settings/marketplaces/{second}/remove"),
        *("/endpoints/tide-0000", "/endpoints/tide-0000/feedback", "/endpoints/tide-0000/health"),
    )

    heavy = {path: size for path in pages if (size := len(failing.html(path).encode())) > MOST_BYTES}

    assert heavy == {}
