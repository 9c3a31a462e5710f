"""Counted queries add up the same on both databases, however many processes count at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from publicist.core.records import (
    CostCount,
    HourCount,
    PersonCount,
    QueryEvent,
    SideCount,
    Uncounted,
    UsageCounts,
    UsageSpan,
)
from publicist.core.secrets import SecretBox
from publicist.core.settings import Settings
from publicist.core.store import Store, Writer, open_store

from ...clock import START

DAY = timedelta(days=1)
SPAN = UsageSpan(START - 30 * DAY, START + 30 * DAY)


def query(**fields: Any) -> QueryEvent:
    return QueryEvent(
        **{
            "at": START,
            "endpoint_id": "papers",
            "marketplace_id": "hub",
            "person": "ada",
            "country": "DE",
            "status": 200,
            "latency_ms": 42.0,
            **fields,
        }
    )


def denied(**fields: Any) -> QueryEvent:
    return query(**{"status": 403, "denial": "access_denied", **fields})


def add(store: Store, *events: QueryEvent, owner: str = "first", dropped: int = 0) -> None:
    with store.write():
        store.usage.add(events, Writer(owner, START, START, dropped))


def test_what_was_counted_comes_back_as_sums(store: Store) -> None:
    add(
        store,
        query(cost=Decimal("0.1"), currency="EUR"),
        query(at=START + timedelta(minutes=59), person="bob", country="", cost=Decimal("0.2"), currency="EUR"),
        query(at=START + timedelta(hours=1), cost=Decimal(3), currency="USD", latency_ms=2_500),
        denied(marketplace_id="other", person="cid"),
        query(endpoint_id="second", status=500, person=""),
    )
    counts = store.usage_counts.counts(SPAN)
    assert counts == UsageCounts(
        hours=(
            HourCount(START, 200, 2),
            HourCount(START, 403, 1),
            HourCount(START, 500, 1),
            HourCount(START + timedelta(hours=1), 200, 1),
        ),
        marketplaces=counts.marketplaces,
        endpoints=counts.endpoints,
        countries={"DE": 4, "": 1},
        denials={"access_denied": 1},
        costs=(CostCount("EUR", 2, Decimal("0.3")), CostCount("USD", 1, Decimal(3))),
        latencies=counts.latencies,
        people=3,
        people_at={START.replace(hour=0): 3},
        people_of={"hub": 2, "other": 1},
        busiest=(
            PersonCount("ada", "hub", 2, 0),
            PersonCount("bob", "hub", 1, 0),
            PersonCount("cid", "other", 1, 1),
        ),
        most_denied=(
            PersonCount("cid", "other", 1, 1),
            PersonCount("ada", "hub", 2, 0),
            PersonCount("bob", "hub", 1, 0),
        ),
    )
    assert set(counts.marketplaces) == {
        SideCount("hub", 200, 3),
        SideCount("hub", 500, 1),
        SideCount("other", 403, 1),
    }
    assert set(counts.endpoints) == {
        SideCount("papers", 200, 3),
        SideCount("papers", 403, 1),
        SideCount("second", 500, 1),
    }
    assert {(item.marketplace_id, item.bound_ms, item.queries) for item in counts.latencies} == {
        ("hub", 50, 2),
        ("hub", 3_000, 1),
    }


def test_later_batches_are_added_to_what_is_there(store: Store) -> None:
    for _ in range(3):
        add(store, query(cost=Decimal("0.6"), currency="EUR"), denied())
    counts = store.usage_counts.counts(SPAN)
    assert counts.hours == (HourCount(START, 200, 3), HourCount(START, 403, 3))
    assert counts.costs == (CostCount("EUR", 3, Decimal("1.8")),)
    assert counts.busiest == (PersonCount("ada", "hub", 6, 3),)
    assert store.usage.flushed("first") == 6


def test_people_are_counted_by_the_hour_too(store: Store) -> None:
    hours = [START + timedelta(hours=number) for number in (0, 0, 1)]
    add(store, *(query(at=at + timedelta(minutes=5), person=name) for at, name in zip(hours, "abb", strict=True)))
    counts = store.usage_counts.counts(replace(SPAN, step="hour"))
    assert counts.people == 2
    assert counts.people_at == {START: 2, START + timedelta(hours=1): 1}
    assert [person.queries for person in counts.busiest] == [2, 1]


@pytest.mark.parametrize(
    ("fields", "queries"),
    [
        ({}, 4),
        ({"endpoint_id": "papers"}, 3),
        ({"marketplace_id": "other"}, 1),
        ({"marketplace_id": ""}, 1),
        ({"endpoint_id": "papers", "marketplace_id": "hub"}, 1),
        ({"since": START + DAY}, 0),
        ({"until": START}, 0),
    ],
)
def test_a_span_may_be_of_one_endpoint_or_marketplace(store: Store, fields: dict[str, Any], queries: int) -> None:
    add(store, query(), query(endpoint_id="second"), query(marketplace_id="other"), query(marketplace_id=""))
    span = replace(SPAN, **fields)
    counts = store.usage_counts.counts(span)
    assert sum(item.queries for item in counts.hours) == queries
    assert sum(item.queries for item in counts.latencies) == queries
    assert sum(row.queries for row in store.usage_counts.export(span)) == queries


def test_recent_denials_and_statuses_are_told_of_one_endpoint(store: Store) -> None:
    later = START + timedelta(minutes=10)
    add(store, denied(), denied(at=later), query(at=later), denied(at=later, endpoint_id="second"))
    assert store.usage_counts.denials("papers", later) == {"access_denied": 1}
    assert store.usage_counts.statuses("papers", later) == {200: 1, 403: 1}
    assert store.usage_counts.denials("nowhere", START) == {}


def test_single_queries_come_back_as_they_were(store: Store) -> None:
    first = query(text="What is ☃?", cost=Decimal("0.00000001"), currency="EUR", latency_ms=0.25)
    second = query(at=START + timedelta(microseconds=1), denial="rate_limited", status=429)
    add(store, second, first)
    assert list(store.usage_counts.events(SPAN)) == [first, second]


def test_the_export_gives_hourly_rows_in_the_order_of_time(store: Store) -> None:
    add(store, query(at=START + timedelta(hours=1)), query(), query(cost=Decimal("12.5"), currency="EUR"))
    rows = list(store.usage_counts.export(SPAN))
    assert [(row.hour, row.currency, row.queries, row.cost) for row in rows] == [
        (START, "", 1, Decimal(0)),
        (START, "EUR", 1, Decimal("12.5")),
        (START + timedelta(hours=1), "", 1, Decimal(0)),
    ]


def test_no_sum_of_costs_overflows_or_loses_a_part(store: Store) -> None:
    dear = Decimal("999999999999.99999999")
    add(store, *[query(cost=dear, currency="EUR") for _ in range(1_200)])
    [cost] = store.usage_counts.counts(SPAN).costs
    assert cost == CostCount("EUR", 1_200, dear * 1_200)


def test_old_queries_are_dropped_and_their_counts_stay(store: Store) -> None:
    add(store, *[query(at=START - 3 * DAY) for _ in range(5)], query())
    with store.write():
        assert store.usage.prune_events(START - DAY, 3) == 3
        assert store.usage.prune_events(START - DAY, 3) == 2
        assert store.usage.prune_events(START - DAY, 3) == 0
    assert len(list(store.usage_counts.events(SPAN))) == 1
    assert sum(item.queries for item in store.usage_counts.counts(SPAN).hours) == 6


def test_old_counts_are_dropped_a_day_at_a_time(store: Store) -> None:
    add(store, query(at=START - 9 * DAY), query(at=START - 8 * DAY), query())
    steps = []
    while not steps or steps[-1]:
        with store.write():
            steps.append(store.usage.prune_counts(START - DAY))
    assert steps == [3, 3, 0]
    counts = store.usage_counts.counts(SPAN)
    assert counts.hours == (HourCount(START, 200, 1),)
    assert counts.people_at == {START.replace(hour=0): 1}
    assert store.usage.flushed("first") == 3


def test_what_a_dead_process_had_not_stored_is_told_as_lost(store: Store) -> None:
    add(store, query(), query(), owner="dead", dropped=1)
    with store.write():
        for _ in range(2):
            assert store.usage.bury(Writer("dead", START, START, 4), recorded=7) == 5
        assert store.usage.bury(Writer("early", START, START, 0), recorded=3) == 3
        store.usage.close("dead")
    assert store.usage_counts.uncounted(START - DAY, START + DAY) == Uncounted(dropped=4, lost=8)
    assert store.usage_counts.uncounted(START + DAY, START + 2 * DAY) == Uncounted()


def test_a_process_that_stored_everything_is_forgotten(store: Store) -> None:
    add(store, query())
    with store.write():
        store.usage.close("first")
    assert store.usage.flushed("first") == 0


def test_processes_that_count_at_once_neither_block_nor_lose(database: Settings, box: SecretBox) -> None:
    store = open_store(database, box)

    def event(number: int) -> Callable[[datetime], QueryEvent]:
        return lambda at: query(at=at, person=f"p{number % 7}", endpoint_id=f"e{number % 3}", status=200 + number % 2)

    def count(owner: int) -> None:
        events = [event(number)(START + timedelta(hours=number % 5)) for number in range(60)]
        ordered = events if owner % 2 else events[::-1]
        for start in range(0, 60, 20):
            add(store, *ordered[start : start + 20], owner=str(owner))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(8)))
    with store.session():
        counts = store.usage_counts.counts(SPAN)
        assert sum(item.queries for item in counts.hours) == 480
        assert sum(person.queries for person in counts.busiest) == 480
        assert counts.people == 7
        assert {store.usage.flushed(str(owner)) for owner in range(8)} == {60}
