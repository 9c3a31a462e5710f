"""``/metrics``, ``/readyz`` and ``/healthz``: what machines that watch a space ask for."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families
from publicist.core.records import CheckResult, QueryEvent, RunnerSign

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish, work
from .site import Site, good, problem, served

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
OPEN_METRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
Catalogues = Callable[..., Counterpart]


def scrape(site: Site, **headers: str) -> requests.Response:
    headers["Authorization"] = f"Bearer {site.owner.token}"
    return requests.get(f"{site.url}/metrics", headers=headers, timeout=30)


def read(site: Site) -> dict[str, Metric]:
    answer = scrape(site)
    assert answer.status_code == 200, answer.text
    return {family.name: family for family in families(answer.text)}


def values(site: Site, family: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a family by the values of their labels."""
    return {tuple(sample.labels.values()): sample.value for sample in read(site)[family].samples}


def test_the_metrics_are_valid_for_a_parser_in_both_forms(site: Site, catalogues: Catalogues) -> None:
    """The names hold everything that the text form must escape."""
    add_marketplace(site.services, 'Cata"logue \\ one', catalogues().url)
    add_endpoint(site.services)
    publish(site.services)

    plain, opened = scrape(site), scrape(site, **OPEN_METRICS)

    assert plain.headers["Content-Type"].startswith("text/plain")
    assert opened.headers["Content-Type"].startswith("application/openmetrics-text")
    found = list(families(plain.text))
    assert all(family.documentation and family.type != "unknown" for family in found)
    samples = [(sample.name, *sorted(sample.labels.items())) for family in found for sample in family.samples]
    assert len(set(samples)) == len(samples)
    assert {family.name for family in open_families(opened.text)} >= {"publicist_build", "publicist_queue_depth"}
    assert {s.labels["marketplace"] for s in read(site)["publicist_publications"].samples} == {'Cata"logue \\ one'}


def test_the_docs_name_every_family_and_no_other(site: Site) -> None:
    found = {family.name for family in open_families(scrape(site, **OPEN_METRICS).text)}
    named = {line.split("`")[1] for line in DOCS.read_text().splitlines() if line.startswith("| `publicist_")}
    told = {name.removesuffix("_total").removesuffix("_info") for name in named}

    assert {name for name in found if name.startswith("publicist_")} == told


def test_publications_and_their_outcomes_are_counted(site: Site, catalogues: Catalogues, clock: Clock) -> None:
    good_one, dead = catalogues(), catalogues()
    dead.stop()
    add_marketplace(site.services, "Good", good_one.url)
    add_marketplace(site.services, "Dead", dead.url)
    add_endpoint(site.services)
    publish(site.services)

    statuses = values(site, "publicist_publications")
    outcomes = {tuple(s.labels.values()): s.value for s in read(site)["publicist_outcomes"].samples}

    assert statuses["Good", "published"] == 1
    assert statuses["Good", "failed"] == 0
    assert statuses["Dead", "pending"] == 1
    assert outcomes["Good", "create", "listed"] == 1
    assert outcomes["Dead", "create", "marketplace_unavailable"] == 1
    assert values(site, "publicist_attempts")["Dead", "create"] == 1
    assert values(site, "publicist_queue_depth") == {("now",): 0, ("later",): 1}
    clock.move(minutes=10)
    assert values(site, "publicist_queue_depth") == {("now",): 1, ("later",): 0}
    assert 0 < values(site, "publicist_queue_age_seconds")[()] <= 600
    work(site.services)
    assert values(site, "publicist_attempts")["Dead", "create"] == 2


def test_how_endpoints_and_marketplaces_do_is_told(site: Site) -> None:
    add_marketplace(site.services, "Here", "http://127.0.0.1:9")
    well = add_endpoint(site.services)
    add_endpoint(site.services, slug="never-seen")
    site.services.health_book.record(well.id, [CheckResult("dataset", ok=True, message="It answers.")], 12.0)

    assert values(site, "publicist_endpoints")["healthy",] == 1
    assert values(site, "publicist_endpoints")["unknown",] == 1
    assert values(site, "publicist_endpoint_up") == {("research-qa",): 1}
    assert values(site, "publicist_marketplace_status")["Here", "active"] == 1
    assert values(site, "publicist_breaker_state") == {
        ("Here", "closed"): 1,
        ("Here", "open"): 0,
        ("Here", "half_open"): 0,
    }


