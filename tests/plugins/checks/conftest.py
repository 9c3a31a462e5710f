"""Checks run through the adapter, as the core runs them, on real servers."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from publicist.core.records import Check, CheckResult, Endpoint
from publicist.core.services import Services

from ...spaces import add_endpoint

Run = Callable[..., CheckResult]


@pytest.fixture
def endpoint(services: Services) -> Endpoint:
    return add_endpoint(services)


@pytest.fixture
def run(services: Services, endpoint: Endpoint) -> Run:
    """Run a check of a kind with settings."""

    def look(kind: str, seconds: float = 5.0, **settings: object) -> CheckResult:
        check = Check("1", endpoint.id, kind, "added", settings, datetime.now(UTC))
        return services.adapter.run_check(check, endpoint, services.spaces.current(), seconds=seconds)

    return look


@pytest.fixture
def closed() -> str:
    """An address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"
