"""The one way from the core to a marketplace or a backend: a typed method a hook.

It hands the plugin what it works with (client, space, memory), calls it under the guard, and checks what comes back.
Only errors of the :class:`~publicist.core.errors.MarketplaceError` branch leave it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from ..errors import MarketplaceError, PluginFault
from ..hookspecs import Call
from ..http import Deadline, Sessions
from ..queries.backends import Delivery, files_of, secrets_of, sound, sound_finding
from ..records import (
    Account,
    Asker,
    Availability,
    Backend,
    BackendAnswer,
    BackendHealth,
    Channel,
    Check,
    CheckResult,
    Endpoint,
    Feedback,
    Listing,
    Marketplace,
    Notice,
    Payload,
    Payment,
    PaymentCheck,
    Query,
    Reading,
    RemoteListing,
    Space,
    TokenIssuer,
)
from ..redact import redact
from ..secrets import Secret
from ..settings import Settings
from ..space.network import effective_space
from ..store import Store
from .manager import Plugins

Answer = TypeVar("Answer")
GRACE = 2.0
"""Seconds a plugin gets beyond its HTTP deadline to make an error of it, before it counts as hanging."""


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """A plugin's notes, kept in the store."""

    store: Store
    marketplace_id: str
    prefix: str = ""

    def get(self, key: str) -> str | None:
        """Return what was kept under ``key``, or None."""
        with self.store.session():
            return self.store.marketplaces.recall(self.marketplace_id, self.prefix + key)

    def set(self, key: str, value: str | None) -> None:
        """Keep ``value`` under ``key``; None forgets it."""
        with self.store.session():
            self.store.marketplaces.keep(self.marketplace_id, self.prefix + key, value)


