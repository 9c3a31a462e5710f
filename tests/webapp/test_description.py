"""The API's description: true to what is served, and repeated in docs/api.md."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publicist.webapp import create_app
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ..clock import Clock
from .site import Site, good, served

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DEAD = "http://127.0.0.1:9"


@pytest.fixture
def description(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = good(site.caller().get("/openapi.json"))
    return found


def addresses(site: Site) -> set[tuple[str, str]]:
    """Return method and address of everything that the app serves, pages apart."""
    rules = create_app(site.services).url_map.iter_rules()
    return {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in rules
        if rule.rule.startswith(("/api/v1/", "/health", "/readyz", "/.well-known/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_docs_list_every_address_and_no_other(site: Site) -> None:
    rows = re.findall(r"^\| (GET|POST|PATCH|DELETE) \| `(/[^`]*)` \|", DOCS.read_text(), re.MULTILINE)

    assert sorted(rows) == sorted(addresses(site))


def test_the_docs_name_the_scope_that_is_asked_for(description: dict[str, Any]) -> None:
    scopes = dict(re.findall(r"^\| (\w+ \| `/[^`]*`) \| `?(\w+)`? \|", DOCS.read_text(), re.MULTILINE))

    public = {key for key, scope in scopes.items() if scope == "none"} - {"GET | `/api/v1/openapi.json`"}
    assert public == {
        f"{method} | `{path}`" for method, path, one in operations(description) if {} in one.get("security", [{}])
    }


def test_the_description_lists_everything_that_is_served(site: Site, description: dict[str, Any]) -> None:
    described = {(method, path) for method, path, _ in operations(description)}

    assert described | {("GET", "/api/v1/openapi.json")} == addresses(site)


def test_every_operation_says_what_it_is_and_how_it_fails(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        assert operation["summary"].endswith("."), path
        problems = {status for status in operation["responses"] if status >= "4"}
        assert "422" in problems, path
        assert ({"401", "403"} <= problems) is bool(operation.get("security")), path
        assert ({"400", "413", "415"} <= problems) is ("requestBody" in operation), path
        for status in problems:
            content = operation["responses"][status]["content"]
            schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
            assert content == {"application/problem+json": schema}, (method, path)


def test_bodies_are_required_but_for_unpublish_republish_and_sync(description: dict[str, Any]) -> None:
    optional = [
        path
        for _, path, operation in operations(description)
        if "requestBody" in operation and not operation["requestBody"]["required"]
    ]

    slug = "/api/v1/endpoints/{slug}"
    assert sorted(optional) == [f"{slug}/republish", f"{slug}/unpublish", "/api/v1/sync"]


def test_the_description_names_no_host(site: Site) -> None:
    url = f"{site.url}/api/v1/openapi.json"

    answer = requests.get(url, headers={"Host": "evil.example"}, timeout=10)

    assert answer.json()["servers"] == [{"url": "/"}]
    assert "evil.example" not in requests.get(url, timeout=10).text


def ids(site: Site) -> dict[str, str]:
    """Return what addresses may name, made anew where an earlier case has deleted or renamed it."""
    endpoint = {"name": "Research", "slug": "research-qa", "dataset": {"kind": "http", "settings": {"url": DEAD}}}
    site.owner.post("/endpoints", endpoint)
    site.owner.post("/marketplaces?test=false", {"kind": "custom", "name": "Catalogue", "url": DEAD})
    token = good(site.owner.post("/tokens", {"name": "spare", "scopes": ["read"]}), 201)
    marketplace = good(site.owner.get("/marketplaces"))["items"][0]
    check = {"kind": "tcp", "name": "door", "settings": {"address": "127.0.0.1:9"}, "test": False}
    site.owner.post("/endpoints/research-qa/checks", check)
    checks = good(site.owner.get("/endpoints/research-qa/checks"))["items"]
    names = {"marketplace_id": marketplace["id"], "token_id": token["id"], "check_id": checks[0]["id"]}
    return {"slug": "research-qa", **names}


def cases(site: Site, operation: schemathesis.APIOperation) -> st.SearchStrategy[schemathesis.Case]:
    """Return sound and unsound requests, to what is there and to what is not."""
    names = {one.name for one in operation.path_parameters}
    there = {name: value for name, value in ids(site).items() if name in names}
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    return st.one_of([operation.as_strategy(mode, path_parameters=path) for mode in modes for path in (None, there)])


@pytest.mark.parametrize("examples", [2, pytest.param(700, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_what_is_served_is_as_described(tmp_path: Path, clock: Clock, examples: int) -> None:
    """Whatever is sent, each answer has a status, a media type and a form that the description names.

    Three operations are left out: what they ask, a marketplace or a dataset, is down here. Nothing leaves
    this machine.
    """
    with served(tmp_path / "space", clock, PUBLICIST_PROXY=DEAD) as site:
        description = good(site.caller().get("/openapi.json"))
        schema = schemathesis.openapi.from_dict(description).exclude(path_regex="/(adopt|preview|unowned)$")
        for result in schema.get_all_operations():
            fuzz(site, result.ok(), examples)


def fuzz(site: Site, operation: schemathesis.APIOperation, examples: int) -> None:
    headers = {"Authorization": f"Bearer {site.owner.token}"}

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(site, operation))
    def run(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=site.url, headers=headers, checks=CHECKS, timeout=20)

    run()
