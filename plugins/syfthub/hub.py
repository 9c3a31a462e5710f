"""One SyftHub during one call: every request carries our credential, every refusal of it is met once."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ...core.errors import MarketplaceUnavailable
from ...core.hookspecs import Call
from ...core.http import Answer
from ...core.records import Marketplace
from .address import origin
from .answers import failure
from .api import Api
from .credentials import Credential, credential
from .notes import ACCOUNT, Notes


class Hub:
    """What the adapter's modules work with.

    Attributes:
        marketplace: the connection, with its settings.
        space: this installation.
        notes: what is remembered about the hub.
        now: the clock, in seconds since the epoch.
        root: the hub's own address, without the API's prefix.
        own: our origin (scheme, host, port), empty when the space has no public address.
    """

    def __init__(self, marketplace: Marketplace, call: Call, now: Callable[[], float] = time.time) -> None:
        self.marketplace = marketplace
        self.space = call.space
        self.notes = Notes(call.memory)
        self.now = now
        self.own = origin(call.space.public_url)
        self._api = Api(call.http)
        self.root = self._api.root
        self._credential: Credential = credential(self._api, self.notes, marketplace, now)

    def send(self, method: str, route: str, **sent: Any) -> Answer:
        """Send a request and return the answer, also a refusal, except one of our credential.

        Raises AuthenticationFailed when every way of renewing the credential ends in a 401.
        """
        token = self._credential.bearer()
        answer = self._api.send(method, route, auth=token, **sent)
        for renew in self._credential.renewals():
            if answer.status != HTTPStatus.UNAUTHORIZED:
                return answer
            token = renew(token)
            answer = self._api.send(method, route, auth=token, **sent)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise failure(answer, "accept our credential")
        return answer

    def ask(self, method: str, route: str, doing: str, **sent: Any) -> Any:
        """Send a request that should succeed, and return the answer's JSON; a failure tells ``doing``."""
        answer = self.send(method, route, **sent)
        if not answer.ok:
            raise failure(answer, doing)
        return answer.json()

    def profile(self) -> Mapping[str, Any]:
        """Read our account's profile, and remember whose it is.

        Not from ``/auth/me``: the hub's proxy slows down whatever lies under ``/auth``.
        """
        profile = self.ask("GET", "/users/me", "show our profile")
        username = profile.get("username") if isinstance(profile, dict) else None
        if not isinstance(username, str) or not username:
            raise MarketplaceUnavailable("The hub's profile of our account has no user name.")
        self.notes.remember_account(username)
        return dict(profile)

    def username(self) -> str:
        """Return the account's user name as the hub last told it."""
        known = self.notes.read(ACCOUNT).get("username")
        return str(known or self.profile()["username"])

    def prove(self) -> Mapping[str, Any]:
        """Read the profile with the credential as it was entered, not with a login kept from before."""
        self._credential.forget()
        return self.profile()
