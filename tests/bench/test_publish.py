"""How long publishing takes. Printed, not judged: `make bench`."""

import time
from collections.abc import Callable
from statistics import median

import pytest
from publicist.core.services import Services

from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("count", [1, 20])
def test_publishing_to_many_slow_marketplaces(
    services: Services, catalogues: Callable[..., Counterpart], count: int
) -> None:
    for number in range(count):
        add_marketplace(services, f"Hub {number}", catalogues(latency=0.1).url)
    took = []
    for number in range(5):
        slug = f"research-{number}"
        add_endpoint(services, slug=slug)
        began = time.perf_counter()
        results = publish(services, slug)
        took.append(time.perf_counter() - began)
        assert all(one.success for one in results.values())
    print(f"\npublish to {count:>2} marketplaces of 100 ms each: median {median(took):.3f} s of {len(took)} runs")
