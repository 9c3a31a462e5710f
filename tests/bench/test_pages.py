"""How long each page takes with 1,000 endpoints on 10 marketplaces and 90 days of history. Printed: `make bench`.

Both are told: how long the answer took, and how long the processor worked for it, which a busy machine does not change.
"""

import time
from pathlib import Path
from statistics import median, quantiles

import pytest

from ..clock import Clock
from ..webapp.pages.person import Person
from ..webapp.site import served
from .filled_space import DAYS, ENDPOINTS, MARKETPLACES, fill

pytestmark = pytest.mark.bench

TIMES = 30
TARGET_MS = 200
SLUG = "/endpoints/tide-0500"
PAGES = (
    "/",
    "/?page=25",
    "/?q=tide-05&sort=needs",
    "/?status=failed&sort=health",
    "/?health=offline&tag=sea&sort=newest",
    "/monitoring",
    "/monitoring?state=trouble",
    "/activity",
    "/plan",
    "/plan/{marketplace}",
    "/plan/{marketplace}/progress",
    "/endpoints/new",
    "/endpoints/import",
    *(
        SLUG + rest
        for rest in (
            "",
            "/edit",
            "/publish",
            "/unpublish",
            "/republish",
            "/availability",
            "/delete",
            "/try",
            "/policies",
            "/checks",
            "/health",
            "/health?days=90",
            "/usage",
            "/usage?days=90",
            "/feedback",
            "/activity",
        )
    ),
    "/settings/network",
    "/settings/marketplaces",
    "/settings/marketplaces/add",
    "/settings/marketplaces/{marketplace}",
    "/settings/marketplaces/{marketplace}/remove",
    "/settings/notifications",
    "/settings/notifications/channels/add",
    "/settings/notifications/rules/add",
    "/settings/maintenance",
    "/settings/maintenance/announce",
    "/settings/tokens",
    "/settings/people",
    "/settings/account",
    "/settings/plugins",
    "/settings/backups",
    "/settings/status-page",
    "/first-steps/endpoint",
    "/feedback/tide-0500",
    "/status",
    "/api/docs",
)


@pytest.mark.timeout(3600)
def test_every_page_of_a_large_space(tmp_path: Path, clock: Clock) -> None:
    with served(tmp_path / "space", clock) as site:
        began = time.perf_counter()
        fill(site.services)
        print(
            f"\n{ENDPOINTS:,} endpoints, {MARKETPLACES} marketplaces, {DAYS} days: filled in "
            f"{time.perf_counter() - began:.0f} s; each page {TIMES} times, milliseconds (median, p95; processor: p95)"
        )
        owner = Person(site.url, site.owner.token)
        marketplace = site.services.marketplaces.all()[0].id
        found = {path: asked(owner, path.format(marketplace=marketplace)) for path in PAGES}
    for path, (took, worked) in sorted(found.items(), key=lambda item: -p95(item[1][1])):
        late = "  <-- over" if p95(worked) > TARGET_MS else ""
        print(f"  {median(took):8.1f} {p95(took):8.1f} {p95(worked):8.1f}  {path}{late}")
    everything = [one for took, _ in found.values() for one in took]
    work = [one for _, worked in found.values() for one in worked]
    print(f"  {median(everything):8.1f} {p95(everything):8.1f} {p95(work):8.1f}  all {len(PAGES)} pages")


def asked(owner: Person, path: str) -> tuple[list[float], list[float]]:
    """Ask for a page, once to warm up; return the milliseconds that passed, and those that this process worked."""
    took, worked = [], []
    for _ in range(TIMES + 1):
        began, busy = time.perf_counter(), time.process_time()
        answer = owner.session.get(owner.url + path, timeout=60)
        took.append((time.perf_counter() - began) * 1_000)
        worked.append((time.process_time() - busy) * 1_000)
        assert answer.status_code == 200, (path, answer.status_code)
    return took[1:], worked[1:]


def p95(took: list[float]) -> float:
    """Return what 95 of 100 stay below."""
    return quantiles(took, n=20)[18]
