from collections.abc import Iterator

import pytest
from publicist.core.http import HttpSettings, Sessions
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import HubSettings


@pytest.fixture(scope="session")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RunningHub]]:
    """One hub of each dialect, whose monitor moves by hand; each test has an account of its own."""
    running = {
        dialect: start_hub(HubSettings(tmp_path_factory.mktemp("hub"), dialect, monitor=False, password_cost=1024))
        for dialect in ("accounts", "satellites")
    }
    yield running
    for hub in running.values():
        hub.stop()


@pytest.fixture(params=["accounts", "satellites"])
def hub(request: pytest.FixtureRequest, hubs: dict[str, RunningHub]) -> RunningHub:
    return hubs[request.param]


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    opened = Sessions(HttpSettings())
    yield opened
    opened.close()
