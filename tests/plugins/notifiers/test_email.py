"""The kind `email`, against a mail server on a real socket."""

import threading
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RejectedError,
)
from publicist.core.hookspecs import Call
from publicist.core.records import Channel
from publicist.core.redact import redact
from publicist.core.secrets import Secret
from publicist.plugins.notifiers.email import send

from .conftest import NOTICE, channel
from .mail_server import MailServer

Calls = Callable[..., Call]


def settings(mail: MailServer, **changed: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": mail.port,
        "security": mail.security,
        "sender": "space@space.example",
        "recipients": "ada@home.example, bob@home.example",
        "ca_file": mail.certificate,
        **changed,
    }


@pytest.mark.parametrize("security", ["starttls", "ssl", "none"])
def test_a_message_arrives(mail: MailServer, call: Calls, security: str) -> None:
    mail.security = security
    send(channel("email", **settings(mail)), NOTICE, call())

    message = message_from_bytes(mail.messages[0], policy=default)
    assert message["Subject"] == "[publicist] research-qa: offline"
    assert message["From"] == "space@space.example"
    assert message["To"] == "ada@home.example, bob@home.example"
    assert message["Message-ID"] == f"<{NOTICE.key}@space.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert text.startswith(NOTICE.text)
    assert "rule: Endpoint down" in text
    assert NOTICE.url in text
    assert mail.verbs.count("RCPT") == 2
    assert ("STARTTLS" in mail.verbs) is (security == "starttls")


def test_the_user_is_proven_over_an_encrypted_connection_only(mail: MailServer, call: Calls) -> None:
    send(channel("email", **settings(mail, username="ada", password="password-of-ada")), NOTICE, call())
    assert mail.verbs.index("STARTTLS") < mail.verbs.index("AUTH")
    with pytest.raises(AuthenticationFailed) as refused:
        send(channel("email", **settings(mail, username="ada", password="password-of-bob")), NOTICE, call())
    assert "password-of-bob" not in refused.value.message
    with pytest.raises(RejectedError, match="without encryption"):
        send(channel("email", **settings(mail, security="none", username="ada", password="x")), NOTICE, call())
    assert len(mail.messages) == 1


def test_a_server_that_offers_no_encryption_gets_nothing(mail: MailServer, call: Calls) -> None:
    mail.security = "none"
    with pytest.raises(RejectedError, match="STARTTLS"):
        send(channel("email", **settings(mail, security="starttls")), NOTICE, call())
    assert mail.messages == []


def test_a_certificate_that_nobody_trusts_gets_nothing(mail: MailServer, call: Calls) -> None:
    with pytest.raises(MarketplaceUnavailable, match="is not accepted: self-signed certificate") as caught:
        send(channel("email", **settings(mail, ca_file="")), NOTICE, call())
    assert "ca_file" in caught.value.remedy
    assert mail.messages == []


def test_the_wrong_encryption_is_told_as_such(mail: MailServer, call: Calls) -> None:
    with pytest.raises(MarketplaceUnavailable) as caught:
        send(channel("email", **settings(mail, security="ssl")), NOTICE, call())
    assert "security" in caught.value.remedy


@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        ("MAIL", "451 later", MarketplaceUnavailable),
        ("MAIL", "550 never", RejectedError),
        ("RCPT", "450 later", MarketplaceUnavailable),
        ("RCPT", "550 no such user", RejectedError),
        ("END", "452 full", MarketplaceUnavailable),
        ("END", "554 spam", RejectedError),
    ],
)
def test_refusals_pass_or_are_final(
    mail: MailServer, call: Calls, verb: str, answer: str, error: type[MarketplaceError]
) -> None:
    mail.answers[verb] = answer
    with pytest.raises(error, match=answer.split()[1]) as refused:
        send(channel("email", **settings(mail)), NOTICE, call())
    assert type(refused.value) is error


def test_a_password_in_a_long_refusal_is_told_whole_so_that_it_can_be_masked(mail: MailServer, call: Calls) -> None:
    mail.answers["RCPT"] = f"550 {'x' * 262} password-of-ada is wrong"
    with pytest.raises(RejectedError) as refused:
        send(channel("email", **settings(mail)), NOTICE, call())
    assert "pass" not in redact(refused.value.message, [Secret("password-of-ada")])


def test_a_connection_that_breaks_off_after_the_message_leaves_it_open(mail: MailServer, call: Calls) -> None:
    mail.cuts_off = True
    with pytest.raises(OutcomeUnknown):
        send(channel("email", **settings(mail)), NOTICE, call())


def test_a_silent_server_holds_nobody_beyond_the_deadline(mail: MailServer, call: Calls) -> None:
    mail.silent = True
    with pytest.raises(MarketplaceUnavailable):
        send(channel("email", **settings(mail)), NOTICE, call(seconds=0.5))


def test_a_server_that_drips_holds_nobody_beyond_the_deadline(mail: MailServer, call: Calls) -> None:
    """Whoever is held for ever here holds the other kinds, too: three calls that hang, and a plugin is not called."""
    mail.drips = True
    sending = threading.Thread(target=try_to_send, args=(channel("email", **settings(mail)), call))
    sending.start()
    sending.join(10)

    assert not sending.is_alive()


def try_to_send(to: Channel, call: Calls) -> None:
    with pytest.raises(MarketplaceUnavailable):
        send(to, NOTICE, call(seconds=0.3))


def test_private_addresses_are_called_only_where_that_is_allowed(mail: MailServer, call: Calls) -> None:
    with pytest.raises(MarketplaceUnavailable, match="loopback"):
        send(channel("email", **settings(mail)), NOTICE, call(allow_private=False))
    assert mail.verbs == []


def test_a_title_cannot_make_headers(mail: MailServer, call: Calls) -> None:
    notice = replace(NOTICE, title="offline\r\nBcc: eve@evil.example", text="Für alle.\n.\nEnde")
    send(channel("email", **settings(mail)), notice, call())

    message = message_from_bytes(mail.messages[0], policy=default)
    assert message["Bcc"] is None
    assert "eve@evil.example" in message["Subject"]
    assert "Für alle." in message.get_content()


@pytest.mark.parametrize("changed", [{"port": "no"}, {"port": 70000}, {"security": "tls"}, {"sender": "a\nb"}])
def test_settings_that_do_not_do_are_told(mail: MailServer, call: Calls, changed: dict[str, Any]) -> None:
    with pytest.raises(RejectedError):
        send(channel("email", **settings(mail, **changed)), NOTICE, call())
