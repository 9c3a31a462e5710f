"""What a steady state costs: reading a marketplace of many unchanged listings. Printed: `make bench`."""

import resource
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from publicist.core.publishing.listing import as_listed
from publicist.core.publishing.publication import with_status
from publicist.core.records import Publication
from publicist.core.services import Services

from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]


def fill(services: Services, there: Counterpart, count: int) -> None:
    """List ``count`` endpoints as if they had been published, without the calls."""
    hub = add_marketplace(services, "Hub", there.url)
    first = add_endpoint(services, slug="bench-0")
    space = services.spaces.current()
    with services.store.write():
        for number in range(count):
            endpoint = replace(first, id=f"{first.id}-{number}" if number else first.id, slug=f"bench-{number}")
            if number:
                services.store.endpoints.add(endpoint)
            payload = services.worker.render(endpoint, hub, space, None)
            listing = there.insert(endpoint.slug, account="", **payload.fields)
            row = Publication(endpoint.id, endpoint.id, hub.id, "listed", 1, "published")
            row = replace(
                row,
                remote_id=listing,
                remote_slug=endpoint.slug,
                remote_url=f"https://catalogue.example/l/{endpoint.slug}",
                confirmed_digest=payload.digest,
                listed_as=as_listed(endpoint),
                active=True,
                verified_at=services.clock(),
            )
            services.store.publications.add(with_status(row))


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_a_steady_state_costs_the_pages_and_no_write(
    services: Services, catalogues: Callable[..., Counterpart], count: int
) -> None:
    there = catalogues()
    fill(services, there, count)
    there.requests.clear()
    began = time.perf_counter()
    (done,) = services.reconciler.sync()
    took = time.perf_counter() - began
    assert done.error is None
    assert done.plan is not None
    assert (done.plan.changes, done.marked) == ((), 0)
    assert {seen.method for seen in there.requests} == {"GET"}
    reads = len(there.requests)
    assert reads == count // 100
    tracemalloc.start()
    services.reconciler.sync()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = f"{took:.2f} s, {peak:.0f} MiB peak, {rss:.0f} MiB RSS"
    print(f"\n{count:>6} unchanged listings: {reads} reads, no write, {said}")
