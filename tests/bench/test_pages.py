"""How long each page takes with 1,000 endpoints on 10 marketplaces and 90 days of history. Printed: `make bench`.

Both are told: how long the answer took, and how long the processor worked for it, which a busy machine does not change.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from publicist.core.services import Services
from publicist.webapp import create_app
from publicist.webapp.serving import settle

from ..clock import Clock
from ..webapp.pages.person import Person
from ..webapp.site import served
from .filled_settings import NAMES, fill_settings
from .filled_space import DAYS, ENDPOINTS, MARKETPLACES, fill
from .pages import EXCLUDED, PAGES

TIMES = 30
TARGET_MS = 200
ANY = dict.fromkeys(NAMES, str(UUID(int=7)))


def test_every_page_is_timed_or_it_is_said_why_not(services: Services) -> None:
    rules = create_app(services).url_map
    pages = {rule.rule for rule in rules.iter_rules() if "GET" in (rule.methods or ())}
    shown = {rule for rule in pages if not rule.startswith("/api/v1/")}
    timed = {rules.bind("space").match(urlsplit(path).path, return_rule=True)[0].rule for path in spelt(ANY)}

    assert timed | EXCLUDED.keys() == shown
    assert not timed & EXCLUDED.keys()


@pytest.mark.bench
@pytest.mark.timeout(3600)
def test_every_page_of_a_large_space(tmp_path: Path, clock: Clock) -> None:
    with served(tmp_path / "space", clock) as site:
        settle()
        began = time.perf_counter()
        fill(site.services)
        ids = fill_settings(site.services)
        print(
            f"\n{ENDPOINTS:,} endpoints, {MARKETPLACES} marketplaces, {DAYS} days: filled in "
            f"{time.perf_counter() - began:.0f} s; each page {TIMES} times, milliseconds (median, p95; processor: p95)"
        )
        owner = Person(site.url, site.owner.token)
        found = {path: asked(owner, path) for path in spelt(ids)}
    for path, (took, worked) in sorted(found.items(), key=lambda item: -p95(item[1][1])):
        late = "  <-- over" if p95(worked) > TARGET_MS else ""
        print(f"  {median(took):8.1f} {p95(took):8.1f} {p95(worked):8.1f}  {path}{late}")
    everything = [one for took, _ in found.values() for one in took]
    work = [one for _, worked in found.values() for one in worked]
    print(f"  {median(everything):8.1f} {p95(everything):8.1f} {p95(work):8.1f}  all {len(found)} pages")


def spelt(ids: Mapping[str, str]) -> list[str]:
    """Return the addresses with these ids in them."""
    return [path.format(**ids) for path in PAGES]


def asked(owner: Person, path: str) -> tuple[list[float], list[float]]:
    """Ask for a page, once to warm up; return the milliseconds that passed, and those that this process worked."""
    took, worked = [], []
    headers = {"HX-Request": "true"} if path.endswith("#live") else {}
    for _ in range(TIMES + 1):
        began, busy = time.perf_counter(), time.process_time()
        answer = owner.session.get(owner.url + path, headers=headers, timeout=60)
        took.append((time.perf_counter() - began) * 1_000)
        worked.append((time.process_time() - busy) * 1_000)
        assert answer.status_code == 200, (path, answer.status_code)
    return took[1:], worked[1:]


def p95(took: list[float]) -> float:
    """Return what 95 of 100 stay below."""
    return quantiles(took, n=20)[18]
