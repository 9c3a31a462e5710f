"""The kinds `webhook` and `slack`, and what their answers mean."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RejectedError,
)
from publicist.core.hookspecs import Call
from publicist.core.hosting.manager import build_manager
from publicist.core.settings import Settings
from publicist.plugins.notifiers import notifier_kinds, send_notice
from publicist.plugins.notifiers.webhook import signature
from pytest_httpserver import HTTPServer

from .conftest import NOTICE, channel

Calls = Callable[..., Call]
SECRET = "signed-with-this-1815"
DOCS = Path(__file__).parents[3] / "docs" / "alerts.md"


def test_the_kinds_are_offered() -> None:
    assert [kind.name for kind in notifier_kinds()] == ["webhook", "email", "slack"]
    plugins = build_manager(Settings(plugins=""))
    assert {"webhook", "email", "slack", "apprise"} <= plugins.notifier_kinds.keys()


def test_a_kind_that_is_not_known_is_told(call: Calls) -> None:
    with pytest.raises(RejectedError, match="pigeon"):
        send_notice(channel("pigeon"), NOTICE, call())


def test_a_webhook_gets_the_notice_signed(httpserver: HTTPServer, call: Calls) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("")
    url = httpserver.url_for("/hook")
    send_notice(channel("webhook", url=url, secret=SECRET, token="token-1815"), NOTICE, call(url))

    request, _ = httpserver.log[0]
    assert json.loads(request.data) == {
        "key": NOTICE.key,
        "incident": NOTICE.incident,
        "kind": "alert",
        "title": NOTICE.title,
        "text": NOTICE.text,
        "at": "2026-03-01T12:00:00+00:00",
        "endpoint_slug": "research-qa",
        "url": NOTICE.url,
        "facts": {"rule": "Endpoint down"},
        "space": "My space",
    }
    assert request.headers["Idempotency-Key"] == NOTICE.key
    assert request.headers["Authorization"] == "Bearer token-1815"
    assert request.headers["Content-Type"] == "application/json"


def test_the_verifier_in_the_docs_tells_a_notice_of_ours_from_any_other(httpserver: HTTPServer, call: Calls) -> None:
    """Whoever receives notices knows no more than the page."""
    verifier: dict[str, Any] = {}
    exec(DOCS.read_text().partition("```python\n")[2].partition("```")[0], verifier)
    httpserver.expect_oneshot_request("/hook").respond_with_data("")
    url = httpserver.url_for("/hook")
    send_notice(channel("webhook", url=url, secret=SECRET), replace(NOTICE, text="Grüße, 你好"), call(url))
    request, _ = httpserver.log[0]
    header, body, is_ours = request.headers["X-Publicist-Signature"], request.data, verifier["is_ours"]

    assert is_ours(header, body, SECRET)
    assert not is_ours(header, body, "another secret")
    assert not is_ours(header, body + b" ", SECRET)
    timestamp = header.partition("=")[2].partition(",")[0]
    assert not is_ours(header.replace(timestamp, str(int(timestamp) - 1)), body, SECRET)
    assert not is_ours(signature(SECRET, body, int(timestamp) - 400), body, SECRET)


def test_without_a_secret_nothing_is_signed(httpserver: HTTPServer, call: Calls) -> None:
    httpserver.expect_oneshot_request("/hook").respond_with_data("", 204)
    url = httpserver.url_for("/hook")
    send_notice(channel("webhook", url=url), replace(NOTICE, text="Grüße, 你好"), call(url))

    request, _ = httpserver.log[0]
    assert "X-Publicist-Signature" not in request.headers
    assert "Authorization" not in request.headers
    assert json.loads(request.data)["text"] == "Grüße, 你好"


def test_slack_gets_a_message_in_which_nobody_is_mentioned(httpserver: HTTPServer, call: Calls) -> None:
    httpserver.expect_oneshot_request("/services/T0/B0/x").respond_with_data("ok")
    url = httpserver.url_for("/services/T0/B0/x")
    notice = replace(NOTICE, title="<!channel> & @all", text="[here](https://evil.example) <at all>")
    send_notice(channel("slack", url=url, channel="#alerts"), notice, call(url))

    assert json.loads(httpserver.log[0][0].data) == {
        "channel": "#alerts",
        "text": ":red_circle: *&lt;!channel&gt; &amp; @\u200ball*\n"
        "[here]\u200b(https://evil.example) &lt;at all&gt;\n<https://space.example/>",
    }


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RejectedError),
        (401, AuthenticationFailed),
        (403, AuthenticationFailed),
        (404, RejectedError),
        (408, MarketplaceUnavailable),
        (410, RejectedError),
        (429, RateLimited),
        (500, OutcomeUnknown),
        (503, MarketplaceUnavailable),
        (302, RejectedError),
    ],
)
def test_what_an_answer_means(
    httpserver: HTTPServer, call: Calls, kind: str, status: int, error: type[MarketplaceError]
) -> None:
    headers = {"Location": "http://169.254.169.254/"} if status == 302 else {}
    httpserver.expect_oneshot_request("/hook").respond_with_data("no such hook", status, headers=headers)
    url = httpserver.url_for("/hook")
    with pytest.raises(error) as refused:
        send_notice(channel(kind, url=url), NOTICE, call(url))
    assert type(refused.value) is error
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize("url", ["http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://[::]/", "http://0x7f.1/"])
def test_inner_addresses_are_not_reached_by_another_spelling(call: Calls, kind: str, url: str) -> None:
    with pytest.raises(MarketplaceError):
        send_notice(channel(kind, url=url), NOTICE, call(url, allow_private=False))


@pytest.mark.parametrize("kind", ["webhook", "slack"])
def test_a_channel_without_an_address_is_told(call: Calls, kind: str) -> None:
    with pytest.raises(RejectedError, match="no address"):
        send_notice(channel(kind), NOTICE, call())


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # Apprise itself
def test_apprise_sends_to_its_own_address_and_to_no_second_one(httpserver: HTTPServer) -> None:
    apprise: Any = pytest.importorskip("publicist.plugins.notifiers.apprise")
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    where = f"json://127.0.0.1:{httpserver.port}/hook"
    apprise.send_notice(channel("apprise", address=where), NOTICE)
    assert json.loads(httpserver.log[0][0].data)["title"] == NOTICE.title
    with pytest.raises(MarketplaceUnavailable):
        apprise.send_notice(channel("apprise", address=f"{where}/elsewhere"), NOTICE)
    for address in ("nonsense", f"{where} {where}", f"{where},{where}"):
        with pytest.raises(RejectedError):
            apprise.send_notice(channel("apprise", address=address), NOTICE)
    assert len(httpserver.log) == 2
