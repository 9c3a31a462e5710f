"""A credential in a query is in no line that is logged and in no error, whoever's handler writes the line."""

import io
import logging
import re
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

import pytest
from publicist.core import redact
from publicist.core.errors import MarketplaceError
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.secrets import Secret


def small(key: str) -> str:
    """Return a key as a form has it, with the octets in small letters."""
    return re.sub("%[0-9A-F]{2}", lambda octet: octet[0].lower(), quote_plus(key))


class _Odd(BaseHTTPRequestHandler):
    """Sends back the query in what its path names: a header that is none, a redirect, an error, half an answer."""

    def do_GET(self) -> None:
        query, place = urlsplit(self.path).query, urlsplit(self.path).path
        (key,) = [value for name, value in parse_qsl(query) if name == "k"]
        said = " ".join({query, key, unquote(query), quote(query), quote(key), quote_plus(key), small(key)})
        body = said.encode()
        status = {"/moved": 302, "/elsewhere": 302, "/refused": 400, "/fails": 500}.get(place, 200)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + (place == "/half")))
        if status == 302:
            host = "http://elsewhere.example" if place == "/elsewhere" else ""
            self.send_header("Location", f"{host}/refused?{query}")
        if place == "/header":
            self.wfile.write(b"".join(self._headers_buffer) + b"no header\r\n\r\n" + body)  # type: ignore[attr-defined]
            return
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(redact, "_registry", redact._Registry())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a handler without any filter writes of all that is logged."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


PLACES = ("ok", "header", "moved", "elsewhere", "refused", "fails", "half")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", ["plain-secret-1", "a b+c%d/e", "ü~'()*!&=x;#?", "100%25%2B done"])
def test_a_credential_in_a_query_is_told_nowhere(odd: str, lines: io.StringIO, place: str, secret: str) -> None:
    sessions = Sessions(HttpSettings(allow_private=True))
    try:
        answer = sessions.client("one", odd, Deadline.after(5)).get(
            f"/{place}", params={"k": Secret(secret), "page": 2}
        )
        told = f"{answer!r} {answer.text(10_000)}".replace(repr(answer.body), "")
    except MarketplaceError as error:
        told = f"{error} {error.args} {error.remedy} {''.join(traceback.format_exception(error))}"
    finally:
        sessions.close()

    assert f"GET /{place}?*** HTTP/1.1" in lines.getvalue()
    assert ("Failed to parse headers" in lines.getvalue()) is (place == "header")
    for spelled in (
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        small(secret),
        secret.replace(" ", "+"),
    ):
        assert spelled not in lines.getvalue() + told


def test_one_that_is_too_short_to_be_masked_is_not_logged(odd: str, lines: io.StringIO) -> None:
    sessions = Sessions(HttpSettings(allow_private=True))
    sessions.client("one", odd, Deadline.after(5)).get("/moved", params={"k": Secret("s3c")})
    sessions.close()

    assert "s3c" not in lines.getvalue()
