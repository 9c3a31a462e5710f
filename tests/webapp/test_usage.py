"""Usage over HTTP: figures of one endpoint or all, and hourly counts as CSV."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from publicist.core.records import QueryEvent

from ..clock import START
from ..spaces import add_endpoint, add_marketplace
from .site import Site, good, problem

DAY = timedelta(days=1)


def count(site: Site, slug: str, *events: dict[str, Any]) -> None:
    endpoint = site.services.endpoints.get(slug)
    for event in events:
        site.services.usage.record(
            QueryEvent(
                **{
                    "at": START,
                    "endpoint_id": endpoint.id,
                    "marketplace_id": "",
                    "person": "",
                    "country": "",
                    "status": 200,
                    "latency_ms": 42.0,
                    **event,
                }
            )
        )


@pytest.fixture
def hub(site: Site) -> str:
    """The id of a marketplace, beside two endpoints."""
    add_endpoint(site.services)
    add_endpoint(site.services, slug="second-one")
    return add_marketplace(site.services, "Hub", "http://127.0.0.1:9").id


def test_every_figure_is_told(site: Site, hub: str) -> None:
    count(
        site,
        "research-qa",
        {"marketplace_id": hub, "person": "ada", "cost": Decimal("0.10"), "currency": "EUR", "country": "DE"},
        {"marketplace_id": hub, "person": "ada", "at": START - 3 * DAY, "latency_ms": 4_000.0},
        {"marketplace_id": hub, "person": "bob", "status": 403, "denial": "access_denied"},
        {"status": 401, "denial": "not_authenticated"},
    )
    told = good(site.caller("read").get("/endpoints/research-qa/usage"))
    classes = {
        "total": 4,
        "successful": 2,
        "denied": 1,
        "rate_limited": 0,
        "unauthenticated": 1,
        "payment_required": 0,
        "failed": 0,
    }
    assert {name: told[name] for name in classes} == classes
    assert (told["endpoint_slug"], told["step"], told["unique_users"]) == ("research-qa", "day", 2)
    assert (told["since"], told["until"]) == ("2026-01-31T00:00:00+00:00", "2026-03-02T00:00:00+00:00")
    assert len(told["over_time"]) == 30
    assert told["over_time"][-1] == {
        **classes,
        "total": 3,
        "successful": 1,
        "start": "2026-03-01T00:00:00+00:00",
        "unique_users": 2,
    }
    assert told["costs"] == [{"currency": "EUR", "queries": 1, "total": "0.1", "average": "0.1"}]
    assert told["countries"] == [{"country": "unknown", "queries": 3}, {"country": "DE", "queries": 1}]
    assert told["denials"] == {"access_denied": 1, "not_authenticated": 1}
    assert told["peak_times"]["week"][6][12] == 3
    assert told["peak_times"]["peaks"][0] == {"weekday": 6, "hour": 12, "queries": 3}
    assert 30 <= told["p50_ms"] <= 50
    assert 3_000 <= told["p95_ms"] <= 5_000
    [by_hub, by_nobody] = told["marketplaces"]
    assert (by_hub["marketplace_name"], by_hub["total"], by_hub["unique_users"]) == ("Hub", 3, 2)
    assert (by_nobody["marketplace_id"], by_nobody["total"], by_nobody["p50_ms"]) == (None, 1, None)
    assert told["uncounted"] == {"dropped": 0, "lost": 0}


def test_all_endpoints_are_told_together(site: Site, hub: str) -> None:
    count(site, "research-qa", {})
    count(site, "second-one", {}, {"marketplace_id": hub})
    told = good(site.owner.get("/usage"))
    assert (told["endpoint_slug"], told["total"]) == (None, 3)
    assert [(each["endpoint_slug"], each["total"]) for each in told["endpoints"]] == [
        ("second-one", 2),
        ("research-qa", 1),
    ]
    assert good(site.owner.get("/usage?marketplace=Hub"))["total"] == 1
    assert good(site.owner.get(f"/usage?marketplace={hub}"))["total"] == 1


def test_a_time_may_be_asked_for(site: Site, hub: str) -> None:
    count(site, "research-qa", {}, {"at": START - timedelta(hours=5)}, {"at": START - 20 * DAY})

    def total(query: str) -> int:
        queries: int = good(site.owner.get(f"/endpoints/research-qa/usage?{query}"))["total"]
        return queries

    assert total("days=1") == 2
    assert total("days=30") == 3
    assert total("since=2026-03-01T11:10:00Z") == 1
    assert total("since=2026-02-01T00:00:00Z&until=2026-03-01T00:00:00Z") == 1


def test_unusual_usage_is_pointed_out(site: Site, hub: str) -> None:
    denied = {"marketplace_id": hub, "person": "eve", "status": 403, "denial": "access_denied"}
    count(site, "research-qa", *[denied] * 30)
    [pattern] = good(site.owner.get("/usage"))["patterns"]
    assert (pattern["kind"], pattern["person"], pattern["marketplace_id"]) == ("repeated_denials", "eve", hub)
    assert pattern["queries"] == 30


def test_usage_of_what_has_been_removed_is_still_told(site: Site, hub: str) -> None:
    count(site, "second-one", {"marketplace_id": hub})
    site.owner.delete(f"/marketplaces/{hub}")
    site.owner.delete("/endpoints/second-one")
    told = good(site.owner.get("/usage"))
    assert told["total"] == 1
    assert [each["endpoint_slug"] for each in told["endpoints"]] == [None]
    assert [(each["marketplace_id"], each["marketplace_name"]) for each in told["marketplaces"]] == [(hub, None)]


def test_hourly_counts_are_a_csv_file(site: Site, hub: str) -> None:
    count(site, "research-qa", *[{"at": START - timedelta(hours=number % 1_200)} for number in range(1_300)])
    count(site, "second-one", {"marketplace_id": hub})
    answer = site.owner.get("/endpoints/research-qa/usage.csv?days=60")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="usage-research-qa.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == 1_200
    assert sum(int(row["queries"]) for row in rows) == 1_300
    assert {row["endpoint"] for row in rows} == {"research-qa"}
    everything = csv.DictReader(io.StringIO(site.owner.get("/usage.csv?days=60").text, newline=""))
    assert sum(int(row["queries"]) for row in everything) == 1_301


@pytest.mark.parametrize("path", ["/usage", "/endpoints/research-qa/usage", "/endpoints/research-qa/usage.csv"])
def test_usage_is_for_those_who_may_read(site: Site, hub: str, path: str) -> None:
    problem(site.caller().get(path), 401)
    assert site.caller("read").get(path).status_code == 200
    problem(site.owner.get(f"{path}?days=401"), 422)
    problem(site.owner.get(f"{path}?since=2026-03-05T00:00:00Z"), 422)
    problem(site.owner.get(f"{path}?since=2026-03-01T00:00:00"), 422)
    problem(site.owner.get(f"{path}?marketplace=Nowhere"), 404)


def test_an_endpoint_that_is_not_there_has_no_usage(site: Site) -> None:
    problem(site.owner.get("/endpoints/nowhere/usage"), 404)
    problem(site.owner.get("/endpoints/nowhere/usage.csv"), 404)
