"""Trying a described marketplace: read-only, then with a listing that is made, read, changed, withdrawn and read again.

The hooks are called as for a space, and what they send and get is told. Nothing is stored, and no space is needed.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pluggy

from .described_files import described
from .errors import ListingGone, MarketplaceError, OutcomeUnknown
from .hookspecs import PROJECT, Call, Specs
from .http import Client, Deadline, Sessions
from .manager import Plugins
from .plugin_search import http_settings
from .recording import Recording
from .records import Listing, Marketplace, MarketplaceKind, Payload, RemoteListing, Space
from .redact import redact
from .secrets import Secret
from .settings import Settings

ADDRESS = "https://publicist.example"
"""Where the space is said to be that the throw-away listing is of, if nothing else is entered."""


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step: its title, ``ok``, what was seen, and the requests with their answers."""

    title: str
    ok: bool
    seen: str
    exchanges: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(slots=True)
class _Notes:
    """A plugin's notes, for as long as the trial lasts."""

    kept: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str | None) -> None:
        self.kept.pop(key, None)
        if value is not None:
            self.kept[key] = value


def kind_of(path: Path, settings: Settings) -> tuple[Plugins, MarketplaceKind, str]:
    """Return the plugins with nothing but this file, its kind, and what a withdrawn listing leaves there for good.

    Raises PluginFault with every fault in the file.
    """
    (item,) = described(settings, only=path)
    plugin = item.load()
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Specs)
    plugins = Plugins(manager)
    plugins.add(item.name, plugin)
    return plugins, next(iter(plugins.marketplace_kinds.values())), str(getattr(plugin, "leaves", ""))


