"""An empty hub on a free port for each test, with a clock that only moves when told, and people who call it."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
import requests
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import Dialect, HubSettings

PASSWORD = "Passw0rd1"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Caller:
    """Somebody who calls the hub: without a token, nobody in particular."""

    root: str
    session: requests.Session
    token: str = ""
    user: dict[str, Any] = field(default_factory=dict)
    refresh_token: str = ""

    def ask(self, method: str, path: str, *, at_root: bool = False, **options: Any) -> requests.Response:
        headers = options.pop("headers", {})
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        url = f"{self.root}{'' if at_root else '/api/v1'}{path}"
        return self.session.request(method, url, headers=headers, timeout=10, allow_redirects=False, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.ask("POST", path, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        return self.ask("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        return self.ask("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.ask("DELETE", path, **options)

    def publish(self, slug: str = "news", *, params: Any = None, **fields: Any) -> dict[str, Any]:
        """List an endpoint and return its record."""
        sent = {"name": slug.title(), "slug": slug, "type": "model", **fields}
        answer = self.post("/endpoints", json=sent, params=params)
        assert answer.status_code == 201, answer.text
        record: dict[str, Any] = answer.json()
        return record

    @staticmethod
    def kinds(answer: requests.Response) -> list[tuple[str, list[str | int]]]:
        """Return type and place of each problem in a 422."""
        assert answer.status_code == 422, answer.text
        return [(one["type"], one["loc"]) for one in answer.json()["detail"]]

    def listed(self) -> list[str]:
        """Return the slugs of one's own list."""
        return [one["slug"] for one in self.get("/endpoints", params={"limit": 100}).json()]

    def report(self, *slugs: str, at: datetime, status: str = "healthy", **more: Any) -> requests.Response:
        readings = [{"slug": slug, "status": status, "checked_at": at.isoformat()} for slug in slugs]
        return self.post("/endpoints/health", json={"url": "http://127.0.0.1:7001", "endpoints": readings, **more})


@dataclass
class Place:
    """A hub, and how to meet it."""

    running: RunningHub
    clock: Clock
    session: requests.Session

    @property
    def nobody(self) -> Caller:
        return Caller(self.running.url, self.session)

    def person(self, name: str) -> Caller:
        """Make an account."""
        sent = {"username": name, "email": f"{name}@example.org", "full_name": name, "password": PASSWORD}
        answer = self.nobody.post("/auth/register", json=sent)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Caller(self.running.url, self.session, made["access_token"], made["user"], made["refresh_token"])

    def monitor_steps(self, count: int) -> None:
        for _ in range(count):
            self.clock.forward(30)
            self.running.monitor_step()

    def emptied(self) -> Self:
        """Return this hub with nothing in it but its keys, and its clock set back."""
        database = sqlite3.connect(self.running.hub.settings.database, isolation_level=None)
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'hubkey'").fetchall()
        database.execute("BEGIN IMMEDIATE")
        for (name,) in names:
            database.execute(f"DELETE FROM {name}")
        database.execute("COMMIT")
        database.close()
        self.running.hub.logged_out.clear()
        self.clock.now = START
        return self


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the hubs of a module keep their data."""
    return tmp_path_factory.mktemp("hubs")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One set of connections for all callers."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


def start(folder: Path, session: requests.Session, dialect: Dialect, **settings: Any) -> Place:
    """Start a hub that is cheap to ask."""
    clock = Clock()
    fast = {"password_cost": 128, "monitor": False, "clock": clock, **settings}
    return Place(start_hub(HubSettings(data_dir=folder, dialect=dialect, **fast)), clock, session)


@pytest.fixture(scope="module")
def accounts_hub(folder: Path, session: requests.Session) -> Iterator[Place]:
    """The hub of the older dialect that a module's tests share."""
    place = start(folder / "accounts", session, "accounts")
    yield place
    place.running.stop()


@pytest.fixture(scope="module")
def satellites_hub(folder: Path, session: requests.Session) -> Iterator[Place]:
    """The hub with satellites that a module's tests share."""
    place = start(folder / "satellites", session, "satellites")
    yield place
    place.running.stop()


@pytest.fixture
def open_hub(tmp_path: Path, session: requests.Session) -> Iterator[Callable[..., Place]]:
    """A function that starts a hub of one's own; all of them are stopped at the end."""
    started: list[Place] = []

    def one_more(dialect: Dialect = "accounts", folder: str = "hub", **settings: Any) -> Place:
        started.append(start(tmp_path / folder, session, dialect, **settings))
        return started[-1]

    yield one_more
    for place in started:
        place.running.stop()


@pytest.fixture
def place(accounts_hub: Place) -> Place:
    """An empty hub of the older dialect."""
    return accounts_hub.emptied()


@pytest.fixture
def newer(satellites_hub: Place) -> Place:
    """An empty hub with satellites."""
    return satellites_hub.emptied()


@pytest.fixture(params=["accounts_hub", "satellites_hub"], ids=["accounts", "satellites"])
def either(request: pytest.FixtureRequest) -> Place:
    """Each of the two dialects in turn."""
    hub: Place = request.getfixturevalue(request.param)
    return hub.emptied()


@pytest.fixture
def alice(place: Place) -> Caller:
    """An account on the hub of the older dialect."""
    return place.person("alice")


@pytest.fixture
def bob(place: Place) -> Caller:
    """Another account there."""
    return place.person("bob")
