"""The live table: what is in it, in which order, and that it fits."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from publicist.core.cli.watch_view import draw, listings_word
from publicist.core.cli.words import age_word
from rich.console import Console

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def standing(slug: str, state: str = "healthy", *listings: dict[str, Any]) -> dict[str, Any]:
    health = {"state": state, "since": "2026-03-01T11:00:00+00:00", "age_seconds": 42, "latency_ms": 1234.5}
    return {"endpoint_slug": slug, "health": health, "publications": listings}


def listing(sync: str = "in_sync", status: str = "published", *, active: bool | None = True) -> dict[str, Any]:
    return {"sync": sync, "status": status, "active": active}


def drawn(found: list[dict[str, Any]], *, width: int = 80, height: int = 24) -> list[str]:
    text = StringIO()
    Console(file=text, width=width, height=height, color_system=None).print(draw(found, NOW, height))
    return [line.rstrip() for line in text.getvalue().rstrip().split("\n")]


def test_the_worst_come_first_and_of_the_well_ones_those_whose_listings_are_not() -> None:
    lines = drawn(
        [
            standing("a-well", "healthy", listing()),
            standing("b-off", "healthy", listing(active=False)),
            standing("c-unknown", "unknown", listing()),
            standing("d-gone", "offline", listing()),
            standing("e-slow", "degraded", listing("failed")),
        ]
    )
    order = [line.split()[0] for line in lines if line.lstrip()[1:2] == "-"]

    assert order == ["d-gone", "e-slow", "c-unknown", "b-off", "a-well"]
    assert lines[0].startswith("2026-03-01 12:00:00 UTC  1 offline, 1 degraded, 1 unknown, 2 healthy")
    assert ["d-gone", "offline", "1", "h", "42", "s", "1,234", "ms", "1", "in", "sync"] in [
        each.split() for each in lines
    ]


@pytest.mark.parametrize("width", [80, 100, 200])
def test_it_is_no_larger_than_the_screen_however_much_there_is(width: int) -> None:
    found = [standing(f"{'long-slug-' * 6}{number}", "degraded", *[listing("failed")] * 12) for number in range(40)]
    lines = drawn(found, width=width)

    assert max(map(len, lines)) <= width
    assert len(lines) <= 24
    assert lines[-1] == "and 23 endpoints more, none of them worse"


def test_an_empty_space_has_an_empty_table() -> None:
    assert "no endpoints yet" in drawn([])[0]


@pytest.mark.parametrize(
    ("listings", "word"),
    [
        ([], "-"),
        ([listing("in_sync", "not_published", active=None)], "-"),
        (
            [listing(), listing(active=False), listing("failed", "failed"), listing()],
            "1 failed, 1 switched off, 2 in sync",
        ),
    ],
)
def test_listings_are_counted_what_troubles_first(listings: list[dict[str, Any]], word: str) -> None:
    assert listings_word(listings) == word


@pytest.mark.parametrize(
    ("seconds", "word"),
    [(None, ""), (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 d")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int | None, word: str) -> None:
    assert age_word(seconds) == word
