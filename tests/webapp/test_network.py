"""Settings, Network, over the API: what is found of the machine, the token's status, and who answers at the address."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer

from ..clock import Clock
from .site import Site, good, served

WELL_KNOWN = "/.well-known/publicist"


def checked(site: Site, public_url: str) -> dict[str, Any]:
    good(site.owner.patch("/settings/network", {"public_url": public_url}))
    found: dict[str, Any] = good(site.owner.post("/settings/network/check"))
    return found


def test_a_space_tells_anybody_a_digest_of_its_id_and_no_more(site: Site) -> None:
    own = site.services.spaces.current().installation_id
    told = good(requests.get(site.url + WELL_KNOWN, timeout=10))

    assert told == {"installation_id_digest": hashlib.sha256(own.encode()).hexdigest()}


def test_a_space_that_answers_at_its_public_url_is_reachable(site: Site) -> None:
    found = checked(site, site.url)

    assert (found["status"], found["public_url"], found["remedy"]) == ("reachable", site.url, "")
    assert "local address" in found["message"]
    assert found["checked_at"] == site.services.clock().isoformat()


def test_another_space_at_the_address_is_not_us(site: Site, tmp_path: Path, clock: Clock) -> None:
    with served(tmp_path / "other", clock) as other:
        found = checked(site, other.url)

    assert found["status"] == "another_service"
    assert "another publicist space" in found["message"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<h1>Welcome to nginx</h1>"),
        (200, "[]"),
        (200, '{"installation_id_digest": 7}'),
        (404, '{"detail": "Not Found"}'),
    ],
)
def test_another_service_at_the_address_is_told(site: Site, httpserver: HTTPServer, status: int, body: str) -> None:
    httpserver.expect_request(WELL_KNOWN).respond_with_data(body, status=status)
    found = checked(site, httpserver.url_for(""))

    assert found["status"] == "another_service"
    assert f"HTTP {status}" in found["message"]
    assert "nginx" not in found["message"]
    assert "proxy" in found["remedy"]


def test_the_path_of_the_public_url_belongs_to_it(site: Site, httpserver: HTTPServer) -> None:
    own = good(requests.get(site.url + WELL_KNOWN, timeout=10))
    httpserver.expect_request("/sub" + WELL_KNOWN).respond_with_json(own)
    httpserver.expect_request(WELL_KNOWN).respond_with_data("not here", status=404)

    assert checked(site, httpserver.url_for("/sub"))["status"] == "reachable"
    assert checked(site, httpserver.url_for(""))["status"] == "another_service"


def test_an_address_where_nobody_answers_is_not_reachable_from_here(site: Site) -> None:
    found = checked(site, "http://127.0.0.1:1")

    assert found["status"] == "not_reachable"
    assert "Only a marketplace can tell for sure" in found["message"]
    assert "firewall" in found["remedy"]


def test_without_a_public_url_there_is_nothing_to_check(site: Site) -> None:
    assert good(site.owner.post("/settings/network/check"))["status"] == "no_public_url"


def test_the_network_settings_tell_what_was_found(site: Site) -> None:
    shown = good(site.owner.get("/settings/network"))

    assert (shown["deployment"], shown["deployment_source"]) == ("localhost", "environment")
    assert (shown["token_needed"], "Local development only" in shown["token_reason"]) == (False, True)
    assert shown["connection"]["status"] == "Not connected"
    assert shown["connection"]["checked_at"] is None


def test_a_saved_token_is_validated_before_the_answer(site: Site, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/users/me", headers={"Authorization": "Bearer syft_pat_good"}).respond_with_json(
        {"username": "ada", "domain": None}
    )
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"detail": "Invalid API token"}, status=401)
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    site.owner.post("/marketplaces", {"kind": "syfthub", "name": "SyftHub", "url": httpserver.url_for("")})

    refused = good(site.owner.patch("/settings/network", {"developer_token": "syft_pat_bad"}))["connection"]
    accepted = good(site.owner.patch("/settings/network", {"developer_token": "syft_pat_good"}))["connection"]

    assert (refused["status"], "Invalid API token" in refused["reason"]) == ("Not connected", True)
    assert (accepted["status"], accepted["checked_at"]) == ("Connected", site.services.clock().isoformat())
    assert good(site.owner.get("/settings/network"))["connection"] == accepted
    assert "syft_pat" not in "".join(answer.text for answer in site.owner.answers)


@pytest.mark.parametrize("scopes", [(), ("read",), ("publish",)])
def test_only_an_owner_has_the_address_checked(site: Site, scopes: tuple[str, ...]) -> None:
    assert site.caller(*scopes).post("/settings/network/check").status_code in {401, 403}