class Adapter:
    """Calls hooks. Safe to use from many threads."""

    def __init__(self, plugins: Plugins, store: Store, sessions: Sessions, settings: Settings) -> None:
        self._plugins = plugins
        self._store = store
        self._sessions = sessions
        self._settings = settings

    def seen_from(self, marketplace: Marketplace, space: Space) -> Space:
        """Return the space as the marketplace is to see it: a local one is told our local address."""
        return effective_space(space, marketplace.url, self._settings.own_address)

    def connect(self, marketplace: Marketplace, space: Space) -> Account:
        """Prove the credentials; see the hook."""
        return self._call(Account, "connect", marketplace, space)

    def prove_developer_token(self, marketplace: Marketplace, space: Space) -> Account:
        """Prove the space's developer token where the marketplace has a credential of its own; see the hook.

        The account may be another one, so its notes are kept apart; and it is not told our address, which may be
        registered under the marketplace's own account.
        """
        credentials = {"api_key": space.developer_token} if space.developer_token else {}
        asking = replace(marketplace, credentials=credentials)
        memory = StoredMemory(self._store, marketplace.id, prefix="developer_token/")
        secrets = tuple(credentials.values())
        call = self._make_call(marketplace.id, marketplace.url, replace(space, public_url=""), memory, secrets)
        return self._hook(
            Account, f"MarketplaceKind:{marketplace.kind}", "connect", {"marketplace": asking, "call": call}
        )

    def slug_available(self, marketplace: Marketplace, space: Space, slug: str) -> Availability:
        """Ask whether the slug is free there; see the hook."""
        return self._call(Availability, "slug_available", marketplace, space, slug=slug)

    def fetch_listings(self, marketplace: Marketplace, space: Space) -> Sequence[RemoteListing]:
        """Read all our listings; see the hook."""
        seconds = max(self._settings.fetch_deadline, self._settings.call_deadline)
        return self._call(list, "fetch_listings", marketplace, space, seconds=seconds)

    def find_listing(self, marketplace: Marketplace, space: Space, slug: str) -> RemoteListing | None:
        """Look one listing up by its slug; see the hook."""
        found = self._call(object, "find_listing", marketplace, space, slug=slug)
        if found is None or isinstance(found, RemoteListing):
            return found
        raise _wrong("find_listing", marketplace.kind, found)

    def render(self, marketplace: Marketplace, listing: Listing) -> Payload:
        """Put a listing into the kind's canonical form; see the hook."""
        return self._hook(
            Payload,
            f"MarketplaceKind:{marketplace.kind}",
            "render_listing",
            {
                "marketplace": marketplace,
                "listing": listing,
            },
        )

    def create(self, marketplace: Marketplace, space: Space, payload: Payload, key: str) -> RemoteListing:
        """Make the listing; see the hook."""
        return self._call(RemoteListing, "create_listing", marketplace, space, key, payload=payload)

    def update(
        self, marketplace: Marketplace, space: Space, payload: Payload, remote: tuple[str, str], key: str
    ) -> RemoteListing:
        """Make our listing (its remote id and slug) show the payload; see the hook."""
        return self._call(
            RemoteListing,
            "update_listing",
            marketplace,
            space,
            key,
            payload=payload,
            remote_id=remote[0],
            remote_slug=remote[1],
        )

    def withdraw(self, marketplace: Marketplace, space: Space, remote: tuple[str, str], key: str) -> None:
        """Take our listing (its remote id and slug) away; see the hook."""
        self._call(object, "withdraw_listing", marketplace, space, key, remote_id=remote[0], remote_slug=remote[1])

    def report_health(self, marketplace: Marketplace, space: Space, readings: Sequence[Reading]) -> str:
        """Push a batch of readings; see the hook."""
        return self._call(str, "report_health", marketplace, space, readings=readings)

    def fetch_feedback(
        self, marketplace: Marketplace, space: Space, listed: Mapping[str, str], since: datetime | None
    ) -> Sequence[Feedback]:
        """Read what people said of our listings; see the hook."""
        seconds = max(self._settings.fetch_deadline, self._settings.call_deadline)
        return self._call(list, "fetch_feedback", marketplace, space, seconds=seconds, listed=listed, since=since)

    def check_backend(self, backend: Backend, space: Space, *, seconds: float | None = None) -> BackendHealth:
        """Try a dataset or a model; see the hook."""
        arguments = {"backend": backend, "call": self._backend_call(backend, space, seconds)}
        found = self._hook(BackendHealth, f"BackendKind:{backend.kind}", "check_backend", arguments, seconds)
        return sound_finding(found, "check_backend", backend.kind)

    def run_check(self, check: Check, endpoint: Endpoint, space: Space, *, seconds: float) -> CheckResult:
        """Run an added check once; see the hook."""
        kind, url = self._plugins.check_kinds.get(check.kind), str(check.settings.get("url") or "")
        secrets = secrets_of(check, kind)
        call = self._make_call("checks", url, space, StoredMemory(self._store, ""), secrets, "", seconds)
        arguments = {"check": check, "endpoint": endpoint, "call": call}
        found = self._hook(CheckResult, f"CheckKind:{check.kind}", "run_check", arguments, seconds)
        return sound_finding(found, "run_check", check.kind)

    def query_backend(
        self, backend: Backend, space: Space, query: Query, *, seconds: float, deliver: Callable[[str], None]
    ) -> BackendAnswer:
        """Have a dataset or a model answer, by one call and no other; see the hook.

        ``deliver`` gets what is written piece by piece where ``query.stream`` is set, and nothing once this returned;
        what it raises ends the call and is raised here.
        """
        with Delivery(deliver, wanted=query.stream) as delivery:
            arguments = {
                "backend": backend,
                "query": query,
                "call": self._backend_call(backend, space, seconds),
                "deliver": delivery,
            }
            answer = self._hook(BackendAnswer, f"BackendKind:{backend.kind}", "query_backend", arguments, seconds)
        return sound(answer, query)

    def token_issuer(self, marketplace: Marketplace, space: Space, *, seconds: float | None = None) -> TokenIssuer:
        """Ask whose tokens are to be taken, and for the keys; see the hook."""
        return self._call(TokenIssuer, "token_issuer", marketplace, space, seconds=seconds)

    def verify_token(self, marketplace: Marketplace, space: Space, token: str) -> Asker | None:
        """Ask who a token belongs to; see the hook."""
        found = self._call(object, "verify_token", marketplace, space, token=token)
        if found is None or isinstance(found, Asker):
            return found
        raise _wrong("verify_token", marketplace.kind, found)

    def verify_payment(
        self, marketplace: Marketplace, space: Space, endpoint: Endpoint, asker: Asker, payment: Payment, key: str = ""
    ) -> PaymentCheck:
        """Ask whether a payment pays for a query; see the hook."""
        return self._call(
            PaymentCheck, "verify_payment", marketplace, space, key, endpoint=endpoint, asker=asker, payment=payment
        )

    def send_notice(self, channel: Channel, notice: Notice, space: Space) -> None:
        """Send a notice to a channel; see the hook."""
        secrets = secrets_of(channel, self._plugins.notifier_kinds.get(channel.kind))
        name, url = f"channel:{channel.id}", str(channel.settings.get("url", ""))
        call = self._make_call(name, url, space, StoredMemory(self._store, ""), secrets, notice.key)
        arguments = {"channel": channel, "notice": notice, "call": call}
        self._hook(object, f"NotifierKind:{channel.kind}", "send_notice", arguments)

    def _backend_call(self, backend: Backend, space: Space, seconds: float | None = None) -> Call:
        url = str(backend.settings.get("url", ""))
        secrets = secrets_of(backend, self._plugins.backend_kinds.get(backend.kind))
        call = self._make_call(f"backend:{url}", url, space, StoredMemory(self._store, ""), secrets, "", seconds)
        return replace(call, data_dir=files_of("backends", self._settings))

    def _call(
        self,
        expected: type[Answer],
        hook: str,
        marketplace: Marketplace,
        space: Space,
        key: str = "",
        *,
        seconds: float | None = None,
        **rest: Any,
    ) -> Answer:
        marketplace = self._with_developer_token(marketplace, space)
        space = self.seen_from(marketplace, space)
        memory = StoredMemory(self._store, marketplace.id)
        secrets = tuple(marketplace.credentials.values())
        call = self._make_call(marketplace.id, marketplace.url, space, memory, secrets, key, seconds)
        arguments: Mapping[str, Any] = {"marketplace": marketplace, "call": call, **rest}
        return self._hook(expected, f"MarketplaceKind:{marketplace.kind}", hook, arguments, seconds)

    def _make_call(
        self,
        name: str,
        url: str,
        space: Space,
        memory: StoredMemory,
        secrets: tuple[Secret, ...],
        key: str = "",
        seconds: float | None = None,
    ) -> Call:
        client = self._sessions.client(name, url, Deadline.after(seconds or self._settings.call_deadline), secrets)
        return Call(http=client, space=space, memory=memory, idempotency_key=key)

    def _hook(
        self,
        expected: type[Answer],
        kind: str,
        hook: str,
        arguments: Mapping[str, Any],
        seconds: float | None = None,
    ) -> Answer:
        deadline = (seconds or self._settings.call_deadline) + GRACE
        try:
            answer = self._plugins.call_kind(kind, hook, deadline, **arguments)
        except MarketplaceError as error:
            error.message, error.remedy = redact(error.message), redact(error.remedy)
            raise
        if isinstance(answer, expected):
            return answer
        raise _wrong(hook, kind.partition(":")[2], answer)

    def _with_developer_token(self, marketplace: Marketplace, space: Space) -> Marketplace:
        """The space's developer token serves where the kind takes it and there is no credential of its own."""
        takes_it = self._plugins.capabilities(marketplace).developer_token
        if marketplace.credentials or not space.developer_token or not takes_it:
            return marketplace
        return replace(marketplace, credentials={"api_key": space.developer_token})


def _wrong(hook: str, kind: str, answer: object) -> PluginFault:
    return PluginFault(f"{hook} of the kind {kind} returned a {type(answer).__name__}, which is not its answer.")
