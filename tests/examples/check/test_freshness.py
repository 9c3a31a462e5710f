from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import freshness
import pytest
from publicist.core.errors import RejectedError
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Check, Space

SPACE = Space("an-id", "My space", "https://space.example", "vm", None)


class Notes(dict[str, Any]):
    def set(self, key: str, value: str | None) -> None:
        self[key] = value


def look(url: str, days: str) -> Any:
    check = Check("c", "e", "freshness", "news", {"url": url, "days": days}, datetime.now(UTC))
    call = Call(Sessions(HttpSettings()).client("test", url, Deadline.after(5)), SPACE, Notes())
    return freshness.run_check(check, call)


@pytest.mark.parametrize(("age", "ok"), [(1, True), (9, False)])
def test_what_has_not_changed_for_long_is_not_well(httpserver: Any, age: int, ok: bool) -> None:
    changed = format_datetime(datetime.now(UTC) - timedelta(days=age))
    httpserver.expect_request("/news").respond_with_data("news", headers={"Last-Modified": changed})
    result = look(httpserver.url_for("/news"), "7")
    assert (result.name, result.ok, result.message) == ("news", ok, f"It changed {age} days ago.")


def test_what_does_not_say_when_it_changed_is_not_well(httpserver: Any) -> None:
    httpserver.expect_request("/news").respond_with_data("gone", status=404)
    assert look(httpserver.url_for("/news"), "7").message == "It answered 404, and not when it changed."


def test_days_must_be_a_number() -> None:
    with pytest.raises(RejectedError, match="days"):
        look("http://127.0.0.1:9/", "many")
