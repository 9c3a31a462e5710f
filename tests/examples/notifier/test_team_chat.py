from datetime import UTC, datetime
from typing import Any

import pytest
import team_chat
from publicist.core.errors import AuthenticationFailed, RejectedError
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Channel, Notice, Space

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOTICE = Notice(
    "key-1", "incident-1", "alert", "research-qa: offline", "Nothing answers.", NOW, url="https://s.example/"
)
SPACE = Space("an-id", "My space", "https://space.example", "vm", None)


class Notes(dict[str, Any]):
    def set(self, key: str, value: str | None) -> None:
        self[key] = value


def send(url: str) -> None:
    channel = Channel("c", "team_chat", "Team", {"url": url, "token": "bot-token-1"}, NOW)
    call = Call(Sessions(HttpSettings()).client("test", url, Deadline.after(5)), SPACE, Notes(), NOTICE.key)
    team_chat.send_notice(channel, NOTICE, call)


def test_a_notice_is_a_message_in_the_room(httpserver: Any) -> None:
    text = "🔴 research-qa: offline\nNothing answers.\nhttps://s.example/"
    httpserver.expect_oneshot_request(
        "/rooms/ops", "POST", json={"id": "key-1", "text": text}, headers={"Authorization": "Bearer bot-token-1"}
    ).respond_with_json({})
    send(httpserver.url_for("/rooms/ops"))
    httpserver.check()


@pytest.mark.parametrize(("status", "error"), [(401, AuthenticationFailed), (404, RejectedError)])
def test_a_refusal_is_told(httpserver: Any, status: int, error: type[Exception]) -> None:
    httpserver.expect_request("/rooms/ops").respond_with_data("no", status=status)
    with pytest.raises(error, match="no"):
        send(httpserver.url_for("/rooms/ops"))
