"""The marketplaces of a simulation, all seen in one way: what we list there, what others do, and a proxy in front."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import HubSettings

from ..plugins.custom.catalogue import SENT
from ..plugins.custom.counterpart import Counterpart, start_counterpart
from .proxy import Asked, Proxy

ACCOUNT = "ada"
KEY = "the-key-of-ada"
Choose = Callable[[Asked], str | None]


class Place:
    """One marketplace behind its proxy."""

    kind: str

    def __init__(self, name: str, url: str, choose: Choose, delay: float) -> None:
        self.name = name
        self.proxy = Proxy(url, choose, delay)

    @property
    def url(self) -> str:
        return self.proxy.url

    def listings(self) -> dict[str, dict[str, Any]]:
        """Return every listing by id: ``slug``, ``maker`` (an installation id or empty), and what it shows."""
        raise NotImplementedError

    def squat(self, slug: str, maker: str) -> str | None:
        """Have somebody else list ``slug``; return the id, or None when the slug is taken."""
        raise NotImplementedError

    def remove(self, slug: str) -> None:
        """Take a listing away behind our back."""
        raise NotImplementedError

    def rename(self, slug: str, name: str) -> None:
        """Change a listing behind our back."""
        raise NotImplementedError

    def empty(self) -> None:
        """Forget every listing and what is still under way."""
        raise NotImplementedError

    def held(self, slug: str) -> dict[str, Any] | None:
        """Return the listing with this slug."""
        return next((listing for listing in self.listings().values() if listing["slug"] == slug), None)


class CataloguePlace(Place):
    """A `rest-v1` catalogue: slugs are unique among all its accounts."""

    kind = "custom"

    def __init__(self, name: str, counterpart: Counterpart, choose: Choose, delay: float) -> None:
        super().__init__(name, counterpart.url, choose, delay)
        self.catalogue = counterpart.catalogue

    def listings(self) -> dict[str, dict[str, Any]]:
        with self.catalogue.lock:
            return {key: _of_catalogue(row) for key, (_, row) in self.catalogue.rows.items()}

    def squat(self, slug: str, maker: str) -> str | None:
        """``maker`` is ``stranger`` for another account, else a neighbour's installation id on ours, or empty."""
        account = "somebody" if maker == "stranger" else ACCOUNT
        texts = dict.fromkeys(SENT, "") | {"name": f"Taken: {slug}", "tags": [], "policies": [], "version": "1"}
        with self.catalogue.lock:
            if self.catalogue.by_slug(slug):
                return None
            kinds = {"type": "model", "response_type": "raw", "visibility": "public"}
            sent = {**texts, **kinds, "slug": slug, "installation_id": maker}
            return str(self.catalogue.add(account, sent)["id"])

    def remove(self, slug: str) -> None:
        with self.catalogue.lock:
            pair = self.catalogue.by_slug(slug)
            assert pair
            self.catalogue.remove(pair[1]["id"])

    def rename(self, slug: str, name: str) -> None:
        with self.catalogue.lock:
            pair = self.catalogue.by_slug(slug)
            assert pair
            pair[1]["name"] = name

    def empty(self) -> None:
        self.proxy.forget()
        with self.catalogue.lock:
            self.catalogue.rows.clear()
            self.catalogue.ids.clear()
            self.catalogue.kept.clear()
            self.catalogue.made = 0


class HubPlace(Place):
    """A local hub: slugs are unique within the account, so whoever takes one there is on our account."""

    kind = "syfthub"

    def __init__(self, name: str, running: RunningHub, choose: Choose, delay: float) -> None:
        super().__init__(name, running.url, choose, delay)
        self._running = running
        self._session = requests.Session()
        self._session.trust_env = False
        self.key = self._account()

    def _account(self) -> str:
        person = {"username": ACCOUNT, "email": "ada@example.org", "full_name": "Ada", "password": "Passw0rd1"}
        made = self._ask("POST", "/auth/register", json=person)
        self._session.headers["Authorization"] = f"Bearer {made['access_token']}"
        return str(self._ask("POST", "/auth/tokens", json={"name": "simulation"})["token"])

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._session.request(method, f"{self._running.url}/api/v1{path}", timeout=20, **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def listings(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        while page := self._ask("GET", "/endpoints", params={"skip": len(found), "limit": 100}):
            found |= {str(record["id"]): _of_hub(record) for record in page}
        return found

    def squat(self, slug: str, maker: str) -> str | None:
        if self.held(slug):
            return None
        mark = {"publicist": {"installation": maker}} if maker else {}
        connection = {"type": "http", "enabled": True, "description": "", "config": {"url": "", **mark}}
        sent = {"name": f"Taken: {slug}", "slug": slug, "type": "model", "connect": [connection]}
        return str(self._ask("POST", "/endpoints", json=sent)["id"])

    def remove(self, slug: str) -> None:
        self._ask("DELETE", f"/endpoints/slug/{slug}")

    def rename(self, slug: str, name: str) -> None:
        self._ask("PATCH", f"/endpoints/slug/{slug}", json={"name": name})

    def empty(self) -> None:
        self.proxy.forget()
        database = sqlite3.connect(self._running.hub.settings.database, isolation_level=None)
        database.execute("DELETE FROM endpoint")
        database.execute("UPDATE user SET domain = NULL")
        database.close()

    def token(self) -> str:
        """Have the hub vouch for the account to a space of its own."""
        return str(self._ask("GET", "/token", params={"aud": ACCOUNT})["target_token"])

    def close(self) -> None:
        self._session.close()


def _of_catalogue(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "slug": row["slug"],
        "maker": row["installation_id"],
        "name": row["name"],
        "description": row["description"],
        "tags": list(row["tags"]),
        "policies": [policy["name"] for policy in row["policies"]],
        "address": urlsplit(row["query_url"].partition("/api/")[0]).path,
    }


def _of_hub(record: Mapping[str, Any]) -> dict[str, Any]:
    config = record["connect"][0]["config"]
    return {
        "slug": record["slug"],
        "maker": config.get("publicist", {}).get("installation", ""),
        "name": record["name"],
        "description": record["readme"],
        "tags": record["tags"],
        "policies": [policy["type"] for policy in record["policies"]],
        "address": urlsplit(config["url"]).path.rstrip("/"),  # the hub puts the account's address before it
    }


@contextmanager
def started(folder: Path, choose: Callable[[], Choose], delay: float = 1.5) -> Iterator[list[Place]]:
    """Start two catalogues and a hub, each behind a proxy with a ``choose`` of its own."""
    catalogues = [start_counterpart(accounts={KEY: ACCOUNT}) for _ in range(2)]
    hub = start_hub(HubSettings(folder / "hub", monitor=False, password_cost=128))
    places: list[Place] = [
        CataloguePlace(name, counterpart, choose(), delay)
        for name, counterpart in zip(("North", "South"), catalogues, strict=True)
    ]
    last = HubPlace("Hub", hub, choose(), delay)
    try:
        yield [*places, last]
    finally:
        for place in (*places, last):
            place.proxy.stop()
        last.close()
        for counterpart in catalogues:
            counterpart.stop()
        hub.stop()
