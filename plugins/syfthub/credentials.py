"""How we prove who we are: an API token, or a login that all processes share."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ...core.errors import AuthenticationFailed, MarketplaceUnavailable
from ...core.http import Answer
from ...core.records import Marketplace
from ...core.secrets import Secret
from .answers import failure, parsed, problem
from .api import Api
from .notes import LOGIN, Notes

ACCESS_LIFE = 25 * 60
"""Seconds after which an access token is renewed; the hub gives it 30 minutes."""

_ONE_LOGIN_AT_A_TIME: dict[str, threading.Lock] = {}


class Credential(Protocol):
    """Gives the bearer token, and knows ways to get another when the hub refuses it."""

    def bearer(self) -> Secret:
        """Return the token to send. Raises AuthenticationFailed when there is none to be had."""

    def renewals(self) -> Sequence[Callable[[Secret], Secret]]:
        """Return what may be tried, in order, after a refusal: from the refused token to another."""

    def forget(self) -> None:
        """Drop what was kept, so that the next request proves the credential itself."""


class Token:
    """A token that somebody gave us: only a person can replace it."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def bearer(self) -> Secret:
        """Return the token."""
        return self._token

    def renewals(self) -> Sequence[Callable[[Secret], Secret]]:
        """Return nothing: only a person can make another."""
        return ()

    def forget(self) -> None:
        """Keep on using the token: there is nothing else."""


class Login:
    """A user and password. The tokens of one login are kept in the notes, so that every process uses them."""

    def __init__(self, api: Api, notes: Notes, marketplace: Marketplace, now: Callable[[], float]) -> None:
        self._api = api
        self._notes = notes
        self._user = str(marketplace.settings.get("username") or "")
        self._password = marketplace.credentials["password"]
        self._whose = f"{self._user} at {api.root}"
        self._now = now
        self._lock = _ONE_LOGIN_AT_A_TIME.setdefault(marketplace.id, threading.Lock())
        self._logged_in = False

    def bearer(self) -> Secret:
        """Return the kept access token, a refreshed one when it is near its end, or that of a new login."""
        kept = self._kept()
        if kept and kept["until"] > self._now():
            return Secret(kept["access"])
        return self._refresh(Secret(kept["access"]) if kept else None)

    def renewals(self) -> Sequence[Callable[[Secret], Secret]]:
        """Return a refresh, then one login."""
        return self._refresh, self._log_in_anew

    def forget(self) -> None:
        """Drop the kept tokens."""
        self._notes.forget(LOGIN)

    def _kept(self) -> dict[str, Any] | None:
        """Return the kept tokens if they belong to this user at this hub."""
        note = dict(self._notes.read(LOGIN))
        whole = isinstance(note.get("access"), str) and isinstance(note.get("until"), int | float)
        return note if whole and note.get("user") == self._whose else None

    def _refresh(self, refused: Secret | None) -> Secret:
        with self._lock:
            return self._renewed_meanwhile(refused) or self._by_refresh() or self._log_in()

    def _log_in_anew(self, refused: Secret) -> Secret:
        with self._lock:
            return self._renewed_meanwhile(refused) or self._log_in()

    def _renewed_meanwhile(self, refused: Secret | None) -> Secret | None:
        """Return a token that another thread or process got while we waited for the lock."""
        kept = self._kept()
        if not kept or kept["until"] <= self._now():
            return None
        token = Secret(kept["access"])
        return None if token == refused else token

    def _by_refresh(self) -> Secret | None:
        token = (self._kept() or {}).get("refresh")
        if not token:
            return None
        answer = self._api.send("POST", "/auth/refresh", json={"refresh_token": Secret(token)}, safe=True)
        return self._keep(answer) if answer.ok else None

    def _log_in(self) -> Secret:
        if self._logged_in:
            raise AuthenticationFailed("The hub let us log in, and then refused its own token.")
        form = {"username": self._user, "password": self._password}
        answer = self._api.send("POST", "/auth/login", form=form, safe=True)
        if not answer.ok:
            raise self._refusal(answer)
        self._logged_in = True
        return self._keep(answer)

    def _refusal(self, answer: Answer) -> Exception:
        # The hub echoes what it rejects, and here that is a password: of a list nothing is shown.
        if problem(answer).errors:
            return AuthenticationFailed("The hub does not accept this user name and password as a login (HTTP 422).")
        return failure(answer, "log us in")

    def _keep(self, answer: Answer) -> Secret:
        tokens = parsed(answer)
        access = tokens.get("access_token") if isinstance(tokens, dict) else None
        if not isinstance(access, str) or not access:
            raise MarketplaceUnavailable("The hub's answer to the login holds no token.")
        refresh = tokens.get("refresh_token")
        self._notes.write(LOGIN, user=self._whose, access=access, refresh=refresh, until=self._now() + ACCESS_LIFE)
        return Secret(access)


def credential(api: Api, notes: Notes, marketplace: Marketplace, now: Callable[[], float]) -> Credential:
    """Return what the marketplace is to be asked with: an API token before a user and password.

    Raises AuthenticationFailed when there is neither. (The core gives the developer token as an API token.)
    """
    given = marketplace.credentials
    if given.get("api_key"):
        return Token(given["api_key"])
    if marketplace.settings.get("username") and given.get("password"):
        return Login(api, notes, marketplace, now)
    raise AuthenticationFailed(
        "There is no credential for this hub.",
        remedy="Enter an API token, or a user and password, under Settings, Marketplaces.",
    )
