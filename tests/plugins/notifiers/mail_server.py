"""A mail server on a free port that keeps what it is sent: enough of SMTP for a client that sends one message."""

import base64
import ipaddress
import socket
import socketserver
import ssl
import tempfile
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class _Talk(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self) -> None:
        if self.server.silent:
            self.rfile.readline()
            return
        if self.server.drips:
            self._drip()
            return
        if self.server.security == "ssl":
            self._encrypt()
        self._say("220 here")
        while line := self.rfile.readline():
            if not self._answer(line.decode().strip()):
                return

    def _drip(self) -> None:
        """Send a byte of a greeting that never ends, again and again, until nobody listens."""
        with suppress(OSError):
            while not self.server.gone.wait(0.02):
                self.wfile.write(b"2")
                self.wfile.flush()

    def _answer(self, line: str) -> bool:
        verb = line.upper().split(" ")[0]
        self.server.verbs.append(verb)
        if verb == "EHLO":
            offers = ["here", *(["STARTTLS"] if self.server.security == "starttls" else []), "AUTH PLAIN"]
            self._say(*(f"250{'-' if offer != offers[-1] else ' '}{offer}" for offer in offers))
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
        elif verb == "AUTH":
            user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")[1:]
            good = (user, password) == ("ada", "password-of-ada")
            self._say("235 welcome" if good else "535 no")
        elif verb == "DATA":
            self._data()
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say(self.server.answers.get(verb, "250 fine"))
        return True

    def _data(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.messages.append(b"".join(lines))
        if self.server.cuts_off:
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._say(self.server.answers.get("END", "250 taken"))

    def _encrypt(self) -> None:
        try:
            self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        except ssl.SSLError:
            return
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _say(self, *lines: str) -> None:
        try:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
            self.wfile.flush()
        except OSError:
            return


class MailServer(socketserver.ThreadingTCPServer):
    """``answers`` are given in place of the usual ones, by verb (``END``: after the message)."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.port = self.server_address[1]
        self.security = "starttls"
        self.silent = self.cuts_off = self.drips = False
        self.gone = threading.Event()
        self.answers: dict[str, str] = {}
        self.verbs: list[str] = []
        self.messages: list[bytes] = []
        self._folder = tempfile.TemporaryDirectory()
        self.certificate = str(_make_certificate(Path(self._folder.name)))
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.certificate)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gone.set()
        self.shutdown()
        self.server_close()
        self._folder.cleanup()


def _make_certificate(folder: Path) -> Path:
    """Write a key and its self-signed certificate for 127.0.0.1 into one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(secret + made.public_bytes(pem))
    return path
