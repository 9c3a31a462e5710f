from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_httpserver import HTTPServer

from ..clock import Clock
from .browsing import chromium
from .site import Site, served


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """A space that serves, its time standing still."""
    with served(tmp_path / "space", clock) as running:
        yield running


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A space that serves for all tests of a module that change nothing in it."""
    with served(tmp_path_factory.mktemp("lasting") / "space", Clock()) as running:
        yield running


@pytest.fixture
def described(httpserver: HTTPServer) -> Callable[..., dict[str, Any]]:
    """Return an endpoint as its provider would enter it, with a dataset that answers."""
    httpserver.expect_request("/health").respond_with_data("fine")

    def describe(**fields: Any) -> dict[str, Any]:
        settings = {"url": httpserver.url_for("/query"), "health_url": httpserver.url_for("/health")}
        return {
            "name": "Research Q&A",
            "slug": "research-qa",
            "summary": "Answers from open papers on methods and their limits.",
            "description": "# Research\n\nAsk about **methods**.",
            "tags": ["science", "papers"],
            "response_type": "raw",
            "published": True,
            "dataset": {"kind": "http", "name": "papers", "settings": settings},
            **fields,
        }

    return describe


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for all tests of a worker; each visit has a session of its own."""
    with chromium() as running:
        yield running
