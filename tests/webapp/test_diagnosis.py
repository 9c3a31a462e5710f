"""``GET /endpoints/{slug}/diagnosis``."""

from collections.abc import Callable
from typing import Any

from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_marketplace
from .site import Site, good, problem

PATH = "/endpoints/research-qa/diagnosis"


def test_whoever_may_read_is_told_what_troubles_an_endpoint(
    site: Site, described: Callable[..., dict[str, Any]], catalogues: Callable[..., Counterpart]
) -> None:
    there = catalogues()
    there.insert("research-qa", account="somebody")
    add_marketplace(site.services, "Hub", there.url)
    good(site.owner.post("/endpoints", described()), 201)
    told = good(site.caller("read").get(PATH))
    assert (told["endpoint_slug"], told["state"], told["at"]) == ("research-qa", "fail", "2026-03-01T12:00:00+00:00")
    assert told["steps"][0] == {
        "part": "publishing",
        "code": "slug_conflict",
        "title": "Slug",
        "state": "fail",
        "seen": "The slug research-qa is taken.",
        "remedy": "Check the slug's availability and choose another one, then update the endpoint.",
        "marketplace_id": site.services.marketplaces.get("Hub").id,
        "marketplace_name": "Hub",
    }


def test_nobody_else_is_told(site: Site) -> None:
    problem(site.caller().get(PATH), 401)
    problem(site.owner.get(PATH), 404)
