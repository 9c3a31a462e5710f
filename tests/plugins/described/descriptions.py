"""A small description, to be changed by tests, and a plugin made of it beside a server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, Sessions
from publicist.core.records import Account, Listing, Marketplace, Payload, RemoteListing, Space
from publicist.core.secrets import Secret
from publicist.plugins.described.checks import load_text
from publicist.plugins.described.plugin import DescribedPlugin

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTALLATION = "5b8f0f0e7c1d4f6f"
LISTING = Listing(
    slug="research-qa",
    name="Research Q&A",
    summary="Answers from open papers.",
    description="# Research",
    type="model_data_source",
    response_type="both",
    tags=("science", "papers"),
    version="1.2.0",
    visibility="public",
    policies=(),
    public_url="https://space.example",
    query_path="/q",
    category="",
    language="en",
    installation_id=INSTALLATION,
)


def small(**changes: Any) -> dict[str, Any]:
    """Return a description as data; None takes a key away."""
    data: dict[str, Any] = {
        "format": 1,
        "kind": "small",
        "title": "Small",
        "settings": {"api_key": {"title": "Key", "secret": True}, "user": {"title": "User"}},
        "auth": [{"type": "bearer", "secret": "api_key"}],
        "fields": {"title": "{{ listing.name }}"},
        "reading": {"id": "item.id", "slug": "item.slug", "fields": {"title": "item.title"}},
        "connect": {"request": {"path": "/me"}, "account": "body.name"},
        "list": {"request": {"path": "/items"}, "items": "body.items"},
        "find": {
            "request": {"path": "/items/{{ slug | quoted }}"},
            "errors": [{"when": "body.error == 'absent'", "error": "absent"}],
        },
        "create": {"request": {"method": "POST", "path": "/items", "json": {"title": "{{ fields.title }}"}}},
        "update": {"request": {"method": "PUT", "path": "/items/{{ remote_id | quoted }}", "json": "{{ fields }}"}},
        "withdraw": {"request": {"method": "DELETE", "path": "/items/{{ remote_id | quoted }}"}},
    }
    return {key: value for key, value in {**data, **changes}.items() if value is not None}


class Notes:
    """A memory that lasts as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str | None) -> None:
        self.kept.pop(key, None)
        if value is not None:
            self.kept[key] = value


@dataclass
class Described:
    """One marketplace of a described kind, called as the core calls it."""

    plugin: DescribedPlugin
    marketplace: Marketplace
    sessions: Sessions
    notes: Notes = field(default_factory=Notes)

    def call(self) -> Call:
        client = self.sessions.client("m-1", self.marketplace.url, Deadline.after(20))
        space = Space(INSTALLATION, "lab", "https://space.example", "vm", None)
        return Call(http=client, space=space, memory=self.notes, idempotency_key="piece-1")

    def connect(self) -> Account:
        return self.plugin.connect(self.marketplace, self.call())

    def fetch(self) -> list[RemoteListing]:
        return list(self.plugin.fetch_listings(self.marketplace, self.call()))

    def find(self, slug: str = LISTING.slug) -> RemoteListing | None:
        return self.plugin.find_listing(self.marketplace, slug, self.call())

    def payload(self) -> Payload:
        return self.plugin.render_listing(self.marketplace, LISTING)

    def create(self) -> RemoteListing:
        return self.plugin.create_listing(self.marketplace, self.payload(), self.call())


def described(sessions: Sessions, url: str, data: dict[str, Any] | None = None, **entered: str) -> Described:
    """Make a plugin of a description, and a marketplace of its kind with what was entered."""
    plugin = DescribedPlugin(load_text("small.yaml", yaml.safe_dump(data or small())))
    given = {"api_key": "key-of-ada", **entered}
    secret = {one.name for one in plugin.description.kind.settings if one.secret}
    marketplace = Marketplace(
        id="m-1",
        kind="small",
        name="Small",
        url=url,
        settings={name: value for name, value in given.items() if name not in secret},
        credentials={name: Secret(value) for name, value in given.items() if name in secret},
        sync_policy="full",
        status="active",
        status_cause=None,
        status_reason=None,
        status_since=NOW,
        account=None,
        created_at=NOW,
    )
    return Described(plugin, marketplace, sessions)
