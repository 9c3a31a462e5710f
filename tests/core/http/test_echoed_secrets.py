"""A secret that a server sends back, in whatever place, is in no message."""

import json
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicist.core import redact
from publicist.core.errors import MarketplaceError, OutcomeUnknown
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.secrets import Secret


class _Echo(BaseHTTPRequestHandler):
    """Answers with the status that the path names and all that it received, in a redirect's address as well."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers.get("X-API-Key", "")
        said = b"<p>" + key.encode() + b"</p> " + body
        self.send_response(int(self.path.strip("/")), key)
        self.send_header("Location", f"/y/{key}?key={key}")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    """The address of a server that sends everything back; its secrets are remembered for this module only."""
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(redact, "_registry", redact._Registry())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


def everything_told(error: MarketplaceError) -> str:
    """Return all that a person or a log may come to see of an error."""
    return f"{error} {error.args} {error.remedy} {''.join(traceback.format_exception(error))}"


visible_ascii = st.characters(min_codepoint=33, max_codepoint=126, blacklist_characters="*")
anything = st.characters(blacklist_categories=["Cs"], blacklist_characters="*")


@settings(max_examples=60, deadline=None)
@given(st.text(visible_ascii, min_size=12, max_size=60), st.sampled_from([302, 307, 400, 422, 429, 500, 503]))
def test_an_echoed_key_is_in_no_message(echo: str, secret: str, status: int) -> None:
    sessions = Sessions(HttpSettings())
    try:
        answer = sessions.client("one", echo, Deadline.after(5)).post(
            f"/{status}", headers={"X-API-Key": Secret(secret)}, json={"password": Secret(secret)}
        )
        told = answer.text(10_000)
    except MarketplaceError as error:
        told = everything_told(error)
    finally:
        sessions.close()
    assert secret not in told
    assert json.dumps(secret)[1:-1] not in told


@settings(max_examples=40, deadline=None)
@given(st.text(anything, min_size=12, max_size=60))
def test_an_echoed_password_of_a_form_is_in_no_message(echo: str, secret: str) -> None:
    sessions = Sessions(HttpSettings())
    with pytest.raises(OutcomeUnknown) as caught:
        sessions.client("one", echo, Deadline.after(5)).post("/500", form={"password": Secret(secret)})
    sessions.close()
    assert secret not in everything_told(caught.value)


def test_a_secret_that_was_only_named_to_the_client_is_masked_too(echo: str) -> None:
    sessions = Sessions(HttpSettings())
    client = sessions.client("one", echo, Deadline.after(5), secrets=[Secret("refresh-me-123")])
    answer = client.post("/400", json={"detail": "refresh-me-123 expired"})
    sessions.close()
    assert answer.text() == '{"detail": "*** expired"}'


def test_no_message_shows_a_query(wires: Any, call: Any) -> None:
    with pytest.raises(MarketplaceError) as caught:
        call(wires.saying(b"").url).get("/x?page=77", params={"api_key": Secret("0123456789")})
    assert "0123456789" not in caught.value.message + caught.value.remedy
    assert "page" not in caught.value.message
    assert caught.value.__suppress_context__, "urllib3's own words would show it in a traceback"


def test_a_redirected_write_shows_its_new_address_without_the_query(wires: Any, call: Any) -> None:
    server = wires.saying(b"HTTP/1.1 301 Moved\r\nLocation: /new?token=abc#top\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(MarketplaceError, match=rf"has moved to {server.url}/new; correct"):
        call(server.url).post("/x")
