"""How a request proves who we are: a credential as it was entered, or a token got with it and kept until it ends."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

from ...core.errors import AuthenticationFailed, MarketplaceUnavailable
from ...core.http import Answer
from ...core.secrets import Secret
from .bounds import QueryError
from .description import Asking, Description, asking
from .outcomes import Judge
from .queries import Query, compile_query
from .templates import compile_template, fill

NOTE = "token"
LIFE = 3600
"""Seconds for which a token is used that does not say how long it holds."""

_ONE_AT_A_TIME: dict[str, threading.Lock] = {}


@dataclass(frozen=True, slots=True)
class Proof:
    """What is added to a request; ``bearer`` is a token that goes into the Authorization header."""

    bearer: Secret | None = None
    headers: Mapping[str, Secret] = field(default_factory=dict)
    params: Mapping[str, Secret] = field(default_factory=dict)


class Asks(Protocol):
    """What a login needs of the exchange that it serves."""

    description: Description
    context: Mapping[str, Any]
    name: str
    marketplace_id: str
    memory: Any

    def raw(self, wanted: Asking, context: Mapping[str, Any], proof: Proof) -> Answer:
        """Send one request and return its answer, unjudged."""


def chosen(description: Description, context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first way to prove ourselves whose settings are filled in. Raises AuthenticationFailed for none."""
    for login in description.logins:
        if all(_given(one, context) for one in _needs(login)):
            return login
    secrets = [setting.title for setting in description.kind.settings if setting.secret]
    raise AuthenticationFailed(
        "There is no credential for this marketplace.",
        remedy=f"Enter it under Settings, Marketplaces: {' or '.join(secrets)}.",
    )


def _needs(login: Mapping[str, Any]) -> set[tuple[str, str]]:
    named = {("secrets", login.get("secret")), ("settings", login.get("username"))}
    used = {("secrets", name) for name in _secrets_of(login.get("request", {}))}
    return {(area, name) for area, name in named | used if name}


def _secrets_of(shape: Any) -> set[str]:
    if isinstance(shape, Mapping):
        return {name for part in shape.values() for name in _secrets_of(part)}
    return {name for area, name in getattr(shape, "members", ()) if area == "secrets"}


def _given(need: tuple[str, str], context: Mapping[str, Any]) -> bool:
    value = context[need[0]].get(need[1])
    return bool(value.reveal() if isinstance(value, Secret) else value)


class Credential:
    """Gives the proof for each request; ``renew`` gets another token, where there is a token to be got."""

    def __init__(self, asks: Asks, now: Callable[[], float] = time.time) -> None:
        self._asks = asks
        self._now = now
        self._login = chosen(asks.description, asks.context)
        self._lock = _ONE_AT_A_TIME.setdefault(asks.marketplace_id, threading.Lock())

    @property
    def renewable(self) -> bool:
        """Whether a refusal may only mean that a token has ended."""
        return self._login["type"] in {"oauth2", "login"}

    def proof(self) -> Proof:
        """Return what to send. Raises AuthenticationFailed where no token is to be had."""
        login = self._login
        secret = self._asks.context["secrets"].get(login.get("secret") or "")
        match login["type"]:
            case "none":
                return Proof()
            case "bearer":
                return Proof(secret)
            case "header":
                return Proof(headers={login["name"]: Secret(login.get("prefix", "") + secret.reveal())})
            case "query":
                return Proof(params={login["name"]: secret})
            case "basic":
                return Proof(headers={"Authorization": self._basic(secret)})
            case _:
                return Proof(self._token(None))

    def renew(self, refused: Proof) -> Proof:
        """Return a proof with another token than the refused one."""
        return Proof(self._token(refused))

    def forget(self) -> None:
        """Drop the kept token, so that the next request proves the credential itself."""
        if self.renewable:
            self._asks.memory.set(NOTE, None)

    def _basic(self, secret: Secret) -> Secret:
        user = str(self._asks.context["settings"].get(self._login["username"]) or "")
        return Secret("Basic " + base64.b64encode(f"{user}:{secret.reveal()}".encode()).decode())

    def _token(self, refused: Proof | None) -> Secret:
        kept = self._kept()
        if kept is not None and (refused is None or Proof(kept) != refused):
            return kept
        with self._lock:
            kept = self._kept()
            if kept is not None and (refused is None or Proof(kept) != refused):
                return kept
            return self._got()

    def _kept(self) -> Secret | None:
        try:
            note = json.loads(self._asks.memory.get(NOTE) or "{}")
            sound = note["whose"] == self._whose() and float(note["until"]) > self._now()
            return Secret(str(note["token"])) if sound else None
        except (ValueError, KeyError, TypeError):
            return None

    def _whose(self) -> str:
        """Return a mark of what the token was got with: another credential, or address, needs another token."""
        values = [self._asks.context["base_url"], *sorted(map(str, self._asks.context["settings"].items()))]
        secrets = sorted((name, one.reveal()) for name, one in self._asks.context["secrets"].items())
        return hashlib.sha256(json.dumps([values, secrets]).encode()).hexdigest()

    def _got(self) -> Secret:
        wanted, proof = self._asking()
        answer = self._asks.raw(wanted, self._asks.context, proof)
        if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise AuthenticationFailed(f"{self._asks.name} gave no token for the credentials ({answer.status}).")
        seen = Judge().judged(self._asks.name, answer, {})
        try:
            token, until = self._query("token", "body.access_token")(seen), self._until(seen)
        except (ValueError, OverflowError):  # not its words: they quote what was answered, the token with it
            said = f"{self._asks.name} gave an answer from which no token, or not its end, can be read."
            raise MarketplaceUnavailable(said) from None
        if not isinstance(token, str) or not token:
            raise MarketplaceUnavailable(f"{self._asks.name} gave an answer without a token.")
        note = {"whose": self._whose(), "token": token, "until": until}
        self._asks.memory.set(NOTE, json.dumps(note))
        return Secret(token)

    def _until(self, seen: Mapping[str, Any]) -> float:
        """Return when the token is to be renewed: a little before its end, so that none ends on its way."""
        at = self._query("expires_at", "`null`")(seen)
        if isinstance(at, str):
            at = datetime.fromisoformat(at).timestamp() if at else None
        found = self._query("expires_in", "body.expires_in")(seen)
        left = at - self._now() if isinstance(at, int | float) else found if isinstance(found, int | float) else LIFE
        return self._now() + left - min(60.0, left / 5)

    def _query(self, name: str, default: str) -> Query:
        return self._login.get(name) or compile_query(default)

    def _scope(self, login: Mapping[str, Any]) -> Any:
        try:
            return fill(login.get("scope"), self._asks.context)
        except QueryError as error:
            raise AuthenticationFailed(f"No token can be asked for as it is described: {error}") from error

    def _asking(self) -> tuple[Asking, Proof]:
        login = self._login
        if login["type"] == "login":
            return asking({**login["request"], "safe": True}), Proof()
        secret = self._asks.context["secrets"][login["secret"]]
        form: dict[str, Any] = {"grant_type": "client_credentials"}
        if scope := self._scope(login):
            form["scope"] = scope
        proof = Proof()
        if login.get("client_auth") == "body":
            form |= {"client_id": self._asks.context["settings"].get(login["username"]), "client_secret": secret}
        else:
            proof = Proof(headers={"Authorization": self._basic(secret)})
        address = login.get("token_url") or compile_template("/")
        return Asking("POST", address, form=form, safe=True, anywhere=True), proof
