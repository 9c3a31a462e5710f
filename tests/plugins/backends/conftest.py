from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pytest
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Backend, BackendAnswer, BackendHealth, Message, Query, Space
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
def folder() -> Iterator[Path]:
    """A folder that anybody may look into, which pytest's own are not."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        root = Path(name, "papers")
        root.mkdir()
        yield root


@pytest.fixture
def call(sessions: Sessions) -> Callable[..., Call]:
    """Make a call as the core does: with a client whose base is the backend's URL."""

    def made(url: str = "", seconds: float = 20, data_dir: Path | None = None) -> Call:
        client = sessions.client("backend", url, Deadline.after(seconds))
        return Call(client, Space("i", "lab", "", "local", None), Notes(), data_dir=data_dir)

    return made


@pytest.fixture
def check(call: Callable[..., Call]) -> Callable[..., BackendHealth]:
    """Check a backend."""

    def run(kind: str, *, data_dir: Path | None = None, **settings: object) -> BackendHealth:
        made = call(str(settings.get("url", "")), data_dir=data_dir)
        return backends.check_backend(Backend(kind, "papers", settings), made)

    return run


class Ask(Protocol):
    """Ask a backend; ``text`` is what a person says, unless ``query`` is given."""

    pieces: list[str]

    def __call__(
        self,
        kind: str,
        text: str = "",
        *,
        query: Query | None = None,
        seconds: float = 20,
        data_dir: Path | None = None,
        **settings: object,
    ) -> BackendAnswer: ...


@dataclass
class Asking:
    """See :class:`Ask`; ``pieces`` are what was delivered."""

    call: Callable[..., Call]
    pieces: list[str] = field(default_factory=list)

    def __call__(
        self,
        kind: str,
        text: str = "",
        *,
        query: Query | None = None,
        seconds: float = 20,
        data_dir: Path | None = None,
        **settings: Any,
    ) -> BackendAnswer:
        query = query or Query((Message("user", text),))
        made = self.call(str(settings.get("url", "")), seconds, data_dir)
        return backends.query_backend(Backend(kind, "papers", settings), query, made, self.pieces.append)


@pytest.fixture
def ask(call: Callable[..., Call]) -> Ask:
    return Asking(call)
