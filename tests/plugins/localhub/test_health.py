"""Health reports and the monitor that reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicist.plugins.localhub.monitor import Watched, judge

if TYPE_CHECKING:
    from conftest import Caller, Place

HTTP = [{"type": "http", "config": {"url": "/pre"}}]
NOW = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
READING = {"slug": "news", "status": "healthy", "checked_at": NOW.isoformat()}
REPORT = {"url": "http://127.0.0.1:7001", "endpoints": [READING]}


def active(owner: Caller) -> bool:
    return bool(owner.get("/endpoints").json()[0]["is_active"])


@pytest.mark.parametrize(("asked", "stored"), [(None, 300), (20, 20), (1800, 1800), (3600, 1800)])
def test_a_report_is_stored_with_a_capped_time_to_live(alice: Caller, asked: int | None, stored: int) -> None:
    number = alice.publish("news")["id"]
    answer = alice.report("news", "unknown", at=NOW, ttl_seconds=asked)
    assert (answer.status_code, answer.json()) == (200, {"updated": 1, "ignored": 1})
    record = alice.get(f"/endpoints/{number}").json()
    assert (record["health_status"], record["health_ttl_seconds"]) == ("healthy", stored)
    assert record["health_checked_at"] == "2026-03-01T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("http://127.0.0.1:7777/some/path?x#y", "http://127.0.0.1:7777"),
        ("https://HOST.example:443/x/", "https://HOST.example:443"),
        ("tunneling:abc", "tunneling:abc"),
    ],
)
def test_a_report_moves_the_address_even_if_no_slug_is_known(alice: Caller, url: str, domain: str) -> None:
    assert alice.post("/endpoints/health", json={**REPORT, "url": url}).json() == {"updated": 0, "ignored": 1}
    assert alice.get("/auth/me").json()["domain"] == domain


@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        ({"endpoints": []}, "too_short", ["endpoints"]),
        ({"endpoints": [READING] * 301}, "too_long", ["endpoints"]),
        ({"endpoints": [{**READING, "status": "online"}]}, "enum", ["endpoints", 0, "status"]),
        ({"endpoints": [{**READING, "slug": "ab"}]}, "string_too_short", ["endpoints", 0, "slug"]),
        ({"endpoints": [{**READING, "checked_at": "x"}]}, "datetime_from_date_parsing", ["endpoints", 0, "checked_at"]),
        ({"url": None}, "string_type", ["url"]),
        ({"url": "space.example"}, "value_error", ["url"]),
        ({"url": "tunneling:"}, "value_error", ["url"]),
        ({"url": "http://" + "h" * 500}, "string_too_long", ["url"]),
        ({"ttl_seconds": 0}, "greater_than_equal", ["ttl_seconds"]),
        ({"ttl_seconds": 3601}, "less_than_equal", ["ttl_seconds"]),
    ],
)
def test_a_bad_report_is_a_422(alice: Caller, change: dict[str, Any], kind: str, where: list[Any]) -> None:
    assert alice.kinds(alice.post("/endpoints/health", json={**REPORT, **change})) == [(kind, ["body", *where])]


def test_a_new_listing_is_active_and_goes_dark_at_the_third_step(place: Place, alice: Caller) -> None:
    alice.publish("news", connect=HTTP)
    seen = [active(alice)]
    for _ in range(3):
        place.monitor_steps(1)
        seen.append(active(alice))
    assert seen == [True, True, True, False]
    assert place.nobody.get("/endpoints/public").json() == []


def test_a_listing_without_a_connection_is_never_looked_at(place: Place, alice: Caller) -> None:
    alice.publish("news")
    place.monitor_steps(5)
    assert active(alice)


def test_a_report_brings_a_listing_back_at_the_next_step_and_resets_the_count(place: Place, alice: Caller) -> None:
    alice.publish("news", connect=HTTP)
    place.monitor_steps(3)
    alice.report("news", at=place.clock.now)
    assert not active(alice)
    place.monitor_steps(1)
    assert active(alice)
    alice.report("news", at=place.clock.now, status="unhealthy")
    place.monitor_steps(2)
    assert active(alice)
    place.monitor_steps(1)
    assert not active(alice)


def test_a_report_that_grew_old_no_longer_counts(place: Place, alice: Caller) -> None:
    alice.publish("news", connect=HTTP)
    alice.report("news", at=place.clock.now, ttl_seconds=60)
    place.monitor_steps(3)
    assert active(alice)
    place.monitor_steps(1)
    assert not active(alice)


def test_without_an_address_even_a_fresh_report_does_not_help(place: Place, alice: Caller) -> None:
    alice.publish("news", connect=HTTP)
    alice.report("news", at=place.clock.now)
    alice.put("/users/me", json={"domain": None})
    place.monitor_steps(3)
    assert not active(alice)


def test_a_step_can_be_made_at_any_time_one_likes(place: Place, alice: Caller) -> None:
    alice.publish("news", connect=HTTP)
    alice.report("news", at=NOW)
    for _ in range(3):
        place.running.monitor_step(NOW + timedelta(days=1))
    assert not active(alice)


def test_uptime_is_counted_in_half_hours_and_kept_ninety_days(place: Place, alice: Caller) -> None:
    alice.publish("news", connect=HTTP)
    alice.report("news", at=place.clock.now, ttl_seconds=60)
    place.monitor_steps(4)
    place.clock.forward(1800)
    place.monitor_steps(1)
    series = place.nobody.get("/endpoints/alice/news/uptime").json()
    assert {**series, "endpoint_id": 0} == {
        "endpoint_id": 0,
        "owner_username": "alice",
        "slug": "news",
        "bucket_seconds": 1800,
        "window_hours": 24,
        "buckets": [
            {
                "bucket_start": "2026-03-01T12:00:00.000000Z",
                "samples": 4,
                "healthy_samples": 1,
                "uptime_pct": 25.0,
            },
            {
                "bucket_start": "2026-03-01T12:30:00.000000Z",
                "samples": 1,
                "healthy_samples": 0,
                "uptime_pct": 0.0,
            },
        ],
    }
    place.clock.forward(91 * 86400)
    place.monitor_steps(1)
    everything = place.nobody.get("/endpoints/alice/news/uptime?window_hours=2160").json()
    assert len(everything["buckets"]) == 1


def test_the_uptime_of_a_hidden_listing_is_its_owners(place: Place, alice: Caller, bob: Caller) -> None:
    alice.publish("news", visibility="private")
    path = "/endpoints/alice/news/uptime"
    assert [who.get(path).status_code for who in (alice, bob, place.nobody)] == [200, 404, 404]
    assert alice.kinds(alice.get(f"{path}?window_hours=2161")) == [("less_than_equal", ["query", "window_hours"])]


WATCHED = st.builds(
    Watched,
    id=st.just(1),
    has_address=st.booleans(),
    status=st.sampled_from(["healthy", "unhealthy", None]),
    checked_at=st.none() | st.integers(-4000, 4000).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    ttl_seconds=st.integers(1, 1800),
    failures=st.integers(0, 10),
    active=st.booleans(),
)


@settings(deadline=None)
@given(WATCHED)
def test_healthy_means_active_and_nothing_else_switches_on(watched: Watched) -> None:
    verdict = judge(watched, NOW)
    if verdict.healthy:
        assert (verdict.active, verdict.failures) == (True, 0)
    else:
        assert verdict.failures == watched.failures + 1
        assert not verdict.active or (watched.active and verdict.failures < 3)


@settings(deadline=None)
@given(WATCHED)
def test_three_unhealthy_steps_always_switch_off(watched: Watched) -> None:
    later = NOW + timedelta(seconds=10_000)
    for _ in range(3):
        verdict = judge(watched, later)
        watched = Watched(
            1, watched.has_address, watched.status, watched.checked_at, 1, verdict.failures, verdict.active
        )
    assert not watched.active
