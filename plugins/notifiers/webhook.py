"""The kind ``webhook``: a notice as JSON to an address, signed.

The signature is ``HMAC-SHA256(secret, "<timestamp>.<body>")`` over the bytes as they are sent; it travels as
``X-Publicist-Signature: t=<timestamp>,v1=<hex>``, with the timestamp in seconds since 1970. Whoever receives it
compares in constant time and refuses what is older than five minutes, so that nothing can be sent again later.
"""

import hashlib
import hmac
import json
import time
from dataclasses import asdict

from ...core.errors import RejectedError
from ...core.hookspecs import Call
from ...core.records import Channel, Notice, NotifierKind, SettingField
from ...core.secrets import Secret
from .answers import accepted, text_of

KIND = NotifierKind(
    "webhook",
    "Webhook",
    (
        SettingField("url", "Address", required=True, help="Where notices are sent by POST, as JSON."),
        SettingField("secret", "Signing secret", secret=True, help="If given, every request is signed with it."),
        SettingField("token", "Bearer token", secret=True, help="If given, it is sent as Authorization: Bearer."),
    ),
    "Sends JSON to an address of your own; signed with HMAC-SHA256.",
)


def send(channel: Channel, notice: Notice, call: Call) -> None:
    """Send the notice as JSON."""
    if not text_of(channel, "url"):
        raise RejectedError("The channel has no address.")
    body = json.dumps(payload(notice, call), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": notice.key}
    if secret := text_of(channel, "secret"):
        headers["X-Publicist-Signature"] = signature(secret, body, int(time.time()))
    token = text_of(channel, "token")
    accepted(call.http.post("", body=body, headers=headers, auth=Secret(token) if token else None))


def payload(notice: Notice, call: Call) -> dict[str, object]:
    """Return the notice as it is sent."""
    return {**asdict(notice), "at": notice.at.isoformat(), "space": call.space.name}


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """Return the value of the signature's header."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signed}"
