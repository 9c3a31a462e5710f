"""The API's reference: every operation, for anybody, without a script."""

import re

import requests

from ..site import Site
from .person import person


def test_the_reference_tells_every_operation(lasting: Site) -> None:
    spec = requests.get(f"{lasting.url}/api/v1/openapi.json", timeout=30).json()
    index = requests.get(f"{lasting.url}/api/docs", timeout=30).text
    parts = set(re.findall(r'href="(/api/docs/[a-z-]+)"', index))
    pages = {part: requests.get(lasting.url + part, timeout=30).text for part in parts}
    told = {(verb, path) for page in pages.values()
            for verb, path in re.findall(r'aria-label="([A-Z]+) (/[^"]*)"', page)}  # fmt: skip
    stated = {(verb.upper(), path) for path, operations in spec["paths"].items() for verb in operations
              if verb in {"get", "post", "patch", "delete"}}  # fmt: skip
    assert stated - told == set()
    assert all(len(page.encode()) < 150_000 for page in (index, *pages.values()))


def test_an_operation_has_its_parameters_body_answers_and_an_example(lasting: Site) -> None:
    page = requests.get(f"{lasting.url}/api/docs/marketplaces", timeout=30).text
    assert "sync_policy" in page
    assert "full | no_withdraw | create_only" in page
    assert "curl -X POST &#34;$SPACE/api/v1/marketplaces&#34;" in page
    assert "items[].breaker.state" in page
    assert "422 Unprocessable" in page


def test_it_is_for_anybody_and_those_who_are_signed_in_find_their_way_back(lasting: Site) -> None:
    page = requests.get(f"{lasting.url}/api/docs", timeout=30).text
    assert "<script" not in page
    assert "/settings/tokens" not in page
    assert 'href="/plan"' in person(lasting).html("/api/docs")


def test_a_part_that_there_is_not_is_not_found(lasting: Site) -> None:
    assert requests.get(f"{lasting.url}/api/docs/nothing", timeout=30).status_code == 404
