"""The hooks: what a plugin may implement, when each is called, and what it may answer.

A plugin is any module or object registered under the entry-point group ``publicist`` whose functions carry the
``hookimpl`` marker::

    from publicist.core.hookspecs import hookimpl
    from publicist.core.records import MarketplaceKind

    @hookimpl
    def marketplace_kinds():
        return [MarketplaceKind(name="bulletin", title="Bulletin board")]

An implementation may leave out parameters that it does not need. The core calls only the plugin that offers the
kind, in a worker thread, with a deadline; whatever comes out of it (an exception, a wrong type, nothing at all)
becomes an outcome of that one call and harms no other marketplace. Hooks never retry, sleep, compare or schedule:
the core does. They raise from :class:`publicist.core.errors.MarketplaceError`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pluggy

from .records import (
    Account,
    Asker,
    Availability,
    Backend,
    BackendAnswer,
    BackendHealth,
    BackendKind,
    Channel,
    Check,
    CheckKind,
    CheckResult,
    Decision,
    Endpoint,
    Event,
    ExecutorKind,
    Feedback,
    Listing,
    Marketplace,
    MarketplaceKind,
    Notice,
    NotifierKind,
    Payload,
    Payment,
    PaymentCheck,
    Policy,
    PolicyType,
    Query,
    Reading,
    RemoteListing,
    Space,
    TokenIssuer,
)

if TYPE_CHECKING:
    import click

    from .http import Client

PROJECT = "publicist"
HOOK_VERSION = 1
"""The version of the hooks below. A plugin may say for which it is written: ``publicist_hooks = 1``."""
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Memory(Protocol):
    """A plugin's own notes about one marketplace: short strings, encrypted at rest, shared by all processes."""

    def get(self, key: str) -> str | None:
        """Return what was last kept under ``key``, or None."""

    def set(self, key: str, value: str | None) -> None:
        """Keep ``value`` under ``key``; None forgets it."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a hook is given to do its work with, for one call.

    Attributes:
        http: the client for this marketplace: one session, the call's deadline, no credential to another host.
            It is the only way a plugin speaks to the network.
        space: this installation, with its public URL and installation id.
        memory: the plugin's notes about this marketplace (refresh tokens, what the hub can do, …).
        idempotency_key: the same for every attempt of one piece of work; empty for reads.
        data_dir: where the plugin may keep files that can be made anew (an index); it is made by whoever needs it.
            None: keep them in memory.
    """

    http: "Client"
    space: Space
    memory: Memory
    idempotency_key: str = ""
    data_dir: Path | None = None


