from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Listing, Marketplace, Payload, PolicySummary, Space
from publicist.core.secrets import Secret
from publicist.plugins import custom

from .counterpart import Counterpart, start_counterpart

KEY = "key-of-ada-1815"
ACCOUNTS = {KEY: "ada", "key-of-grace-1906": "grace"}
INSTALLATION = "5b8f0f0e7c1d4f6f"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

LISTING = Listing(
    slug="research-qa",
    name="Research Q&A",
    summary="Answers from open papers.",
    description="# Research\n\nAsk about **methods**.",
    type="model_data_source",
    response_type="both",
    tags=("science", "papers"),
    version="1.2.0",
    visibility="public",
    policies=(PolicySummary("fair use", "rate_limit", "100 a minute.", {"limit": "100/m"}),),
    public_url="https://space.example",
    query_path="/api/v1/endpoints/research-qa/query",
    category="science",
    language="en",
    installation_id=INSTALLATION,
)
MARKETPLACE = Marketplace(
    id="m-1",
    kind="custom",
    name="Example catalogue",
    url="https://catalogue.example",
    settings={},
    credentials={},
    sync_policy="full",
    status="active",
    status_cause=None,
    status_reason=None,
    status_since=NOW,
    account=None,
    created_at=NOW,
)


class Notes:
    """A memory that lasts as long as the test."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self._kept.get(key)

    def set(self, key: str, value: str | None) -> None:
        self._kept.pop(key, None)
        if value is not None:
            self._kept[key] = value


@dataclass(frozen=True)
class Connection:
    """A marketplace of the kind, as the core would hold it, and the calls it would make."""

    marketplace: Marketplace
    sessions: Sessions

    def call(self, key: str = "", seconds: float = 20.0) -> Call:
        client = self.sessions.client("m-1", self.marketplace.url, Deadline.after(seconds))
        space = Space(INSTALLATION, "lab", "https://space.example", "vm", None)
        return Call(http=client, space=space, memory=Notes(), idempotency_key=key)

    def given(self, **changes: Any) -> "Connection":
        return replace(self, marketplace=replace(self.marketplace, **changes))

    def payload(self, **changes: Any) -> Payload:
        return custom.render_listing(self.marketplace, replace(LISTING, **changes))


def connection(url: str, sessions: Sessions, credentials: Mapping[str, Secret]) -> Connection:
    return Connection(replace(MARKETPLACE, url=url, credentials=credentials), sessions)


@pytest.fixture
def counterpart() -> Iterator[Counterpart]:
    running = start_counterpart(accounts=ACCOUNTS)
    yield running
    running.stop()


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    opened = Sessions(HttpSettings())
    yield opened
    opened.close()


@pytest.fixture
def hub(counterpart: Counterpart, sessions: Sessions) -> Connection:
    return connection(counterpart.url, sessions, {"api_key": Secret(KEY)})
