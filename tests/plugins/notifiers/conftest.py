"""Channels of every kind, and what they lead to."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Channel, Notice, Space

from .mail_server import MailServer

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOTICE = Notice(
    key="0d4f0c9e-1111-4111-8111-000000000001",
    incident="0d4f0c9e-1111-4111-8111-000000000002",
    kind="alert",
    title="research-qa: offline",
    text="Nothing answers <at all> & nobody knows why.",
    at=AT,
    endpoint_slug="research-qa",
    url="https://space.example/",
    facts={"rule": "Endpoint down"},
)


class _Notes:
    def get(self, key: str) -> str | None:
        return None

    def set(self, key: str, value: str | None) -> None:
        raise AssertionError("no kind of channel keeps notes")


@pytest.fixture
def call() -> Iterator[Callable[..., Call]]:
    """Makes what a hook is given for a channel at ``url``."""
    opened: list[Sessions] = []

    def make(url: str = "", seconds: float = 5.0, **settings: Any) -> Call:
        sessions = Sessions(HttpSettings(**settings))
        opened.append(sessions)
        client = sessions.client("channel", url, Deadline.after(seconds))
        space = Space("an-id", "My space", "https://space.example", "vm", None)
        return Call(client, space, _Notes(), NOTICE.key)

    yield make
    for sessions in opened:
        sessions.close()


def channel(kind: str, **settings: Any) -> Channel:
    return Channel("a-channel", kind, kind, settings, AT)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
