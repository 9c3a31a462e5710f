"""The kind ``email``: a message over SMTP.

``call.http`` speaks HTTP only, so its ``dial`` makes the connection here (to a judged address, within the deadline of
the call), and :mod:`smtplib` speaks over it. When the deadline is over the connection is cut: :mod:`smtplib` bounds
each single read, and a server that sends a byte now and then would hold it for ever.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from ...core.errors import AuthenticationFailed, MarketplaceUnavailable, OutcomeUnknown, RejectedError
from ...core.hookspecs import Call
from ...core.records import Channel, Notice, NotifierKind, SettingField
from .answers import text_of

PORTS = {"starttls": 587, "ssl": 465, "none": 25}
KIND = NotifierKind(
    "email",
    "E-mail (SMTP)",
    (
        SettingField("host", "Mail server", required=True),
        SettingField("port", "Port", help="587, 465 or 25 if it is left out, as the encryption says."),
        SettingField("security", "Encryption", help="starttls (the default), ssl or none."),
        SettingField("username", "User name", help="If the server asks for one; never sent without encryption."),
        SettingField("password", "Password", secret=True),
        SettingField("sender", "From", required=True, help="The address that messages come from."),
        SettingField("recipients", "To", required=True, help="Addresses, separated by commas."),
        SettingField("ca_file", "CA certificates", help="A file of certificates to trust instead of the system's."),
    ),
    "Sends mail through a server of yours.",
)
_PERMANENT = 500


def send(channel: Channel, notice: Notice, call: Call) -> None:
    """Send the notice as a message whose ``Message-ID`` is made of its key: a second copy shows itself as one."""
    security = text_of(channel, "security", "starttls")
    if security not in PORTS:
        raise RejectedError(f"The encryption {security!r} is not known.", remedy="Use starttls, ssl or none.")
    if security == "none" and text_of(channel, "username"):
        raise RejectedError("A password is not sent without encryption.", remedy="Use starttls or ssl.")
    sent = _Progress()
    try:
        _deliver(channel, message_of(channel, notice), security, call, sent)
    except smtplib.SMTPAuthenticationError as error:
        raise AuthenticationFailed(f"The mail server refused the user or the password: {_said(error)}") from None
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
        raise _refused(error) from None
    except ssl.SSLCertVerificationError as error:
        said = f"The certificate of the mail server {text_of(channel, 'host')} is not accepted: {error.verify_message}."
        raise MarketplaceUnavailable(
            said, remedy="Correct host, or name the certificates to trust in ca_file."
        ) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        said = f"The mail server {text_of(channel, 'host')} did not answer as it should: {type(error).__name__}."
        if sent.begun:
            raise OutcomeUnknown(said) from None
        raise MarketplaceUnavailable(said, remedy="Check host, port and security (starttls, ssl or none).") from None


def message_of(channel: Channel, notice: Notice) -> EmailMessage:
    """Return the message. Line breaks in a title would begin another header, so there are none."""
    message = EmailMessage()
    sender = text_of(channel, "sender")
    domain = sender.rpartition("@")[2].strip("> ") or "publicist"
    try:
        message["From"], message["To"] = sender, text_of(channel, "recipients")
        message["Message-ID"] = f"<{notice.key}@{domain}>"
        message["Date"] = format_datetime(notice.at)
        message["Subject"] = " ".join(f"[publicist] {notice.title}".split())
        message["Auto-Submitted"] = "auto-generated"
        message["X-Publicist-Incident"] = notice.incident or "none"
    except ValueError:
        raise RejectedError("The addresses of the channel are no addresses.", remedy="Correct from and to.") from None
    facts = [f"{name}: {value}" for name, value in notice.facts.items()]
    message.set_content("\n".join([notice.text, "", *facts, *([notice.url] if notice.url else [])]).strip() + "\n")
    return message


class _Progress:
    """Whether the message itself began to be sent: from then on it may have arrived."""

    begun = False


def _deliver(channel: Channel, message: EmailMessage, security: str, call: Call, sent: _Progress) -> None:
    host, port = text_of(channel, "host"), _port(channel, security)
    with _cut_at_the_end(call.http.dial(host, port), call) as made:
        server = _Server(made, host, security, text_of(channel, "ca_file"))
        try:
            server.connect(host, port)
            if security == "starttls":
                server.starttls(context=server.trust)
            if username := text_of(channel, "username"):
                server.login(username, text_of(channel, "password"))
            sent.begun = True
            server.send_message(message)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


@contextmanager
def _cut_at_the_end(made: socket.socket, call: Call) -> Iterator[socket.socket]:
    """Give the connection, and shut it when the deadline is over, whoever waits for it; it is closed in the end."""
    made.settimeout(call.http.deadline.remaining())
    with made, made.dup() as held:  # TLS takes `made` over

        def cut() -> None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(call.http.deadline.remaining(), cut)
        timer.daemon = True
        timer.start()
        try:
            yield made
        finally:
            timer.cancel()
            timer.join()


class _Server(smtplib.SMTP):
    """smtplib over a connection that somebody else made."""

    def __init__(self, made: socket.socket, host: str, security: str, ca_file: str) -> None:
        super().__init__(local_hostname="localhost")
        self._made, self._security = made, security
        self._host = host  # the name that STARTTLS checks the certificate against
        self.trust = ssl.create_default_context(cafile=ca_file or None)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:  # noqa: ARG002 - smtplib's signature
        if self._security == "ssl":
            return self.trust.wrap_socket(self._made, server_hostname=self._host)
        return self._made


def _port(channel: Channel, security: str) -> int:
    value = text_of(channel, "port", str(PORTS[security]))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65_536):  # noqa: PLR2004 - the range of ports
        raise RejectedError(f"{value!r} is no port.")
    return int(value)


def _refused(error: Exception) -> MarketplaceUnavailable | RejectedError:
    """Return what a refusal means: codes from 500 on are final, the others pass (RFC 5321, 4.2.1)."""
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else [_PERMANENT]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    said = f"The mail server refused the message: {_said(error)}"
    return RejectedError(said) if min(codes) >= _PERMANENT else MarketplaceUnavailable(said)


def _said(error: Exception) -> str:
    """Return all that the server said: whoever cuts it masks secrets first, and finds no half of one."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        text = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
        return f"{error.smtp_code} {text}"
    return str(error)