class Specs:
    """The hook specifications. Names, parameters and order are public: see the stability promise in the docs."""

    @hookspec
    def marketplace_kinds(self) -> Sequence[MarketplaceKind]:
        """Called once at start: the kinds of marketplace this plugin offers. It must not touch the network."""
        raise NotImplementedError

    @hookspec
    def connect(self, marketplace: Marketplace, call: Call) -> Account:
        """Called when a marketplace is added, tested, or was in error: prove the credentials.

        Returns the account found there. Writes nothing that another space on the account could notice, except
        that a kind may register this space's address where the marketplace needs it before the first listing.
        It is also called to try the space's developer token where the marketplace has a credential of its own: then
        with that token as ``api_key``, notes apart, and a space without a public URL.
        Raises AuthenticationFailed, MarketplaceUnavailable, RejectedError.
        """
        raise NotImplementedError

    @hookspec
    def slug_available(self, marketplace: Marketplace, slug: str, call: Call) -> Availability:
        """Called on *check availability* and in preflight. A slug that we hold there ourselves is the core's case."""
        raise NotImplementedError

    @hookspec
    def fetch_listings(self, marketplace: Marketplace, call: Call) -> Sequence[RemoteListing]:
        """Return all our listings there, switched-off ones too. A part is an error, never a result."""
        raise NotImplementedError

    @hookspec
    def find_listing(self, marketplace: Marketplace, slug: str, call: Call) -> RemoteListing | None:
        """Look one listing of our account up by its slug, switched-off ones too; None means it is certainly not there.

        Called when the outcome of a write is unknown, and when a create answered that the slug is taken.
        """
        raise NotImplementedError

    @hookspec
    def render_listing(self, marketplace: Marketplace, listing: Listing) -> Payload:
        """Put a listing into this kind's canonical form. Pure: no network, no clock, the same for the same input."""
        raise NotImplementedError

    @hookspec
    def create_listing(self, marketplace: Marketplace, payload: Payload, call: Call) -> RemoteListing:
        """Make the listing. Raises SlugConflict when the slug is taken, OutcomeUnknown when no answer came."""
        raise NotImplementedError

    @hookspec
    def update_listing(
        self, marketplace: Marketplace, payload: Payload, remote_id: str, remote_slug: str, call: Call
    ) -> RemoteListing:
        """Make the listing that we hold show ``payload``. Raises ListingGone when it is not there. Idempotent."""
        raise NotImplementedError

    @hookspec
    def withdraw_listing(self, marketplace: Marketplace, remote_id: str, remote_slug: str, call: Call) -> None:
        """Take the listing away. One that is not there any more is success, not an error. Idempotent."""
        raise NotImplementedError

    @hookspec
    def report_health(self, marketplace: Marketplace, readings: Sequence[Reading], call: Call) -> str:
        """Called regularly for kinds with ``health_push``: one batch, at most ``health_batch`` readings.

        Returns a short note for the log (how many were taken).
        """
        raise NotImplementedError

    @hookspec
    def backend_kinds(self) -> Sequence[BackendKind]:
        """Called once at start: the kinds of dataset and model this plugin can reach."""
        raise NotImplementedError

    @hookspec
    def check_backend(self, backend: Backend, call: Call) -> BackendHealth:
        """Try whether a dataset or model answers. Called by preflight and by the health monitor."""
        raise NotImplementedError

    @hookspec
    def query_backend(
        self, backend: Backend, query: Query, call: Call, deliver: Callable[[str], None]
    ) -> BackendAnswer:
        """Called once for each accepted query: answer it.

        A model that writes piece by piece hands each piece to ``deliver`` as it comes where ``query.stream`` is set;
        what it returns is the whole all the same. ``query.documents`` are what the endpoint's dataset found.
        Raises MarketplaceUnavailable, RateLimited, RejectedError.
        """
        raise NotImplementedError

    @hookspec
    def token_issuer(self, marketplace: Marketplace, call: Call) -> TokenIssuer:
        """Called for kinds with ``tokens``: say whose tokens are to be taken, and read the keys they are signed with.

        The core keeps the answer, and asks again when it is old or a token names a key that is not in it.
        Raises MarketplaceUnavailable, AuthenticationFailed.
        """
        raise NotImplementedError

    @hookspec
    def verify_token(self, marketplace: Marketplace, token: str, call: Call) -> Asker | None:
        """Ask the marketplace who a token belongs to, with the e-mail; None when it does not vouch for it.

        Called when a policy needs the e-mail; the token has passed the local check.
        Raises MarketplaceUnavailable, AuthenticationFailed (of our own credential).
        """
        raise NotImplementedError

    @hookspec
    def policy_types(self) -> Sequence[PolicyType]:
        """Called once at start: the types of policy this plugin offers beside access, rate_limit and accounting."""
        raise NotImplementedError

    @hookspec
    def check_policy(self, policy: Policy, endpoint: Endpoint, asker: Asker, query: Query) -> Decision:
        """Decide on one query by a policy of a type of this plugin's. Anything but a Decision denies (fail closed).

        Called after the rate limits and before accounting; not for the same query that comes again within a minute.
        """
        raise NotImplementedError

    @hookspec
    def verify_payment(
        self, marketplace: Marketplace, endpoint: Endpoint, asker: Asker, payment: Payment, call: Call
    ) -> PaymentCheck:
        """Called when a policy requires payment: whether what was handed over pays for this query.

        The kind of the marketplace that vouches for the asker is asked. A proof that was taken once pays once.
        """
        raise NotImplementedError

    @hookspec
    def fetch_feedback(
        self, marketplace: Marketplace, listed: Mapping[str, str], since: datetime | None, call: Call
    ) -> Sequence[Feedback]:
        """Called for kinds with ``feedback``: what people said of our listings since then (None: ever).

        ``listed`` maps a listing's remote id to its endpoint's id. ``id`` of each may be left empty; ``remote_id`` is
        what tells one from another.
        """
        raise NotImplementedError

    @hookspec
    def check_kinds(self) -> Sequence[CheckKind]:
        """Called once at start: the kinds of check this plugin offers."""
        raise NotImplementedError

    @hookspec
    def run_check(self, check: Check, endpoint: Endpoint, call: Call) -> CheckResult:
        """Look once. What is wrong is a result, not an error; one that raises counts as a check that failed.

        ``call.http`` has the address in the setting ``url``, if there is one, and sends credentials only there; pass
        whole URLs with ``absolute=True``. Settings that do not do raise RejectedError.
        """
        raise NotImplementedError

    @hookspec
    def notifier_kinds(self) -> Sequence[NotifierKind]:
        """Called once at start: the kinds of channel this plugin can send notices to."""
        raise NotImplementedError

    @hookspec
    def send_notice(self, channel: Channel, notice: Notice, call: Call) -> None:
        """Send one notice. Called again, with the same ``notice.key``, until it returns or the core gives up.

        Raises MarketplaceUnavailable, RateLimited, AuthenticationFailed, RejectedError.
        """
        raise NotImplementedError

    @hookspec
    def executors(self) -> Sequence[ExecutorKind]:
        """Called once at start: the ways this plugin offers of spreading due work over threads, processes or machines.

        One is chosen by PUBLICIST_EXECUTOR; without it the core's own pool of threads does the work.
        """
        raise NotImplementedError

    @hookspec
    def spread_work(self, executor: str, ids: Sequence[str], work: Callable[[Sequence[str]], int]) -> None:
        """Called by the runner with the ids of publications that are due: see that they are worked, soon and anywhere.

        Return at once. ``work`` works ids in this process, and returns how many calls it began; elsewhere
        ``publicist work ID …`` does it. What an id stands for is in the store, where it is claimed: one that is handed
        on twice is worked once, and one that gets lost is handed out again.
        """
        raise NotImplementedError

    @hookspec
    def on_event(self, event: Event) -> None:
        """Called for each event of the audit trail, seconds after it, once, in order: observe. It stops nothing."""
        raise NotImplementedError

    @hookspec
    def commands(self, cli: "click.Group") -> None:
        """Called when the command line starts: add commands to ``cli``."""
        raise NotImplementedError

    @hookspec
    def blueprints(self, app: Any) -> None:
        """Called when the web app is made (a Flask app): register pages or routes of the plugin."""
        raise NotImplementedError
