"""`publicist health` shows how an endpoint does and did, to people and to programs."""

from datetime import datetime, timedelta

import pytest
from publicist.core.records import CheckResult
from publicist.core.services import utc_now
from publicist.core.settings import load_settings

from ...clock import Clock
from ...spaces import opened
from .conftest import CommandLine

FINE = [CheckResult("dataset", True, "It answered 200.", latency_ms=42.0, warning="The certificate ends in 9 days.")]
GONE = [CheckResult("dataset", False, "No connection.", reachable=False)]


@pytest.fixture
def watched(space: CommandLine) -> CommandLine:
    """An endpoint that went down some minutes ago, beside one that was never looked at."""
    space.add_endpoint()
    space.add_endpoint("second-one")
    clock = Clock(utc_now() - timedelta(minutes=30))
    with opened(load_settings().data_dir, clock) as services:
        endpoint = services.endpoints.get("research-qa")
        for results in [FINE, FINE, GONE, GONE, GONE, FINE]:
            services.health_book.record(endpoint.id, results)
            clock.move(minutes=5)
    return space


def test_health_is_shown_in_words(watched: CommandLine) -> None:
    lines = watched.run("health", "research-qa").stdout.splitlines()
    assert "State      offline" in lines
    assert "Leaning    towards healthy, for 1 look" in lines
    assert any(line.startswith("Uptime     24h 80.00 %, 7d 80.00 %") for line in lines)
    assert any("Soon: The certificate ends in 9 days." in line for line in lines)
    assert any("still" in line and "No connection." in line for line in lines)


def test_programs_get_the_same_as_from_the_api(watched: CommandLine) -> None:
    told = watched.json("health", "research-qa", "--days", "7")
    assert (told["state"], told["step"], len(told["series"])) == ("offline", "day", 7)
    assert datetime.fromisoformat(told["since"]).tzinfo is not None
    assert len(watched.json("health", "research-qa", "--hours", "3")["series"]) == 3


def test_an_endpoint_that_was_never_looked_at_is_unknown(watched: CommandLine) -> None:
    shown = watched.run("health", "second-one").stdout
    assert "State     unknown" in shown
    assert "Incident" not in shown


@pytest.mark.parametrize("words", [("--hours", "0"), ("--days", "401"), ("--hours", "2", "--days", "2")])
def test_options_that_make_no_sense_are_refused(watched: CommandLine, words: tuple[str, ...]) -> None:
    watched.run("health", "research-qa", *words, code=2)


def test_an_endpoint_that_is_not_there_is_an_error(space: CommandLine) -> None:
    assert "nowhere" in space.run("health", "nowhere", code=1).stderr
