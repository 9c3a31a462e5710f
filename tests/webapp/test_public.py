"""What anybody may ask."""

from collections.abc import Callable
from typing import Any

import pytest

from ..plugins.custom.counterpart import Counterpart
from ..spaces import look
from .site import Site, good, problem


@pytest.fixture
def listed(site: Site, described: Callable[..., dict[str, Any]], catalogues: Callable[..., Counterpart]) -> Site:
    """A site whose endpoint is listed."""
    good(site.owner.post("/marketplaces", {"kind": "custom", "name": "Catalogue", "url": catalogues().url}), 201)
    good(site.owner.post("/endpoints", described()), 201)
    good(site.owner.post("/endpoints/research-qa/publish", {"publish_to_all_marketplaces": True}))
    return site


def test_the_space_says_that_it_is_up(site: Site) -> None:
    assert good(site.caller().get("/healthz")) == {"status": "ok"}


def test_the_health_of_a_listed_endpoint_is_one_word(listed: Site) -> None:
    words = []
    for seen in ((), (True,), (False, False, False)):
        look(listed.services, *seen)
        answer = listed.caller().get("/health/research-qa")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        words.append(answer.text)

    assert words == ["unknown", "healthy", "offline"]


def test_the_health_of_what_is_listed_nowhere_is_nobody_s_business(
    site: Site, described: Callable[..., dict[str, Any]]
) -> None:
    good(site.owner.post("/endpoints", described()), 201)

    for slug in ("research-qa", "no-such"):
        told = problem(site.caller().get(f"/health/{slug}"), 404)
        assert told["remedy"] == "Check the slug with whoever offers it."
