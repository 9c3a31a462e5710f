"""The two sides of every test: a person's account on a hub, and a space that publishes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import requests
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, Sessions
from publicist.core.records import (
    Account,
    Availability,
    HealthState,
    Listing,
    Marketplace,
    Payload,
    PolicySummary,
    Reading,
    RemoteListing,
    Space,
)
from publicist.core.secrets import Secret
from publicist.plugins import syfthub
from publicist.plugins.syfthub.hub import Hub

PASSWORD = "Correct-horse-7"
ORIGIN = "http://127.0.0.1:9999"
THEIRS = "http://127.0.0.1:7777"
"""Where this space is, and where another one is."""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_numbers = count(1)

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
    policies=(PolicySummary("Rate limit", "rate_limit", "100 a minute.", {"limit": "100/m", "scope": "per_user"}),),
    public_url=ORIGIN,
    query_path="/api/v1/endpoints/research-qa/query",
    category="science",
    language="en",
    installation_id="",
)


class Memory:
    """A plugin's notes, as the core keeps them, for as long as the test lasts."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str | None) -> None:
        if value is None:
            self.kept.pop(key, None)
        else:
            self.kept[key] = value


@dataclass
class Person:
    """An account on a running hub, and what its owner sees and does there by hand."""

    url: str
    username: str
    token: str

    @classmethod
    def sign_up(cls, url: str) -> "Person":
        name = f"ada{next(_numbers)}"
        new = {"username": name, "email": f"{name}@example.org", "full_name": "Ada", "password": PASSWORD}
        session = requests.post(f"{url}/api/v1/auth/register", json=new, timeout=10).json()
        person = cls(url, session["user"]["username"], session["access_token"])
        person.token = person.does("POST", "/auth/tokens", name="publicist")["token"]
        return person

    def does(self, method: str, route: str, **sent: Any) -> Any:
        answer = requests.request(
            method,
            f"{self.url}/api/v1{route}",
            json=sent or None,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    @property
    def domain(self) -> str | None:
        found: str | None = self.does("GET", "/users/me")["domain"]
        return found

    @property
    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.does("GET", "/endpoints?limit=100")
        return found

    @property
    def satellites(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.does("GET", "/satellites")
        return found

    @property
    def origins(self) -> list[str]:
        return [row["base_url"] for row in self.satellites]

    def record(self, slug: str = LISTING.slug) -> dict[str, Any]:
        return next(record for record in self.records if record["slug"] == slug)

    def address(self, slug: str) -> str:
        """What the hub shows as the address that serves the listing."""
        found: str = self.record(slug)["connect"][0]["config"]["url"]
        return found


@dataclass
class Provider:
    """One space with one marketplace, calling the plugin's hooks as the core does."""

    marketplace: Marketplace
    space: Space
    sessions: Sessions
    memory: Memory = field(default_factory=Memory)

    def call(self) -> Call:
        secrets = tuple(self.marketplace.credentials.values())
        deadline = Deadline.after(20)
        client = self.sessions.client(self.marketplace.id, self.marketplace.url, deadline, secrets)
        return Call(http=client, space=self.space, memory=self.memory, idempotency_key="")

    def hub(self, now: float) -> Hub:
        return Hub(self.marketplace, self.call(), lambda: now)

    def set(self, **settings: Any) -> None:
        self.marketplace = replace(self.marketplace, settings={**self.marketplace.settings, **settings})

    def move(self, public_url: str) -> None:
        self.space = replace(self.space, public_url=public_url)

    def payload(self, **changed: Any) -> Payload:
        mine: Mapping[str, Any] = {
            "public_url": self.space.public_url,
            "installation_id": self.space.installation_id,
        }
        return syfthub.render_listing(replace(LISTING, **{**mine, **changed}))

    def connect(self) -> Account:
        return syfthub.connect(self.marketplace, self.call())

    def create(self, **changed: Any) -> RemoteListing:
        return syfthub.create_listing(self.marketplace, self.payload(**changed), self.call())

    def update(self, there: RemoteListing, **changed: Any) -> RemoteListing:
        payload = self.payload(**changed)
        return syfthub.update_listing(self.marketplace, payload, there.remote_id, there.slug, self.call())

    def withdraw(self, there: RemoteListing) -> None:
        syfthub.withdraw_listing(self.marketplace, there.remote_id, there.slug, self.call())

    def fetch(self) -> Sequence[RemoteListing]:
        return syfthub.fetch_listings(self.marketplace, self.call())

    def find(self, slug: str = LISTING.slug) -> RemoteListing | None:
        return syfthub.find_listing(self.marketplace, slug, self.call())

    def available(self, slug: str) -> Availability:
        return syfthub.slug_available(self.marketplace, slug, self.call())

    def report(self, *states: HealthState, slug: str = LISTING.slug, at: datetime | None = None) -> str:
        readings = [Reading(slug, state, at or datetime.now(UTC)) for state in states]
        return syfthub.report_health(self.marketplace, readings, self.call())


def provider(sessions: Sessions, url: str, public_url: str = ORIGIN, **given: Any) -> Provider:
    """A new space; ``token``, or ``username`` and ``password``, are its credential, the rest its settings."""
    number = next(_numbers)
    credentials = {
        name: Secret(given.pop(entered))
        for name, entered in (("api_key", "token"), ("password", "password"))
        if entered in given
    }
    marketplace = Marketplace(
        id=f"marketplace-{number}",
        kind="syfthub",
        name="Hub",
        url=url,
        settings=given,
        credentials=credentials,
        sync_policy="full",
        status="active",
        status_cause=None,
        status_reason=None,
        status_since=NOW,
        account=None,
        created_at=NOW,
    )
    return Provider(marketplace, Space(f"installation-{number}", "Lab", public_url, "vm", None), sessions)


def fill(person: Person, number: int) -> list[str]:
    """Have so many endpoints in somebody's account, made at once."""
    slugs = [f"filled-{place}" for place in range(number)]
    person.does("POST", "/endpoints/sync", endpoints=[{"name": slug, "slug": slug, "type": "model"} for slug in slugs])
    return slugs
