from collections.abc import Callable, Iterator

import pytest
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Backend, BackendHealth, Space
from publicist.plugins import backends


class Notes:
    """A memory in which a backend keeps nothing."""

    def get(self, key: str) -> str | None:
        raise AssertionError(key)

    def set(self, key: str, value: str | None) -> None:
        raise AssertionError(key)


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    opened = Sessions(HttpSettings(connect_timeout=2, read_timeout=2))
    yield opened
    opened.close()


@pytest.fixture
def check(sessions: Sessions) -> Callable[..., BackendHealth]:
    """Check a backend as the core does: with a client whose base is the backend's URL."""

    def run(kind: str, **settings: object) -> BackendHealth:
        client = sessions.client("backend", str(settings.get("url", "")), Deadline.after(5))
        call = Call(client, Space("i", "lab", "", "local", None), Notes())
        return backends.check_backend(Backend(kind, "papers", settings), call)

    return run