class Trial:
    """One trial of one marketplace. Close it: it says what it left behind.

    Args:
        plugins: with the kind.
        kind: the kind.
        url: the marketplace's address.
        entered: settings and credentials, as they were entered.
        settings: those of this installation.
        public_url: where the space of the throw-away listing is said to be.
    """

    def __init__(
        self,
        plugins: Plugins,
        kind: MarketplaceKind,
        url: str,
        entered: tuple[Mapping[str, Any], Mapping[str, Secret]],
        settings: Settings,
        public_url: str = "",
    ) -> None:
        self._plugins, self._kind, self._settings = plugins, kind, settings
        self._sessions = Sessions(http_settings(settings))
        self._space = Space(secrets.token_hex(16), "Trial", public_url or ADDRESS, "vm", None)
        self._memory = _Notes()
        self._lines: list[str] = []
        self._made: RemoteListing | None = None
        self._may_be_there = False
        self.slug = f"publicist-trial-{secrets.token_hex(3)}"[: kind.limits.slug_max].strip("-")
        now = datetime.now(UTC)
        self._marketplace = Marketplace(
            "trial", kind.name, kind.title, url, *entered, "full", "active", None, None, now, None, now
        )

    def read(self) -> Iterator[TrialStep]:
        """Try everything that changes nothing; the first step that fails is the last."""
        yield from self._steps(
            ("Connect", self._connect),
            ("Read our listings", lambda: f"{len(self._ask('fetch_listings'))} listings."),
            (f"Look for {self.slug}", self._nothing),
            ("Ask whether the slug is free", self._free),
        )

    def write(self) -> Iterator[TrialStep]:
        """Try everything else with a throw-away listing; see :meth:`clean_up`."""
        wanted, changed = self._payload(), self._payload(name="Trial, changed", tags=())
        yield from self._steps(
            ("Make a listing", lambda: self._create(wanted)),
            ("Find it", lambda: self._is_shown(wanted)),
            ("See it among our listings", lambda: self._is_listed(wanted)),
            ("Change it", lambda: self._change(changed)),
            ("Find it changed", lambda: self._is_shown(changed)),
            ("Withdraw it", self._withdraw),
            ("Find it gone", self._nothing),
        )

    def clean_up(self) -> TrialStep | None:
        """Take the listing away if it may still be there; None where it cannot. What fails is told as a step, too."""
        if not self._may_be_there:
            return None
        step = self._step("Clean up", self._take_away)
        if step.ok:
            return step
        where = f" ({self._made.url or self._made.remote_id})" if self._made else ""
        remedy = f"The listing {self.slug}{where} may still be there: remove it on the marketplace by hand."
        return replace(step, remedy=remedy)

    def close(self) -> None:
        """Close all connections."""
        self._sessions.close()

    def _steps(self, *steps: tuple[str, Callable[[], str]]) -> Iterator[TrialStep]:
        for title, work in steps:
            step = self._step(title, work)
            yield step
            if not step.ok:
                return

    def _step(self, title: str, work: Callable[[], str]) -> TrialStep:
        self._lines = []
        try:
            seen, ok, remedy = work(), True, ""
        except _Wrong as wrong:
            seen, ok, remedy = str(wrong), False, wrong.remedy
        except MarketplaceError as error:
            seen, ok, remedy = f"{error.message} ({error.cause_code})", False, error.remedy
        return TrialStep(title, ok, redact(seen), tuple(map(redact, self._lines)), redact(remedy))

    def _ask(self, hook: str, **arguments: Any) -> Any:
        seconds = max(self._settings.call_deadline, self._settings.fetch_deadline)
        held = tuple(self._marketplace.credentials.values())
        client = self._sessions.client("trial", self._marketplace.url, Deadline.after(seconds), held)
        http = cast("Client", Recording(client, self._lines))
        call = Call(http=http, space=self._space, memory=self._memory, idempotency_key=self.slug)
        given = {"marketplace": self._marketplace, "call": call, **arguments}
        return self._plugins.call_kind(f"MarketplaceKind:{self._kind.name}", hook, seconds + 2, **given)

    def _payload(self, **changes: Any) -> Payload:
        limits = self._kind.limits
        visible = "private" if "private" in limits.visibilities else limits.visibilities[0]
        listing = Listing(
            slug=self.slug,
            name="Trial",
            summary="A trial of publicist; it is gone in a moment.",
            description="A trial of publicist; it is gone in a moment.",
            type="model",
            response_type="both",
            tags=("trial",),
            version="0.1.0",
            visibility=visible,
            policies=(),
            public_url=self._space.public_url,
            query_path=f"/api/v1/endpoints/{self.slug}/query",
            category="",
            language="en",
            installation_id=self._space.installation_id,
        )
        given = {"marketplace": self._marketplace, "listing": replace(listing, **changes)}
        payload: Payload = self._plugins.call_kind(
            f"MarketplaceKind:{self._kind.name}", "render_listing", self._settings.call_deadline, **given
        )
        return payload

    def _connect(self) -> str:
        account = self._ask("connect")
        return f"Connected as {account.name}. {account.message}".strip()

    def _nothing(self) -> str:
        found = self._ask("find_listing", slug=self.slug)
        if found is not None:
            raise _Wrong("A listing of this slug is there, where none should be.", _FIND)
        return "It is not there, as it should be."

    def _free(self) -> str:
        found = self._ask("slug_available", slug=self.slug)
        if found.available is False:
            raise _Wrong(f"It is called taken, and nobody has it: {found.reason}", "Correct `available`.")
        return str(found.reason)

    def _create(self, wanted: Payload) -> str:
        self._may_be_there = True
        try:
            self._made = self._ask("create_listing", payload=wanted)
        except OutcomeUnknown as error:
            self._made = self._ask("find_listing", slug=self.slug)
            said = "and it is there" if self._made else "and it is not there"
            raise _Wrong(f"{error.message} It was looked for, {said}.", error.remedy) from error
        except MarketplaceError as error:
            self._may_be_there = error.cause_code in {"plugin_fault", "outcome_unknown"}
            raise
        return self._same(self._made, wanted)

    def _is_shown(self, wanted: Payload) -> str:
        return self._same(self._ask("find_listing", slug=self.slug), wanted)

    def _is_listed(self, wanted: Payload) -> str:
        found = [one for one in self._ask("fetch_listings") if one.slug == self.slug]
        if len(found) != 1:
            raise _Wrong(f"It is listed {len(found)} times.", "Correct `list`: its items, `where`, and paging.")
        return self._same(found[0], wanted)

    def _change(self, wanted: Payload) -> str:
        made = self._known()
        changed = self._ask("update_listing", payload=wanted, remote_id=made.remote_id, remote_slug=made.slug)
        return self._same(changed, wanted)

    def _withdraw(self) -> str:
        made = self._known()
        self._ask("withdraw_listing", remote_id=made.remote_id, remote_slug=made.slug)
        if self._ask("find_listing", slug=self.slug) is None:
            self._may_be_there = False
        return "Withdrawn."

    def _take_away(self) -> str:
        there = self._ask("find_listing", slug=self.slug)
        if there is None:
            self._may_be_there = False
            return "The listing is not there any more."
        if there.installation_id not in (None, self._space.installation_id):
            raise _Wrong("A listing of this slug is there, and it is not the trial's: it was left alone.", "")
        self._ask("withdraw_listing", remote_id=there.remote_id, remote_slug=there.slug)
        if self._ask("find_listing", slug=self.slug) is not None:
            raise _Wrong("It was withdrawn, and is still there.", _FIND)
        self._may_be_there = False
        return "The listing was withdrawn."

    def _known(self) -> RemoteListing:
        if self._made is None:
            raise ListingGone("The listing was not made.")
        return self._made

    def _same(self, found: RemoteListing | None, wanted: Payload) -> str:
        """Return how a listing shows what is wanted. Raises _Wrong where it would always look changed."""
        if found is None:
            raise _Wrong("It is not there.", _FIND)
        unlike = [name for name, value in found.fields.items() if wanted.fields.get(name) != value]
        if unlike:
            name = unlike[0]
            said = f"sent {wanted.fields.get(name)!r}, read {found.fields[name]!r}"[:400]
            raise _Wrong(
                f"It shows something else than was sent, and would always look changed: {', '.join(unlike)} ({said}).",
                "Make `fields` what the marketplace makes of it, or correct `reading.fields`.",
            )
        hidden = sorted(wanted.fields.keys() - found.fields.keys())
        said = f" Not shown, and so never compared: {', '.join(hidden)}." if hidden else ""
        return f"{found.url or found.remote_id} shows what was sent.{said}"


_FIND = "Correct `find`, and what it calls absent."


class _Wrong(Exception):
    """What was seen is not what it should be."""

    def __init__(self, seen: str, remedy: str) -> None:
        super().__init__(seen)
        self.remedy = remedy
