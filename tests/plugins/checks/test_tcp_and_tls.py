"""The check kinds ``tcp`` and ``tls``."""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from publicist.core.records import Check, CheckResult
from publicist.core.services import Services
from pytest_httpserver import HTTPServer

from ...clock import Clock
from ...spaces import add_endpoint, opened
from .conftest import Run


def certificate(folder: Path, days: float) -> Path:
    """Make a self-signed certificate for 127.0.0.1, with its key, that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hub.example")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{days:g}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


def look(services: Services, **settings: object) -> CheckResult:
    endpoint = add_endpoint(services)
    check = Check("1", endpoint.id, "tls", "added", settings, datetime.now(UTC))
    return services.adapter.run_check(check, endpoint, services.spaces.current(), seconds=5.0)


Shown = Callable[..., CheckResult]


@pytest.fixture
def shown(tmp_path: Path, clock: Clock) -> Iterator[Shown]:
    """Have a server show a certificate that ends in so many days, and run the check on it."""
    with ExitStack() as stack:

        def run(days: float, *, trusted: bool = True, **settings: object) -> CheckResult:
            made = certificate(tmp_path, days)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(made)
            server = stack.enter_context(HTTPServer(host="127.0.0.1", ssl_context=context))
            bundle = {"PUBLICIST_CA_BUNDLE": str(made)} if trusted else {}
            services = stack.enter_context(opened(tmp_path / f"space-{days:g}", clock, **bundle))
            return look(services, address=f"127.0.0.1:{server.port}", **settings)

        yield run


@pytest.mark.parametrize(
    ("days", "settings", "ok", "warns"),
    [
        (60, {}, True, False),
        (10, {}, True, True),
        (10, {"warning_days": 5}, True, False),
        (60, {"warning_days": "90"}, True, True),
        (10, {"fail_days": 11}, False, False),
    ],
)
def test_a_certificate_that_ends_soon_is_warned_of_and_then_fails(
    shown: Shown, days: float, settings: dict[str, object], ok: bool, warns: bool
) -> None:
    result = shown(days, **settings)
    assert (result.ok, bool(result.warning), result.reachable) == (ok, warns, True)
    assert f"{datetime.now(UTC) + timedelta(days=days):%Y-%m}" in result.message


@pytest.mark.parametrize(("days", "trusted"), [(-1, True), (60, False)])
def test_a_certificate_that_is_not_accepted_fails_though_somebody_is_there(
    shown: Shown, days: float, trusted: bool
) -> None:
    result = shown(days, trusted=trusted)
    assert (result.ok, result.reachable) == (False, True)
    assert "certificate" in result.message


def test_where_nothing_listens_no_certificate_is_shown(run: Run, closed: str) -> None:
    result = run("tls", address=closed)
    assert (result.ok, result.reachable) == (False, False)


def test_what_takes_connections_passes_and_gets_nothing_sent(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        result = run("tcp", address=f"127.0.0.1:{listener.getsockname()[1]}")
        assert result.ok
        assert "takes connections" in result.message
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(100) == b""


def test_a_connection_that_comes_about_too_late_does_not_pass(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        result = run("tcp", address=f"127.0.0.1:{listener.getsockname()[1]}", latency_ms=0.0001)
    assert not result.ok
    assert result.reachable


def test_where_nothing_listens_no_connection_comes_about(run: Run, closed: str) -> None:
    with pytest.raises(MarketplaceUnavailable) as refused:
        run("tcp", address=closed)
    assert refused.value.answered is False


@pytest.mark.parametrize("kind", ["tcp", "tls"])
@pytest.mark.parametrize("address", ["169.254.169.254:80", "[::ffff:169.254.169.254]:80"])
def test_a_metadata_address_is_never_connected_to(run: Run, kind: str, address: str) -> None:
    if kind == "tls":
        assert "No connection is made" in run(kind, address=address).message
        return
    with pytest.raises(MarketplaceUnavailable, match="No connection is made"):
        run(kind, address=address)


@pytest.mark.parametrize(
    "address", ["", "db.example.org", "db.example.org:x", "db.example.org:0", "db.example.org:99999", "a b:80",
                "http://db.example.org:80", "user@db.example.org:80", ":80", "[::1:80"],
)  # fmt: skip
def test_what_is_no_address_is_refused(run: Run, address: str) -> None:
    with pytest.raises(RejectedError, match="must be host:port"):
        run("tcp", address=address)


@pytest.mark.parametrize("days", ["soon", -1, True, 99_999])
def test_days_that_do_not_do_are_refused(run: Run, days: object) -> None:
    with pytest.raises(RejectedError, match="warning_days must be a number"):
        run("tls", address="hub.example", warning_days=days)
