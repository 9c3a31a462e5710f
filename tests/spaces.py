"""A whole space for a test: its services on a data directory of its own, and short ways to fill it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publicist.core.records import CheckResult, Endpoint, Marketplace, Publication
from publicist.core.schemas import load_endpoint, load_marketplace, load_publish, load_unpublish
from publicist.core.services import Services, open_services
from publicist.core.settings import load_settings

from .clock import Clock
from .ready import lay

WAIT = 20.0
"""Seconds that a publish in a test may take before it counts as stuck."""


@contextmanager
def opened(data_dir: Path, clock: Clock, **environment: str) -> Iterator[Services]:
    """Open a space's services, and close them however the block ends."""
    given = {
        "PUBLICIST_DATA_DIR": str(data_dir),
        "PUBLICIST_PLUGINS": "",
        "PUBLICIST_ISOLATE": "none",
        "PUBLICIST_CALL_DEADLINE": "2",
        "PUBLICIST_DEPLOYMENT": "localhost",
        **environment,
    }
    if "PUBLICIST_DATABASE_URL" not in given:
        lay(data_dir)
    services = open_services(load_settings(given), clock, make=True)
    try:
        with services.store.session():  # the last connection that closes folds the log into the file, at every write
            yield services
    finally:
        services.close()


def describe(**fields: Any) -> dict[str, Any]:
    """Return an endpoint as a provider would enter it; ``url`` is where its dataset answers."""
    url = fields.pop("url", "http://127.0.0.1:9/")
    return {
        "name": "Research Q&A",
        "slug": "research-qa",
        "summary": "Answers from open papers on methods and their limits.",
        "description": "# Research\n\nAsk about **methods**.",
        "tags": ["science", "papers"],
        "response_type": "raw",
        "published": True,
        "dataset": {"kind": "http", "name": "papers", "settings": {"url": url}},
        **fields,
    }


def add_endpoint(services: Services, **fields: Any) -> Endpoint:
    """Store an endpoint."""
    return services.endpoints.create(load_endpoint(describe(**fields)))


def add_marketplace(services: Services, name: str, url: str, kind: str = "custom", **fields: Any) -> Marketplace:
    """Add a marketplace without testing it, unless ``test=True``."""
    test = fields.pop("test", False)
    draft = load_marketplace({"kind": kind, "name": name, "url": url, **fields}, services.plugins.marketplace_kinds)
    return services.marketplaces.add(draft, test=test)


def publish(services: Services, slug: str = "research-qa", **body: Any) -> Mapping[str, Any]:
    """Publish everywhere (or as ``body`` says), without trying the backends; return the results by marketplace name."""
    body = {"publish_to_all_marketplaces": "marketplace_ids" not in body, "force": True, "wait": WAIT, **body}
    return {result.marketplace.name: result for result in services.publisher.publish(slug, load_publish(body))}


def look(services: Services, *seen: bool, slug: str = "research-qa") -> None:
    """Note looks at an endpoint, of which each found it well or not answering, and report what is due of it."""
    endpoint = services.endpoints.get(slug)
    for ok in seen:
        result = CheckResult("dataset", ok=ok, message="It was looked at.", reachable=ok)
        services.health_book.record(endpoint.id, [result])
    services.monitor.round()


def unpublish(services: Services, slug: str = "research-qa", **body: Any) -> Mapping[str, Any]:
    """Unpublish everywhere, or as ``body`` says; return the results by marketplace name."""
    results = services.publisher.unpublish(slug, load_unpublish({"wait": WAIT, **body}))
    return {result.marketplace.name: result for result in results}


def rows(services: Services, slug: str = "research-qa") -> dict[str, Publication | None]:
    """Return the endpoint's publications by marketplace name."""
    return {item.name: row for item, row in services.publisher.publications(slug)[1]}


def work(services: Services, seconds: float = WAIT) -> None:
    """Work everything that is due now, until nothing is."""
    with services.store.session():
        ids = [
            row.id
            for endpoint in services.store.endpoints.all()
            for row in rows(services, endpoint.slug).values()
            if row
        ]
    services.worker.work(ids, seconds)
