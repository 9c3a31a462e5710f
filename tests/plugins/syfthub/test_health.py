"""Health reports: what is said, of whom, and from where."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from publicist.core.http import Sessions
from publicist.core.records import HealthState, Reading
from publicist.plugins import syfthub
from publicist.plugins.localhub.server import RunningHub
from publicist.plugins.syfthub import health
from publicist.plugins.syfthub.kind import HEALTH_BATCH, HEALTH_TTL
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .provider import ORIGIN, Person, Provider, provider


@pytest.mark.parametrize(
    ("state", "said"),
    [("healthy", "healthy"), ("degraded", "healthy"), ("unhealthy", "unhealthy"), ("offline", "unhealthy")],
)
def test_the_hub_is_told_one_of_its_two_states(space: Provider, person: Person, state: HealthState, said: str) -> None:
    space.create()

    assert space.report(state) == "1 taken"

    record = person.record()
    assert (record["health_status"], record["health_ttl_seconds"]) == (said, HEALTH_TTL)


def test_an_unknown_state_is_not_reported(space: Provider, person: Person) -> None:
    space.create()

    assert space.report("unknown").startswith("nothing reported")

    assert person.record()["health_status"] is None


def test_nothing_is_reported_without_a_public_address(space: Provider, person: Person) -> None:
    space.create()
    space.move("")

    assert space.report("healthy") == "nothing reported: no public address"

    assert person.record()["health_status"] is None


def test_slugs_that_the_hub_does_not_know_are_counted(space: Provider) -> None:
    space.create()
    now = datetime.now(UTC)
    readings = [Reading("research-qa", "healthy", now), Reading("none-such", "healthy", now)]

    assert syfthub.report_health(space.marketplace, readings, space.call()) == "1 taken, 1 not known there"


def test_a_reported_listing_stays_on_and_an_unreported_one_goes_dark(
    hub: RunningHub, space: Provider, person: Person
) -> None:
    space.create(slug="kept-on")
    space.create(slug="left-out")
    space.report("healthy", slug="kept-on")

    for _ in range(3):
        hub.monitor_step()

    assert {record["slug"]: record["is_active"] for record in person.records} == {"kept-on": True, "left-out": False}


def test_a_path_in_our_address_is_not_lost_by_a_report(space: Provider) -> None:
    space.move(f"{ORIGIN}/sub")
    made = space.create()

    space.report("healthy")

    assert space.fetch()[0].fields == made.fields


class ReportHub:
    """A hub without satellites that keeps the reports it gets."""

    def __init__(self, server: HTTPServer) -> None:
        self.reports: list[dict[str, Any]] = []
        self.answer: Response | None = None
        server.expect_request("/api/v1/users/me").respond_with_json({"username": "ada", "domain": ORIGIN})
        server.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
        server.expect_request("/api/v1/endpoints/health", method="POST").respond_with_handler(self.take)

    def take(self, request: Request) -> Response:
        self.reports.append(request.get_json())
        taken = len(self.reports[-1]["endpoints"])
        return self.answer or Response(f'{{"updated": {taken}, "ignored": 0}}', content_type="application/json")


@pytest.fixture
def reports(httpserver: HTTPServer) -> ReportHub:
    return ReportHub(httpserver)


@pytest.fixture
def reporter(sessions: Sessions, httpserver: HTTPServer) -> Provider:
    return provider(sessions, httpserver.url_for(""), token="syft_pat_ada")


def test_a_report_is_never_longer_than_the_hub_takes(reports: ReportHub, reporter: Provider) -> None:
    now = datetime.now(UTC)
    readings = [Reading(f"listing-{number}", "healthy", now) for number in range(2 * HEALTH_BATCH + 1)]

    note = syfthub.report_health(reporter.marketplace, readings, reporter.call())

    assert note == "601 taken"
    assert [len(report["endpoints"]) for report in reports.reports] == [HEALTH_BATCH, HEALTH_BATCH, 1]
    assert {report["url"] for report in reports.reports} == {ORIGIN}
    assert all("satellite_id" not in report for report in reports.reports)


def test_the_time_is_told_in_utc(reports: ReportHub, reporter: Provider) -> None:
    reporter.report("healthy", at=datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))))

    assert reports.reports[0]["endpoints"][0]["checked_at"] == "2026-03-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Response("", 500), MarketplaceUnavailable),
        (Response("<html>"), MarketplaceUnavailable),
        (Response("[]"), MarketplaceUnavailable),
        (Response('{"detail": [{"loc": ["body", "url"], "msg": "No."}]}', 422), RejectedError),
    ],
)
def test_a_report_without_a_proper_answer_is_an_error(
    reports: ReportHub, reporter: Provider, answer: Response, expected: type[Exception]
) -> None:
    reports.answer = answer

    with pytest.raises(expected):
        reporter.report("healthy")


@pytest.mark.parametrize(("seconds", "shifted"), [(300, 300), (-7200, -7200), (5, 0)])
def test_times_are_told_in_the_hub_s_own_once_its_clock_is_seen_to_differ(
    reports: ReportHub, reporter: Provider, seconds: int, shifted: int
) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for behind in (seconds, seconds, 0, 0):
        health.report(reporter.hub(time.time() - behind), [Reading("research-qa", "healthy", at)])

    told = [datetime.fromisoformat(report["endpoints"][0]["checked_at"]) - at for report in reports.reports]
    assert told[0] == told[3] == timedelta(0)
    assert all(abs(one - timedelta(seconds=shifted)) <= timedelta(seconds=5) for one in told[1:3])
