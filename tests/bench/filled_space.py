"""A space as large as they come: its tables are filled directly, for doing it through the services would take hours."""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from publicist.core.health.sums import HealthCell, added, day_of, hour_of, pack, pack_day
from publicist.core.publishing.listing import as_listed
from publicist.core.records import Endpoint
from publicist.core.services import Services
from publicist.core.store.fields import to_micros

from ..spaces import add_endpoint, add_marketplace

ENDPOINTS, MARKETPLACES, DAYS = 1_000, 10, 90
EVENT_DAYS = 30
TAGS = ("sea", "law", "health", "maps", "papers", "weather")
COUNTRIES = ("DE", "FR", "US", "IN")


def fill(services: Services) -> None:
    """Fill a space; one endpoint of 20 fails somewhere, one of 50 needs a republish, a few are not well."""
    now, chance = services.clock(), random.Random(7)
    endpoints = [_endpoint(services, number) for number in range(ENDPOINTS)]
    places = [add_marketplace(services, f"Hub {n}", f"http://127.0.0.1:9/{n}").id for n in range(MARKETPLACES)]
    ids = [endpoint.id for endpoint in endpoints]
    rows = {
        "publication": _publications(endpoints, places, now),
        "health": _health(ids, now),
        "health_reading": _readings(ids, now),
        "health_day": _days(ids, now),
        "health_change": _changes(ids, now),
        "usage_hour": _hours(ids, places, now, chance),
        "usage_latency": _latencies(ids, places, now, chance),
        "usage_person": _people(ids, places, now, chance),
        "usage_event": _events(ids, places, now, chance),
        "event": _audit(endpoints, now),
    }
    services.status_pages.change(everything=True, tags=["sea"])
    for table, found in rows.items():
        insert(services, table, found)


