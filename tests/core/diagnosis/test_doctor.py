"""The doctor on a live system: what it finds is what is there, and it changes nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from publicist.core.errors import NotFound
from publicist.core.records import Diagnosis, DiagnosisStep, QueryEvent
from publicist.core.schemas import load_feedback
from publicist.core.schemas.maintenance import MaintenanceDraft
from publicist.core.services import Services
from publicist.plugins.localhub.server import RunningHub
from pytest_httpserver import HTTPServer

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...ready import ready_hub
from ...spaces import add_endpoint, add_marketplace, look, opened, publish

Start = Callable[..., Counterpart]
SLUG = "research-qa"
ADA = {"username": "ada", "email": "ada@example.org", "full_name": "Ada", "password": "Passw0rd1"}


@pytest.fixture
def backend(httpserver: HTTPServer) -> str:
    """A dataset that answers."""
    httpserver.expect_request("/").respond_with_data("fine")
    return httpserver.url_for("/")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = ready_hub(tmp_path / "hub")
    requests.post(f"{running.url}/api/v1/auth/register", json=ADA, timeout=10).raise_for_status()
    yield running
    running.stop()


def step(found: Diagnosis, code: str, part: str | None = None) -> DiagnosisStep:
    (one,) = [each for each in found.steps if each.code == code and part in (None, each.part)]
    return one


def states(found: Diagnosis) -> dict[str, str]:
    """Return what is not well."""
    return {each.code: each.state for each in found.steps if each.state != "ok"}


def asked(services: Services, at: datetime, status: int, denial: str = "") -> None:
    endpoint = services.endpoints.get(SLUG)
    services.usage.record(QueryEvent(at, endpoint.id, "m-1", "p", "", status, 12.0, Decimal(0), "", denial))


def test_on_syfthub_s_protocol_all_is_well_once_it_is_indexed(
    services: Services, clock: Clock, hub: RunningHub, backend: str
) -> None:
    add_marketplace(services, "SyftHub", hub.url, "syfthub", username="ada", password="Passw0rd1", test=True)
    add_endpoint(services, url=backend)
    publish(services)
    look(services, True)
    assert states(services.doctor.diagnose(SLUG)) == {"not_found": "warn"}
    clock.move(minutes=10)
    found = services.doctor.diagnose(SLUG)
    assert states(found) == {}
    assert step(found, "authentication_failed").seen == "It knows this space as ada."
    assert step(found, "tokens").marketplace_name == "SyftHub"


def test_a_hub_that_is_gone_is_told_and_its_tokens_too(
    services: Services, clock: Clock, hub: RunningHub, backend: str
) -> None:
    add_marketplace(services, "SyftHub", hub.url, "syfthub", username="ada", password="Passw0rd1", test=True)
    add_endpoint(services, url=backend)
    publish(services)
    hub.stop()
    clock.move(hours=2)
    found = states(services.doctor.diagnose(SLUG))
    assert found["marketplace_unavailable"] == "fail"
    assert found["authentication_failed"] == "unknown"
    assert found["tokens"] == "fail"
    assert found["not_found"] == "unknown"


def test_an_endpoint_that_is_published_nowhere_is_looked_at_for_every_marketplace(
    services: Services, catalogues: Start, backend: str
) -> None:
    free, taken = catalogues(), catalogues()
    taken.insert(SLUG, account="somebody")
    add_endpoint(services, url=backend)
    for name, there in (("Free", free), ("Taken", taken)):
        add_marketplace(services, name, there.url, test=True)
    found = services.doctor.diagnose(SLUG)
    slugs = {each.marketplace_name: each.state for each in found.steps if each.code == "slug_conflict"}
    assert slugs == {"Free": "ok", "Taken": "fail"}
    assert step(found, "not_published").state == "warn"
    assert (free.listings, list(taken.listings)) == ({}, [SLUG])


def test_a_wrong_key_a_dead_dataset_and_a_lost_listing_are_found(services: Services, catalogues: Start) -> None:
    keyed, lost = catalogues(accounts={"key-of-ada": "ada"}), catalogues()
    add_endpoint(services)
    add_marketplace(services, "Lost", lost.url, test=True)
    add_marketplace(services, "Keyed", keyed.url, api_key="key-of-ada", test=True)
    publish(services)
    lost.remove(SLUG)
    keyed.catalogue.accounts = {"another-key": "ada"}
    found = services.doctor.diagnose(SLUG)
    seen = {(each.marketplace_name, each.code): each.state for each in found.steps if each.state != "ok"}
    assert seen["Keyed", "authentication_failed"] == "fail"
    assert seen["Lost", "not_found"] == "fail"
    assert seen[None, "endpoint_unhealthy"] == "fail"
    assert found.state == "fail"
    assert services.marketplaces.get("Keyed").status == "active"  # it is for a test, or a call, to find out
    assert lost.listings == {}


def test_a_listing_that_the_marketplace_switched_off_is_found(
    services: Services, catalogues: Start, backend: str
) -> None:
    there = catalogues()
    add_endpoint(services, url=backend)
    add_marketplace(services, "Hub", there.url, test=True)
    publish(services)
    there.edit(SLUG, active=False)
    assert states(services.doctor.diagnose(SLUG))["deprioritised"] == "fail"


def test_a_marketplace_that_asked_for_a_pause_is_not_asked(
    services: Services, catalogues: Start, clock: Clock, backend: str
) -> None:
    there = catalogues()
    add_endpoint(services, url=backend)
    add_marketplace(services, "Hub", there.url, test=True)
    publish(services)
    there.faults.add("problem", status=429, headers={"Retry-After": "600"}, times=1)
    services.feedback.fetch_round()
    before = len(there.requests)
    found = services.doctor.diagnose(SLUG)
    assert len(there.requests) == before
    assert step(found, "marketplace_unavailable").seen.startswith("It asked to be left alone until 2026-03-01 12:10")


def test_the_last_day_s_queries_and_what_people_report_are_looked_at(
    services: Services, catalogues: Start, clock: Clock, backend: str
) -> None:
    there = catalogues()
    add_endpoint(services, url=backend)
    add_marketplace(services, "Hub", there.url, test=True)
    publish(services)
    for _ in range(3):
        asked(services, clock.now, 403, "access_denied")
    asked(services, clock.now, 200)
    services.feedback.add(SLUG, load_feedback({"kind": "error_report", "text": "No answer."}), "192.0.2.1")
    found = services.doctor.diagnose(SLUG)
    assert step(found, "access_denied").seen == "3 of 4 queries of the last day were denied by an access policy."
    assert step(found, "access_denied").state == "warn"
    assert step(found, "error_reports").state == "warn"
    clock.move(days=8)
    found = services.doctor.diagnose(SLUG)
    assert [step(found, code).state for code in ("access_denied", "error_reports")] == ["ok", "ok"]


def test_a_public_url_at_which_another_answers_is_found(
    tmp_path: Path, clock: Clock, catalogues: Start, backend: str, httpserver: HTTPServer
) -> None:
    there = catalogues()
    httpserver.expect_request("/.well-known/publicist").respond_with_data("It works!")
    with opened(tmp_path / "other", clock, PUBLICIST_PUBLIC_URL=backend.rstrip("/")) as services:
        add_endpoint(services, url=backend)
        add_marketplace(services, "Hub", there.url, test=True)
        space, endpoint = services.doctor.diagnose_all()
        assert step(space, "network_unreachable").state == "fail"
        assert step(endpoint, "network_unreachable").state == "ok"  # the marketplace is on this machine


def test_an_endpoint_that_is_not_there_is_not_found(services: Services) -> None:
    with pytest.raises(NotFound):
        services.doctor.diagnose("nowhere")


def test_the_space_comes_first_then_what_is_published_or_ready(services: Services, catalogues: Start) -> None:
    add_endpoint(services, slug="a-draft", published=False)
    add_endpoint(services)
    space, *endpoints = services.doctor.diagnose_all()
    assert (space.slug, step(space, "no_marketplace").state) == (None, "fail")
    assert [each.slug for each in endpoints] == [SLUG]


def test_work_that_nobody_does_is_found(services: Services, catalogues: Start, clock: Clock) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    there.faults.add("problem", status=503, method="POST", path="/listings")
    publish(services, wait=5)
    assert step(services.doctor.diagnose_all()[0], "runner").state == "ok"
    clock.move(hours=1)
    told: Any = step(services.doctor.diagnose_all()[0], "runner")
    assert (told.state, "publicist runner" in told.remedy) == ("fail", True)


def test_a_maintenance_window_and_a_missing_file_of_countries_are_told(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "other", clock, PUBLICIST_GEOIP_DATABASE=str(tmp_path / "nowhere.mmdb")) as services:
        add_endpoint(services)
        draft = MaintenanceDraft(SLUG, clock.now, clock.now + timedelta(hours=2), "New index")
        services.maintenance.add(draft)
        space, endpoint = services.doctor.diagnose_all()
        assert "nowhere.mmdb" in step(space, "configuration").seen
        assert "until 2026-03-01 14:00 UTC" in step(endpoint, "maintenance").seen
