"""An endpoint that has been looked at, queried, and talked about for some time."""

import math
import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from publicist.core.records import CheckResult, Endpoint, QueryEvent
from publicist.core.schemas import load_feedback
from publicist.core.services import Services

from ...clock import Clock

EVERY = 3
"""Hours between two looks."""

GONE = CheckResult("dataset", ok=False, message="No connection.", reachable=False)


def looks(services: Services, clock: Clock, endpoint: Endpoint, days: int) -> None:
    """Let days pass in which the endpoint is looked at: well on most, gone for a day, slow now and then."""
    chance = random.Random(7)
    with services.store.session():
        for number in range(days * 24 // EVERY):
            day = number * EVERY // 24
            slow = 300 * chance.random() + 90 * math.sin(day / 7) + 130
            fine = CheckResult("dataset", ok=True, message="3 documents.", latency_ms=slow)
            away = day in (days // 3, days // 3 + 1, days - 9)
            services.health_book.record(endpoint.id, [GONE if away else fine])
            clock.move(hours=EVERY)


def queries(services: Services, clock: Clock, endpoint: Endpoint, days: int, marketplace_id: str = "") -> None:
    """Count queries of the last days: of a few people, from a few countries, most of them answered."""
    chance = random.Random(11)
    for back in range(days):
        for _ in range(int(12 + 10 * math.sin(back / 5) + 6 * chance.random())):
            status = chance.choices((200, 403, 429, 400, 500), (80, 6, 7, 4, 2))[0]
            at = clock() - timedelta(days=back, hours=min(23, abs(chance.gauss(9, 4))))
            services.usage.record(_event(endpoint, marketplace_id, status, chance, at=at))
    services.usage.flush()


def say(services: Services, slug: str, *said: dict[str, Any]) -> None:
    """Give feedback, each from an address of its own."""
    for number, one in enumerate(said):
        services.feedback.add(slug, load_feedback(one), f"198.51.100.{number + 1}")


def _event(endpoint: Endpoint, marketplace_id: str, status: int, chance: random.Random, **given: Any) -> QueryEvent:
    denials = {403: "access_denied", 429: "rate_limited"}
    answered = status == 200
    return QueryEvent(
        endpoint_id=endpoint.id,
        marketplace_id=marketplace_id,
        person=chance.choices(("f3a91c77aa", "07be55d2c1", "99ab0e41f0", "5d21ffe390"), (6, 3, 2, 1))[0],
        country=chance.choices(("DE", "FR", "US", "IN", ""), (8, 4, 5, 2, 3))[0],
        status=status,
        latency_ms=40 + 400 * chance.random(),
        cost=Decimal("0.05") if answered else Decimal(0),
        currency="EUR" if answered else "",
        denial=denials.get(status, ""),
        **given,
    )