def _endpoint(services: Services, number: int) -> Endpoint:
    tags = [TAGS[number % 6], TAGS[number // 6 % 6]] if number % 7 else []
    name = f"Tide {number:04}"
    return add_endpoint(services, slug=f"tide-{number:04}", name=name, tags=list(dict.fromkeys(tags)))


def insert(services: Services, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to a table, as its columns have them."""
    with services.store.write():
        connection = services.store._connections.database.connection()
        first = next(found := iter(rows))
        sql = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join('?' for _ in first)})"
        connection.execute(sql, tuple(first.values()))
        connection.executemany(sql, (tuple(row.values()) for row in found))


def _uuid(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _publications(endpoints: Sequence[Endpoint], places: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(3)
    for number, endpoint in enumerate(endpoints):
        listed = as_listed(endpoint) | ({"slug": "former"} if number % 50 == 0 else {})
        for place, marketplace_id in enumerate(places):
            failed, pending = number % 20 == 0 and place == 3, number % 25 == 1 and place == 5
            error = ("slug_conflict", "The slug is taken.", "Choose another one.") if failed else (None, None, None)
            if (number + place) % 11 == 0 and not failed:
                continue
            yield {
                "id": _uuid(chance),
                "endpoint_id": endpoint.id,
                "marketplace_id": marketplace_id,
                "wanted": "listed",
                "wanted_rev": 1,
                "status": "failed" if failed else "pending" if pending else "published",
                "remote_id": None if failed or pending else f"{number}-{place}",
                "remote_slug": None if failed or pending else endpoint.slug,
                "remote_url": "" if failed or pending else f"https://hub-{place}.example/ada/{endpoint.slug}",
                "confirmed_digest": "x",
                "listed_as": json.dumps(listed, ensure_ascii=False, sort_keys=True),
                "active": 1,
                "published_at": to_micros(now - timedelta(days=80)),
                "attempts": 1,
                "due_at": to_micros(now + timedelta(minutes=20)) if pending else None,
                "fence": 1,
                "outcome_unknown": 0,
                "gave_up": int(failed),
                "error_cause": error[0],
                "error_message": error[1],
                "error_remedy": error[2],
                "message": "",
                "by_person": 0,
                "republish": 0,
                "drift": "{}",
                "outdated": int(number % 50 == 0),
            }


def _health(ids: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    results = [
        {"name": name, "ok": True, "message": "It answered 200.", "latency_ms": 90.0, "reachable": True, "warning": ""}
        for name in ("dataset", "query")
    ]
    for number, name in enumerate(ids):
        state = "offline" if number % 40 == 7 else "degraded" if number % 40 == 9 else "healthy"
        at = to_micros(now - timedelta(seconds=number % 300))
        yield {
            "endpoint_id": name,
            "state": state,
            "since": to_micros(now - timedelta(days=number % 30, hours=1)),
            "checked_at": at,
            "noted_at": at,
            "latency_ms": 90.0,
            "message": "",
            "turns": 0,
            "recent": "h" * 20,
            "known": state,
            "results": json.dumps(results),
        }


def _readings(ids: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    lines = "".join(f"{second}hh90\n" for second in range(0, 3_600, 300))
    for name in ids:
        for back in range(72):
            yield {"endpoint_id": name, "hour": to_micros(hour_of(now) - timedelta(hours=back)), "readings": lines}


def _days(ids: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    fine = HealthCell({"healthy": 3_600}, 12, 12, {100: 12})
    days = [pack_day(dict.fromkeys(range(24), fine)), pack_day(dict.fromkeys(range(now.hour), fine))]
    whole = [pack(added(*[fine] * 24)), pack(added(*[fine] * now.hour))]
    for name in ids:
        for back in range(DAYS):
            day = to_micros(day_of(now) - timedelta(days=back))
            yield {"endpoint_id": name, "day": day, "whole": whole[not back], "hours": days[not back]}


def _changes(ids: Sequence[str], now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(5)
    for name in ids:
        for back in range(0, DAYS, 9):
            for hours, before, after in ((5, "healthy", "offline"), (4, "offline", "healthy")):
                at = now - timedelta(days=back, hours=hours)
                yield {
                    "id": _uuid(chance),
                    "endpoint_id": name,
                    "at": to_micros(at),
                    "before": before,
                    "after": after,
                    "since": to_micros(at - timedelta(hours=1)),
                    "message": "No connection.",
                }


def _hours(ids: Sequence[str], places: Sequence[str], now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Four busy hours a day, on two marketplaces."""
    for name in ids:
        for back in range(DAYS):
            for hour in (9, 11, 14, 20):
                yield {
                    "hour": to_micros(day_of(now) - timedelta(days=back) + timedelta(hours=hour)),
                    "endpoint_id": name,
                    "marketplace_id": places[hour % 2],
                    "status": 200 if hour != 20 else 429,
                    "denial": "" if hour != 20 else "rate_limited",
                    "country": COUNTRIES[chance.randrange(4)],
                    "currency": "EUR" if hour != 20 else "",
                    "queries": chance.randrange(1, 30),
                    "cost_whole": 0,
                    "cost_fraction": 50_000_000,
                }


def _latencies(
    ids: Sequence[str], places: Sequence[str], now: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for name in ids:
        for back in range(DAYS):
            for hour in (9, 11, 14):
                at = to_micros(day_of(now) - timedelta(days=back) + timedelta(hours=hour))
                yield {
                    "hour": at,
                    "endpoint_id": name,
                    "marketplace_id": places[hour % 2],
                    "bound_ms": 100,
                    "queries": chance.randrange(1, 30),
                }


def _people(
    ids: Sequence[str], places: Sequence[str], now: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for name in ids:
        for back in range(DAYS):
            day = to_micros(day_of(now) - timedelta(days=back))
            yield {
                "day": day,
                "endpoint_id": name,
                "marketplace_id": places[0],
                "person": f"{chance.randrange(500):010x}",
                "queries": 20,
                "denied": 1,
            }


def _events(
    ids: Sequence[str], places: Sequence[str], now: datetime, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for name in ids:
        for number in range(EVENT_DAYS * 4):
            yield {
                "id": _uuid(chance),
                "at": to_micros(now - timedelta(hours=6 * number, minutes=3)),
                "endpoint_id": name,
                "marketplace_id": places[0],
                "person": f"{chance.randrange(500):010x}",
                "country": "DE",
                "status": 200,
                "latency_ms": 120.0,
                "cost": "0.05",
                "currency": "EUR",
                "denial": "",
                "query_text": "",
            }


def _audit(endpoints: Sequence[Endpoint], now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(9)
    for number in range(50_000):
        endpoint = endpoints[number % len(endpoints)]
        yield {
            "id": _uuid(chance),
            "at": to_micros(now - timedelta(minutes=2 * number)),
            "actor_kind": "api",
            "actor_name": "deploy",
            "action": "endpoint.edited",
            "subject_kind": "endpoint",
            "subject_id": endpoint.id,
            "subject_name": endpoint.slug,
            "endpoint_id": endpoint.id,
            "what": "summary",
            "outcome": "done",
        }
