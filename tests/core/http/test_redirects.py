"""Redirects, whole addresses, and that a credential stays at the place to which it belongs."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from publicist.core.errors import MarketplaceError, MarketplaceUnavailable, RejectedError
from publicist.core.http import Client, Deadline, HttpSettings, Sessions
from publicist.core.http.faults import Asked, moved
from publicist.core.http.origin import canonical, origin, redirect_target, shown
from publicist.core.secrets import Secret
from pytest_httpserver import HTTPServer

KEY = Secret("key-0123456789")


@pytest.fixture
def elsewhere(wires: Any) -> Any:
    """A second server, to which nothing may ever come. It answers everything, so that a test would notice."""
    return wires.answering()


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    sessions = Sessions(HttpSettings())
    yield sessions.client("one", httpserver.url_for(""), Deadline.after(5))
    sessions.close()


def redirect(httpserver: HTTPServer, location: str | None, status: int = 302, path: str = "/x") -> None:
    headers = {} if location is None else {"Location": location}
    httpserver.expect_request(path).respond_with_data("see there", status=status, headers=headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_a_redirect_on_its_host_and_tells_the_final_address(
    status: int, client: Client, httpserver: HTTPServer
) -> None:
    redirect(httpserver, "/y?page=2", status)
    httpserver.expect_request("/y", query_string="page=2").respond_with_json({"ok": True})
    answer = client.get("/x", params={"page": 1}, headers={"X-API-Key": KEY})
    assert answer.json() == {"ok": True}
    assert answer.url == httpserver.url_for("/y")
    assert httpserver.log[-1][0].headers["X-API-Key"] == KEY.reveal()


def test_a_read_follows_three_redirects_and_no_fourth(client: Client, httpserver: HTTPServer) -> None:
    for number in range(4):
        redirect(httpserver, f"/{number + 1}", path=f"/{number}")
    httpserver.expect_request("/4").respond_with_data("end")
    assert client.get("/1").body == b"end"
    with pytest.raises(MarketplaceUnavailable, match="more than 3 times"):
        client.get("/0")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("credential", [{"auth": KEY}, {"headers": {"X-API-Key": KEY}}, {}])
def test_another_host_receives_nothing_and_is_named_not_recommended(
    credential: dict[str, object], method: str, client: Client, httpserver: HTTPServer, elsewhere: Any
) -> None:
    redirect(httpserver, f"{elsewhere.url}/x?key=1")
    with pytest.raises(MarketplaceError) as caught:
        client.request(method, "/x", **credential)  # type: ignore[arg-type]
    assert isinstance(caught.value, MarketplaceUnavailable if method == "GET" else RejectedError)
    assert f"another host, http://127.0.0.1:{elsewhere.port}" in caught.value.message
    assert "127.0.0.1" not in caught.value.remedy
    assert "key=1" not in caught.value.message
    assert elsewhere.visitors() == 0


def test_another_port_of_the_host_is_another_place(client: Client, httpserver: HTTPServer, elsewhere: Any) -> None:
    redirect(httpserver, f"http://{httpserver.host}:{elsewhere.port}/x")
    with pytest.raises(MarketplaceUnavailable):
        client.get("/x")
    assert elsewhere.visitors() == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirected_write_is_rejected_and_not_repeated(
    status: int, method: str, client: Client, httpserver: HTTPServer
) -> None:
    redirect(httpserver, "/x/", status)
    with pytest.raises(RejectedError) as caught:
        client.request(method, "/x", json={})
    assert caught.value.cause_code == "marketplace_unavailable"
    assert f"has moved to {httpserver.url_for('/x/')}; correct its address" in caught.value.message
    assert len(httpserver.log) == 1


def test_a_redirected_login_is_not_repeated_either(client: Client, httpserver: HTTPServer) -> None:
    redirect(httpserver, "/y")
    with pytest.raises(MarketplaceUnavailable, match="has moved to"):
        client.post("/x", safe=True)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    "location", [None, "ftp://127.0.0.1/x", "http://", "javascript:alert(1)", "http://[::1", "/y?\x80"]
)
def test_a_redirect_to_no_address_is_no_answer(location: str | None, client: Client, httpserver: HTTPServer) -> None:
    redirect(httpserver, location)
    httpserver.expect_request("/y").respond_with_data(status=503)
    with pytest.raises(MarketplaceUnavailable):
        client.get("/x")


@pytest.mark.parametrize(
    ("before", "after", "followed"),
    [
        ("http://hub.example/x", "http://hub.example/y", True),
        ("http://hub.example/x", "http://HUB.example:80/y", True),
        ("http://hub.example/x", "https://hub.example/y", True),
        ("http://hub.example:8080/x", "https://hub.example:8443/y", True),
        ("https://hub.example/x", "http://hub.example/y", False),
        ("http://hub.example/x", "http://hub.example:81/y", False),
        ("https://hub.example/x", "https://hub.example:8443/y", False),
        ("https://hub.example/x", "https://evil.example/y", False),
        ("https://hub.example/x", "//evil.example/y", False),
        ("https://hub.example/x", "https://hub.example@evil.example/y", False),
        ("https://hub.example/x", "https://evil.example\\@hub.example/y", False),
        ("https://hub.example/x", "https://ann:pw@hub.example/y", True),
        ("http://bücher.example/x", "http://xn--bcher-kva.example/y", True),
    ],
)
def test_a_redirect_is_followed_only_to_the_same_place(before: str, after: str, followed: bool) -> None:
    start = canonical(before)
    assert origin(start).may_lead_to(origin(redirect_target(start, after))) is followed


def test_a_redirect_cannot_bring_a_user_name_of_its_own() -> None:
    assert redirect_target("http://hub.example/x", "http://ann:pw@hub.example/y") == "http://hub.example/y"


def test_an_address_without_tls_is_never_recommended() -> None:
    error = moved(Asked("POST", "https://hub.example/x"), "http://hub.example/y")
    assert isinstance(error, RejectedError)
    assert "without TLS" in error.message
    assert "http://hub.example" not in error.message + error.remedy


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert shown("https://ann:pw@hub.example:8443/x?key=1#top") == "https://hub.example:8443/x"


def test_a_whole_address_with_a_credential_must_be_on_the_marketplaces_origin(
    client: Client, httpserver: HTTPServer, elsewhere: Any
) -> None:
    httpserver.expect_request("/x").respond_with_data("ours")
    assert client.get(httpserver.url_for("/x"), absolute=True, auth=KEY).body == b"ours"
    for credential in ({"auth": KEY}, {"headers": {"X-API-Key": KEY}}, {"headers": {"authorization": "Basic x"}}):
        with pytest.raises(RejectedError, match="is not sent to"):
            client.get(f"{elsewhere.url}/x", absolute=True, **credential)  # type: ignore[arg-type]
    for body in ({"json": {"a": [KEY]}}, {"form": {"a": KEY}}, {"params": {"a": KEY}}):
        with pytest.raises(RejectedError, match="is not sent to"):
            client.post(f"{elsewhere.url}/x", absolute=True, **body)  # type: ignore[arg-type]
    assert elsewhere.visitors() == 0


def test_a_whole_address_without_a_credential_may_be_anywhere(client: Client, elsewhere: Any) -> None:
    assert client.get(f"{elsewhere.url}/x", absolute=True).status == 200


@pytest.mark.parametrize(
    "url", ["ftp://hub.example", "hub.example", "", "http://", "file:///etc/passwd", "http://a b/"]
)
def test_an_address_that_is_none_is_rejected(url: str) -> None:
    sessions = Sessions(HttpSettings())
    with pytest.raises(RejectedError):
        sessions.client("one", url, Deadline.after(1)).get("/x")


def test_an_address_with_a_password_in_it_is_rejected_without_showing_it() -> None:
    sessions = Sessions(HttpSettings())
    with pytest.raises(RejectedError, match=r"http://hub\.example/ has a user name") as caught:
        sessions.client("one", "http://ann:hunter22@hub.example", Deadline.after(1)).get("/x")
    assert "hunter22" not in caught.value.message


def test_a_path_cannot_change_the_host(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request(re.compile(".*evil.*")).respond_with_data("ours")
    for path in ("@evil.example/x", "//evil.example/x", ".evil.example"):
        assert client.get(path).body == b"ours"
