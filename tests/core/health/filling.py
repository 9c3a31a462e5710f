"""A space whose endpoints have been looked at for days, and how large that makes it."""

import random
from pathlib import Path

from publicist.core.records import CheckResult
from publicist.core.services import Services

FAILED = [CheckResult("dataset", False, "no connection", reachable=False)]


def fill(services: Services, ids: list[str], days: int, seconds: int) -> int:
    """Look at all of these endpoints for some days, tidy up, and return the size of the database in bytes.

    The looks of a day take place before those of the next one, as they would; their times come from the clock.
    """
    clock, chance = services.clock, random.Random(7)
    with services.store.session():
        for _ in range(days * 86_400 // seconds):
            for name in ids:
                services.health_book.record(name, _seen(chance))
            clock.move(seconds=seconds)  # type: ignore[attr-defined]
    services.health_book.prune()
    return size_of(services)


def size_of(services: Services) -> int:
    """Return the bytes that the database takes once unused pages are given back."""
    while services.store.shrink(1_000):
        continue
    with services.store.session():
        services.store._connections.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return sum(path.stat().st_size for path in Path(services.settings.data_dir).glob("publicist.sqlite3*"))


def _seen(chance: random.Random) -> list[CheckResult]:
    """Return what two checks saw: most often fine and quick, sometimes slow, rarely nothing."""
    if chance.random() < 0.01:
        return FAILED
    latency = chance.lognormvariate(4.5, 0.8)
    return [CheckResult(name, True, "It answered 200.", latency_ms=latency) for name in ("dataset", "model")]
