"""The process is killed between any two steps; the next one makes it right."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from publicist.core.publishing.publication import SETTLE
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows, work

Die = Callable[[Path, str, str], None]
STEPS = [
    "before:work",
    "before:_claim",
    "after:_claim",
    "before:_perform",
    "after:_perform",
    "before:_record",
    "after:_record",
]


def settle(data_dir: Path, clock: Clock, check: Callable[[Services], None]) -> None:
    """Start again, let time pass, and look."""
    clock.now = datetime.now(UTC)  # the process that died lived in real time
    with opened(data_dir, clock) as services:
        services.worker.recover()
        for _ in range(4):
            work(services)
            clock.move(seconds=SETTLE.total_seconds())
        check(services)


@pytest.mark.parametrize("step", STEPS)
def test_a_publish_that_was_killed_lists_the_endpoint_exactly_once(
    tmp_path: Path, catalogues: Callable[..., Counterpart], die: Die, step: str
) -> None:
    there, clock = catalogues(), Clock()
    with opened(tmp_path, clock) as services:
        add_endpoint(services)
        add_marketplace(services, "Hub", there.url)
    die(tmp_path, "publish", step)

    def check(services: Services) -> None:
        row = rows(services)["Hub"]
        assert row is not None
        assert (row.status, row.outcome_unknown, row.due_at, row.error) == ("published", False, None, None)
        assert row.remote_id == there.listings["research-qa"]["id"]

    settle(tmp_path, clock, check)
    made = [seen for seen in there.requests if seen.method == "POST"]
    assert len(there.listings) == len(made) == 1


@pytest.mark.parametrize("step", STEPS)
def test_an_unpublish_that_was_killed_leaves_nothing_behind(
    tmp_path: Path, catalogues: Callable[..., Counterpart], die: Die, step: str
) -> None:
    there, clock = catalogues(), Clock()
    with opened(tmp_path, clock) as services:
        add_endpoint(services)
        add_marketplace(services, "Hub", there.url)
        publish(services)
    die(tmp_path, "unpublish", step)

    def check(services: Services) -> None:
        row = rows(services)["Hub"]
        assert row is not None
        assert (row.status, row.outcome_unknown, row.due_at) == ("not_published", False, None)

    settle(tmp_path, clock, check)
    assert there.listings == {}
