from collections.abc import Callable, Iterator

import pytest
from publicist.core.http import HttpSettings, Sessions
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import Dialect, HubSettings

from .provider import Person, Provider, provider

Spaces = Callable[..., Provider]


@pytest.fixture(scope="session")
def sessions() -> Iterator[Sessions]:
    sessions = Sessions(HttpSettings())
    yield sessions
    sessions.close()


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Dialect], RunningHub]]:
    """Start hubs whose monitor moves by hand; all are stopped at the end."""
    running: list[RunningHub] = []

    def start(dialect: Dialect) -> RunningHub:
        data_dir = tmp_path_factory.mktemp("hub")
        running.append(start_hub(HubSettings(data_dir, dialect=dialect, monitor=False, password_cost=1024)))
        return running[-1]

    yield start
    for hub in running:
        hub.stop()


@pytest.fixture(scope="session")
def hubs(start: Callable[[Dialect], RunningHub]) -> dict[str, RunningHub]:
    """One hub of each dialect, for the whole run; each test has an account of its own."""
    return {"accounts": start("accounts"), "satellites": start("satellites")}


@pytest.fixture(params=["accounts", "satellites"])
def hub(request: pytest.FixtureRequest, hubs: dict[str, RunningHub]) -> RunningHub:
    """A hub; the test runs once for each dialect, unless it names one by ``indirect`` parametrisation."""
    return hubs[request.param]


@pytest.fixture
def person(hub: RunningHub) -> Person:
    return Person.sign_up(hub.url)


@pytest.fixture
def space(sessions: Sessions, person: Person) -> Provider:
    """A space on the person's account, with an API token."""
    return provider(sessions, person.url, token=person.token)


@pytest.fixture
def spaces(sessions: Sessions, person: Person) -> Spaces:
    """Make further spaces on the same account, by their public URL and settings."""

    def make(public_url: str, **settings: str) -> Provider:
        return provider(sessions, person.url, public_url, token=person.token, **settings)

    return make
