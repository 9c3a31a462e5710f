"""`GET /endpoints/{slug}/health` tells the owner how an endpoint does and did."""

from datetime import timedelta

import pytest
from publicist.core.records import CheckResult, Endpoint

from ..clock import START
from ..spaces import add_endpoint
from .site import Site, good, problem

FINE = [CheckResult("dataset", True, "It answered 200.", latency_ms=42.04, warning="The certificate ends in 9 days.")]
GONE = [CheckResult("dataset", False, "No connection.", reachable=False)]
PATH = "/endpoints/research-qa/health"


@pytest.fixture
def watched(site: Site) -> Endpoint:
    """An endpoint that was well for 50 minutes, was gone for 15, and is back for 10; beside another."""
    endpoint = add_endpoint(site.services)
    add_endpoint(site.services, slug="second-one")
    for results in [FINE] * 11 + [GONE] * 3 + [FINE] * 3:
        site.services.health_book.record(endpoint.id, results)
        site.services.clock.move(minutes=5)  # type: ignore[attr-defined]
    return endpoint


def test_the_present_is_told(site: Site, watched: Endpoint) -> None:
    told = good(site.caller("read").get(PATH))
    assert told["endpoint_slug"] == "research-qa"
    assert (told["state"], told["found"], told["message"], told["latency_ms"]) == ("healthy", "healthy", "", 42.0)
    assert told["since"] == "2026-03-01T13:15:00+00:00"
    assert told["checked_at"] == "2026-03-01T13:20:00+00:00"
    assert (told["leaning"], told["turns"]) == (None, 0)
    assert told["results"] == [
        {
            "name": "dataset",
            "ok": True,
            "reachable": True,
            "message": "It answered 200.",
            "latency_ms": 42.0,
            "warning": "The certificate ends in 9 days.",
        }
    ]


def test_the_past_is_told(site: Site, watched: Endpoint) -> None:
    told = good(site.owner.get(PATH))
    # Known are 80 minutes; it was taken for offline from the third failed look, at 13:05, to the second good one.
    assert told["uptime"] == dict.fromkeys(("24h", "7d", "30d", "90d", "365d"), 87.5)
    assert told["incidents"] == [
        {
            "began_at": "2026-03-01T13:05:00+00:00",
            "ended_at": "2026-03-01T13:15:00+00:00",
            "worst": "offline",
            "message": "dataset: No connection.",
        }
    ]
    assert len(told["readings"]) == 17
    assert told["readings"][0] == {
        "at": "2026-03-01T13:20:00+00:00",
        "found": "healthy",
        "state": "healthy",
        "latency_ms": 42.0,
    }
    assert [reading["found"] for reading in told["readings"][3:6]] == ["offline"] * 3
    assert 30 <= told["p50_ms"] <= told["p95_ms"] <= told["p99_ms"] <= 50


def test_the_series_goes_over_the_time_that_is_asked_for(site: Site, watched: Endpoint) -> None:
    by_hour = good(site.owner.get(PATH))
    assert (by_hour["step"], len(by_hour["series"])) == ("hour", 24)
    assert [point["seconds"] for point in by_hour["series"][-2:]] == [
        {"healthy": 3_600},
        {"healthy": 600, "offline": 600},
    ]
    assert [point["state"] for point in by_hour["series"][-3:]] == ["unknown", "healthy", "offline"]
    assert by_hour["series"][-1]["uptime"] == 50
    assert by_hour["series"][-1]["start"] == "2026-03-01T13:00:00+00:00"
    assert len(good(site.owner.get(f"{PATH}?hours=48"))["series"]) == 48
    by_day = good(site.owner.get(f"{PATH}?days=90"))
    assert (by_day["step"], len(by_day["series"])) == ("day", 90)
    assert by_day["series"][-1]["start"] == "2026-03-01T00:00:00+00:00"
    assert by_day["series"][-1]["uptime"] == 87.5


def test_an_endpoint_that_was_never_looked_at_is_unknown(site: Site, watched: Endpoint) -> None:
    told = good(site.owner.get("/endpoints/second-one/health"))
    assert (told["state"], told["since"], told["checked_at"], told["found"]) == ("unknown", None, None, "unknown")
    assert (told["results"], told["readings"], told["incidents"]) == ([], [], [])
    assert set(told["uptime"].values()) == {None}


def test_what_is_old_is_not_vouched_for(site: Site, watched: Endpoint) -> None:
    site.services.clock.move(hours=2)  # type: ignore[attr-defined]
    told = good(site.owner.get(PATH))
    assert (told["state"], told["message"]) == ("unknown", "Not looked at since 2026-03-01 13:20 UTC.")


def test_several_endpoints_are_told_of_at_once(site: Site, watched: Endpoint) -> None:
    bars = site.services.health_reports.bars([watched.id, "nowhere"], 7)
    assert [len(points) for points in bars.values()] == [7, 7]
    assert (bars[watched.id][-1].uptime, bars["nowhere"][-1].uptime) == (87.5, None)
    over = START + timedelta(minutes=75)
    assert len(site.services.health_reports.outages([watched.id, "nowhere"], over)) == 1
    assert site.services.health_reports.outages([watched.id], over + timedelta(seconds=1)) == ()


def test_health_is_for_those_who_may_read(site: Site, watched: Endpoint) -> None:
    problem(site.caller().get(PATH), 401)
    problem(site.owner.get("/endpoints/nowhere/health"), 404)


@pytest.mark.parametrize("query", ["hours=0", "hours=337", "days=401", "days=x", "hours=1&days=1", "weeks=1"])
def test_a_time_that_cannot_be_told_is_refused(site: Site, watched: Endpoint, query: str) -> None:
    problem(site.owner.get(f"{PATH}?{query}"), 422)
