from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.errors import InvalidInput
from publicist.core.records import BackendKind, Endpoint, SettingField
from publicist.core.schemas import load_endpoint, new_endpoint

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
HTTP = BackendKind(
    "http",
    "HTTP",
    settings=(
        SettingField("url", "URL", required=True),
        SettingField("health_url", "Health"),
        SettingField("headers", "Headers", secret=True),
    ),
)
FULL: dict[str, Any] = {
    "name": "Research QA",
    "slug": "research-qa",
    "summary": "Answers questions.",
    "description": "# About\n\n\tMore.",
    "tags": ["science", "qa"],
    "version": "1.2.3",
    "visibility": "private",
    "response_type": "both",
    "published": True,
    "dataset": {"kind": "http", "name": "papers", "settings": {"url": "http://127.0.0.1:9000/q"}},
    "model": {
        "kind": "http",
        "name": "writer",
        "settings": {"url": "http://127.0.0.1:9000/q", "headers": {"X-Key": "hunter2"}},
    },
    "policies": [{"name": "Open", "type": "access", "config": {}}],
    "category": "science",
    "language": "pt-BR",
}


@pytest.fixture
def faults() -> Callable[..., dict[str, list[str]]]:
    """Call a loader and give back what it told by field; that it tells nothing is a failure."""

    def call(load: Any, *args: Any, **options: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidInput) as caught:
            load(*args, **options)
        return caught.value.errors

    return call


@pytest.fixture
def full() -> dict[str, Any]:
    """The body of a create that uses every field."""
    return deepcopy(FULL)


@pytest.fixture
def make(full: dict[str, Any]) -> Callable[..., Endpoint]:
    """Make the endpoint of that body, made at NOW under ID, with some fields given otherwise."""

    def build(**fields: Any) -> Endpoint:
        return new_endpoint(load_endpoint({**full, **fields}), ID, NOW)

    return build


@pytest.fixture
def backend_kinds() -> dict[str, BackendKind]:
    """The kind http, as it is always there."""
    return {"http": HTTP}
