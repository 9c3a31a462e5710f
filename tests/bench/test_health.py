"""How large the history of health becomes, and how long it takes to write and to read. Printed: `make bench`."""

import time
from pathlib import Path

import pytest

from ..clock import Clock
from ..core.health.filling import fill, size_of
from ..spaces import add_endpoint, opened

pytestmark = pytest.mark.bench

ENDPOINTS = 5
DAYS = 90


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seconds", [300])
def test_the_history_of_90_days(tmp_path: Path, clock: Clock, seconds: int) -> None:
    with opened(tmp_path, clock) as services:
        ids = [add_endpoint(services, slug=f"papers-{number}").id for number in range(ENDPOINTS)]
        empty, began = size_of(services), time.perf_counter()
        grown = fill(services, ids, DAYS, seconds) - empty
        each = (time.perf_counter() - began) / (ENDPOINTS * DAYS * 86_400 / seconds)
        began = time.perf_counter()
        report = services.health_reports.report("papers-0", days=DAYS)
        took = time.perf_counter() - began
    of_1000 = grown / ENDPOINTS * 1_000
    print(
        f"\nhealth of 1,000 endpoints, every {seconds} s for {DAYS} days: {of_1000 / 1e6:.0f} MB, "
        f"{each * 1_000:.2f} ms a look, {took * 1_000:.0f} ms for a report of {len(report.series)} days"
    )
    assert of_1000 < 200_000_000
