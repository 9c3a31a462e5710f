"""`publicist usage` shows what was counted, to people and to programs."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from publicist.core.records import QueryEvent
from publicist.core.services import utc_now

from .conftest import CommandLine

NOW = utc_now().replace(minute=30)


def count(space: CommandLine, *events: dict[str, Any], slug: str = "research-qa") -> None:
    services = space.services()
    try:
        [hub, *_] = [*services.marketplaces.all(), None]
        for event in events:
            services.usage.record(
                QueryEvent(
                    **{
                        "at": NOW,
                        "endpoint_id": services.endpoints.get(slug).id,
                        "marketplace_id": hub.id if hub else "",
                        "person": "ada",
                        "country": "DE",
                        "status": 200,
                        "latency_ms": 42.0,
                        **event,
                    }
                )
            )
    finally:
        services.close()


@pytest.fixture
def used(space: CommandLine) -> CommandLine:
    """A space with two endpoints, one of which was asked."""
    space.add_marketplace("Hub", "http://127.0.0.1:9", "--no-test")
    space.add_endpoint()
    space.add_endpoint("second-one")
    paid = {"cost": Decimal("0.5"), "currency": "EUR"}
    denied = {"status": 403, "denial": "access_denied", "person": "eve", "country": ""}
    count(space, paid, {**paid, "cost": Decimal("0.25")}, *[denied] * 25)
    return space


def test_the_figures_are_shown_in_words(used: CommandLine) -> None:
    result = used.run("usage")
    shown = result.stdout.splitlines()
    assert "Queries                  27" in shown
    assert "Unique users             2" in shown
    assert "Access denied (403)      25" in shown
    assert "Cost                     0.75 EUR for 2 queries, 0.375 on average" in shown
    assert "Countries                unknown 25, DE 2" in shown
    assert any(line.split()[-6:] == ["QUERIES", "USERS", "SUCCESSFUL", "401-403", "429", "FAILED"] for line in shown)
    assert any(line.split() == ["Hub", "27", "2", "2", "25", "0", "0"] for line in shown)
    assert any(line.split() == ["research-qa", "27", "-", "2", "25", "0", "0"] for line in shown)
    assert "Unusual: One person (eve) was refused 25 times, in 25 queries." in result.stderr


def test_one_endpoint_is_shown_alone(used: CommandLine) -> None:
    count(used, {}, slug="second-one")
    told = used.json("usage", "second-one", "--days", "1")
    assert (told["endpoint_slug"], told["total"], told["step"]) == ("second-one", 1, "hour")
    assert [(side["marketplace_name"], side["total"]) for side in told["marketplaces"]] == [("Hub", 1)]
    assert used.json("usage")["total"] == 28
    assert used.json("usage", "--marketplace", "Hub")["total"] == 28


def test_nothing_counted_is_shown_as_that(space: CommandLine) -> None:
    shown = space.run("usage").stdout
    assert "Queries                  0" in shown
    assert "Marketplace" not in shown
    assert space.json("usage")["total"] == 0


def test_what_was_not_counted_is_said(used: CommandLine) -> None:
    services = used.services()
    try:
        from publicist.core.store import Writer

        with services.store.write():
            services.store.usage.bury(Writer("gone", NOW, NOW, 7), recorded=3)
    finally:
        services.close()
    assert "7 queries dropped under load, 3 lost in crashes" in used.run("usage").stderr


def test_hourly_counts_go_to_a_file(used: CommandLine, tmp_path: Path) -> None:
    target = tmp_path / "usage.csv"
    assert "Wrote 2 rows." in used.run("usage", "research-qa", "--csv", str(target)).stderr
    rows = list(csv.DictReader(io.StringIO(target.read_text(), newline="")))
    assert [(row["endpoint"], row["marketplace"], row["status"], row["queries"]) for row in rows] == [
        ("research-qa", "Hub", "200", "2"),
        ("research-qa", "Hub", "403", "25"),
    ]
    assert (rows[0]["cost"], rows[0]["currency"]) == ("0.75", "EUR")


def test_single_queries_go_to_standard_output(
    used: CommandLine, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.setenv("PUBLICIST_KEEP_QUERY_TEXT", "true")
    count(used, {"at": NOW - timedelta(hours=1), "text": '=HYPERLINK("http://evil", "x")'})
    rows = list(csv.DictReader(io.StringIO(used.run("usage", "--csv", "-", "--queries").stdout, newline="")))
    assert len(rows) == 28
    assert rows[0]["text"] == '\'=HYPERLINK("http://evil", "x")'
    assert {row["person"] for row in rows} == {"ada", "eve"}


@pytest.mark.parametrize(
    "words", [("--queries",), ("--json", "--csv", "-"), ("--days", "0"), ("--days", "401"), ("--days", "many")]
)
def test_options_that_make_no_sense_are_refused(space: CommandLine, words: tuple[str, ...]) -> None:
    space.run("usage", *words, code=2)


def test_an_endpoint_or_a_marketplace_that_is_not_there_is_an_error(space: CommandLine) -> None:
    assert "nowhere" in space.run("usage", "nowhere", code=1).stderr
    assert "Nowhere" in space.run("usage", "--marketplace", "Nowhere", code=1).stderr
