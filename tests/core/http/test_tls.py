"""TLS: names, certificates, and that a broken handshake means that nothing was sent."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.secrets import Secret
from pytest_httpserver import HTTPServer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate, with its key, for hub.example and 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hub.example")])
    names = [x509.DNSName("hub.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "hub.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def hub(certificate: Path) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        server.expect_request("/x").respond_with_data("over TLS")
        yield server


def test_an_authority_of_our_own_is_accepted_by_the_setting(hub: HTTPServer, certificate: Path, call: Any) -> None:
    assert call(hub.url_for(""), ca_bundle=str(certificate)).post("/x").body == b"over TLS"


def test_the_certificate_is_checked_for_the_name_not_for_the_address_connected_to(
    hub: HTTPServer, certificate: Path, call: Any, names: Any
) -> None:
    names["hub.example"] = [["127.0.0.1"]]
    names["other.example"] = [["127.0.0.1"]]
    bundle = {"ca_bundle": str(certificate)}
    assert call(f"https://hub.example:{hub.port}", **bundle).get("/x").body == b"over TLS"
    with pytest.raises(MarketplaceUnavailable, match=r"certificate is not valid for 'other\.example'"):
        call(f"https://other.example:{hub.port}", **bundle).post("/x")


def test_a_certificate_that_is_not_trusted_ends_a_write_before_it_is_sent(hub: HTTPServer, call: Any) -> None:
    hub.clear_log()
    with pytest.raises(MarketplaceUnavailable, match="certificate was not accepted") as caught:
        call(hub.url_for("")).post("/x")
    assert "PUBLICIST_CA_BUNDLE" in caught.value.remedy
    assert hub.log == []


@pytest.mark.parametrize(
    ("kind", "args"), [("silent", []), ("saying", [b""]), ("resetting", [b""]), ("saying", [b"no TLS"])]
)
def test_a_handshake_that_fails_ends_a_write_before_it_is_sent(
    kind: str, args: list[bytes], wires: Any, call: Any
) -> None:
    server = getattr(wires, kind)(*args)
    with pytest.raises(MarketplaceUnavailable, match="No connection to https"):
        call(f"https://127.0.0.1:{server.port}", 0.3).post("/x")


def test_a_probe_takes_in_the_handshake(hub: HTTPServer, certificate: Path, wires: Any, call: Any) -> None:
    assert call("http://hub.example", ca_bundle=str(certificate)).probe(hub.url_for("/x")) > 0
    with pytest.raises(MarketplaceUnavailable, match="certificate was not accepted"):
        call("http://hub.example").probe(hub.url_for("/x"))
    proxy = wires.serving(relay(hub.port))
    assert call("http://hub.example", proxy=proxy.url, ca_bundle=str(certificate)).probe("https://hub.example") > 0
    assert proxy.requests[0].startswith(b"CONNECT hub.example:443 ")


def relay(port: int) -> Callable[[Any, socket.socket], None]:
    """Be a proxy that opens every tunnel to ``port``, and logs what comes before."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def serve(server: Any, connection: socket.socket) -> None:
        server.read(connection)
        server.send(connection, b"HTTP/1.1 200 OK\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as there:
            back = threading.Thread(target=pump, args=(there, connection))
            back.start()
            pump(connection, there)
            back.join(5)

    return serve


def test_a_tunnel_through_a_proxy_keeps_the_proxys_password_to_the_proxy(
    hub: HTTPServer, certificate: Path, wires: Any, call: Any
) -> None:
    hub.clear_log()
    proxy = wires.serving(relay(hub.port))
    settings = {"proxy": proxy.url.replace("//", "//ann:password@"), "ca_bundle": str(certificate)}
    assert call("https://hub.example", **settings).post("/x", auth=Secret("inner-token")).body == b"over TLS"
    assert b"Proxy-Authorization: Basic" in proxy.requests[0]
    assert b"inner-token" not in proxy.requests[0]
    assert "Proxy-Authorization" not in hub.log[0][0].headers


def test_a_read_follows_its_host_to_tls_with_its_credential(
    hub: HTTPServer, certificate: Path, wires: Any, call: Any
) -> None:
    hub.clear_log()
    server = wires.saying(f"HTTP/1.1 301 Moved\r\nLocation: {hub.url_for('/x')}\r\n\r\n".encode())
    answer = call(server.url, ca_bundle=str(certificate)).get("/x", auth=Secret("pub_0123456789abcdef"))
    assert (answer.body, answer.url) == (b"over TLS", hub.url_for("/x"))
    assert hub.log[0][0].headers["Authorization"] == "Bearer pub_0123456789abcdef"