def test_queries_are_counted_by_status_and_by_how_long_they_took(site: Site, clock: Clock) -> None:
    for status, latency in ((200, 3.0), (200, 700.0), (429, 1.0)):
        site.services.usage.record(QueryEvent(clock(), "e", "", "", "", status, latency))

    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for name in ("publicist_gateway_requests", "publicist_gateway_duration_seconds")
        for sample in read(site)[name].samples
    }

    assert samples["publicist_gateway_requests_total", "200"] == 2
    assert samples["publicist_gateway_requests_total", "429"] == 1
    assert samples["publicist_gateway_duration_seconds_bucket", "0.005"] == 2
    assert samples["publicist_gateway_duration_seconds_bucket", "+Inf"] == 3
    assert samples["publicist_gateway_duration_seconds_sum",] == pytest.approx(0.704)
    assert samples["publicist_gateway_duration_seconds_count",] == 3


def test_the_runner_s_jobs_are_told(site: Site) -> None:
    site.services.watchdog.watch("usage", 10)
    site.services.watchdog.finished("usage")

    assert values(site, "publicist_job_late") == {("usage",): 0}
    assert values(site, "publicist_job_finished_timestamp_seconds")["usage",] == site.services.clock().timestamp()


def test_the_metrics_take_a_token_unless_they_are_opened(site: Site, tmp_path: Path, clock: Clock) -> None:
    url = f"{site.url}/metrics"
    problem(requests.get(url, timeout=30), 401)
    problem(requests.get(url, headers={"Authorization": "Bearer pub_no"}, timeout=30), 401)
    reader = site.caller("read").token
    assert requests.get(url, headers={"Authorization": f"Bearer {reader}"}, timeout=30).status_code == 200

    with served(tmp_path / "other", clock, PUBLICIST_METRICS_PUBLIC="true") as opened:
        assert requests.get(f"{opened.url}/metrics", timeout=30).status_code == 200


def test_no_secret_and_no_path_is_in_the_metrics(site: Site, catalogues: Catalogues) -> None:
    add_marketplace(site.services, "Here", catalogues().url, api_key="s3cret-key-of-ours")
    add_endpoint(site.services)

    told = scrape(site).text

    assert "s3cret" not in told
    assert str(site.services.settings.data_dir) not in told


def ready(site: Site) -> requests.Response:
    return requests.get(f"{site.url}/readyz", timeout=30)


def test_a_space_that_works_is_ready(site: Site) -> None:
    assert good(ready(site)) == {"status": "ready"}


def test_a_database_of_another_version_is_not_ready(site: Site) -> None:
    with site.services.store.session():
        site.services.store._connections.database.execute_sql("INSERT INTO migration (number) VALUES (9999)")

    assert "9999" in problem(ready(site), 503)["detail"]


def test_a_key_that_opens_nothing_is_not_ready(site: Site) -> None:
    with site.services.store.session():
        site.services.store._connections.database.execute_sql("UPDATE setting SET value = 'x' WHERE sealed")

    assert "secret key" in problem(ready(site), 503)["detail"]


def test_without_its_database_a_space_is_not_ready(site: Site) -> None:
    for file in Path(site.services.settings.data_dir).glob("publicist.sqlite3*"):
        file.unlink()
    shutil.rmtree(site.services.settings.data_dir)

    for probe in ("readyz", "healthz"):
        answer = requests.get(f"{site.url}/{probe}", timeout=30)
        told: dict[str, Any] = problem(answer, 503)
        assert told["detail"] == "The database cannot be reached."
        assert str(site.services.settings.data_dir) not in answer.text


def test_a_stalled_runner_is_not_healthy(site: Site) -> None:
    assert good(site.caller().get("/healthz")) == {"status": "ok"}
    site.services.watchdog._monotonic = lambda: 0.0
    site.services.watchdog.watch("checks", 1)
    site.services.watchdog._monotonic = lambda: 1000.0

    assert "checks" in problem(site.caller().get("/healthz"), 503)["detail"]


def test_a_stalled_runner_in_a_process_of_its_own_is_told_here(site: Site, clock: Clock) -> None:
    finished = clock().isoformat()
    lateness = {"looks": 1, "p50": 0.5, "p95": 0.5, "p99": 2.5, "most": 2.5}
    with site.services.store.write():
        site.services.store.runner_signs.note(
            RunnerSign("another", clock(), {"checks": (False, finished), "usage": (True, None)}, lateness)
        )

    assert "usage" in problem(site.caller().get("/healthz"), 503)["detail"]
    assert values(site, "publicist_job_late") == {("checks",): 0, ("usage",): 1}
    assert values(site, "publicist_job_finished_timestamp_seconds") == {("checks",): clock().timestamp()}
    assert values(site, "publicist_check_lateness_seconds")["99",] == 2.5
    clock.move(minutes=4)
    assert values(site, "publicist_job_late") == {("checks",): 1, ("usage",): 1}
