"""A marketplace of the kind under test as the kit holds it: every hook by a short name, through the proxy."""

import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any

from ..errors import InvalidInput
from ..hosting.adapter import Adapter
from ..records import Account, Availability, Limits, Listing, Marketplace, MarketplaceKind, Payload, RemoteListing
from ..schemas import load_marketplace
from .bench import Bench
from .counterpart import Counterpart
from .listings import sample, slug_for
from .proxy import Proxy
from .rules import Broken, must

_numbers = count(1)
_run = secrets.token_hex(2)


@dataclass
class Link:
    """One connection of the space to the counterpart."""

    bench: Bench
    kind: MarketplaceKind
    counterpart: Counterpart
    proxy: Proxy
    marketplace: Marketplace
    adapter: Adapter = field(init=False)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    leaving: tuple[Payload, RemoteListing] | None = None
    """A listing that is to be withdrawn, as long as that has not come about."""

    def __post_init__(self) -> None:
        self.adapter = self.bench.adapter()

    @property
    def limits(self) -> Limits:
        """What the kind says that it takes."""
        return self.kind.limits

    @cached_property
    def account(self) -> Account:
        """What connecting tells; it is asked once."""
        return self.connect()

    @cached_property
    def kept(self) -> tuple[Payload, RemoteListing]:
        """A listing that stays as it is: what was sent and what came back."""
        return self.made()

    @cached_property
    def changing(self) -> tuple[Payload, RemoteListing]:
        """A listing for changes."""
        return self.made()

    def slug(self) -> str:
        """Return a slug that nobody has had yet, of a form that the kind takes."""
        return slug_for(self.limits, _run, next(_numbers))

    def listing(self, **changes: Any) -> Listing:
        """Return a listing of this space under a new slug, unless told otherwise."""
        return sample(self.limits, self.bench.space, changes.pop("slug", None) or self.slug(), **changes)

    def payload(self, **changes: Any) -> Payload:
        """Return such a listing in canonical form."""
        return self.render(self.listing(**changes))

    def render(self, listing: Listing) -> Payload:
        """See the hook render_listing."""
        return self.adapter.render(self.marketplace, listing)

    def connect(self) -> Account:
        """See the hook."""
        return self.adapter.connect(self.marketplace, self.bench.space)

    def slug_available(self, slug: str) -> Availability:
        """See the hook."""
        return self.adapter.slug_available(self.marketplace, self.bench.space, slug)

    def fetch(self) -> Sequence[RemoteListing]:
        """See the hook fetch_listings."""
        return self.adapter.fetch_listings(self.marketplace, self.bench.space)

    def find(self, slug: str) -> RemoteListing | None:
        """See the hook find_listing."""
        return self.adapter.find_listing(self.marketplace, self.bench.space, slug)

    def create(self, payload: Payload, key: str = "") -> RemoteListing:
        """See the hook create_listing; the key is a new one unless it is given."""
        return self.adapter.create(self.marketplace, self.bench.space, payload, key or f"kit:{uuid.uuid4()}")

    def made(self, **changes: Any) -> tuple[Payload, RemoteListing]:
        """Make a listing, and return what was sent and what came back."""
        payload = self.payload(**changes)
        return payload, self.create(payload)

    def update(self, payload: Payload, there: RemoteListing) -> RemoteListing:
        """See the hook update_listing."""
        remote = (there.remote_id, there.slug)
        return self.adapter.update(self.marketplace, self.bench.space, payload, remote, f"kit:{uuid.uuid4()}")

    def withdraw(self, there: RemoteListing) -> None:
        """See the hook withdraw_listing."""
        remote = (there.remote_id, there.slug)
        self.adapter.withdraw(self.marketplace, self.bench.space, remote, f"kit:{uuid.uuid4()}")

    def shown(self, slug: str) -> RemoteListing:
        """Return the listing that is certainly there. Raises Broken when find_listing does not see it."""
        found = self.find(slug)
        if found is None:
            raise Broken(f"the listing {slug!r} was made, and find_listing answered None", hook="find_listing")
        return found

    def times_listed(self, slug: str) -> int:
        """Return how often a slug is listed: as the counterpart says, else as fetch_listings does."""
        if self.counterpart.slugs:
            return sum(one == slug for one in self.counterpart.ability("slugs")())
        return sum(there.slug == slug for there in self.fetch())

    @contextmanager
    def hurried(self, seconds: float | None) -> Iterator[None]:
        """Have the calls of a block end after so many seconds; None: after as many as ever."""
        usual = self.adapter
        self.adapter = usual if seconds is None else self.bench.adapter(seconds)
        try:
            yield
        finally:
            self.adapter = usual

    def with_settings(self, settings: dict[str, Any]) -> "Link":
        """Return a link with other settings and credentials, and notes of its own."""
        marketplace = entered(self.kind, self.proxy.url, settings)
        return replace(self, marketplace=marketplace)


def entered(kind: MarketplaceKind, url: str, settings: dict[str, Any]) -> Marketplace:
    """Return the marketplace that the core makes of what a person enters. Raises Broken when it does not fit."""
    name = f"Kit {uuid.uuid4().hex[:8]}"
    try:
        draft = load_marketplace({"kind": kind.name, "name": name, "url": url, "settings": settings}, {kind.name: kind})
    except InvalidInput as error:
        raise Broken(
            f"the counterpart's settings do not fit the kind: {error.message}", hook="marketplace_kinds"
        ) from (error)
    now = datetime.now(UTC)
    return Marketplace(
        id=str(uuid.uuid4()),
        kind=kind.name,
        name=name,
        url=draft.url.rstrip("/"),
        settings=draft.settings,
        credentials=draft.credentials,
        sync_policy=draft.sync_policy,
        status="active",
        status_cause=None,
        status_reason=None,
        status_since=now,
        account=None,
        created_at=now,
    )


def connected(bench: Bench, kind: MarketplaceKind, counterpart: Counterpart, proxy: Proxy) -> Link:
    """Return a new marketplace of the kind behind the proxy, as the counterpart says it is entered. Raises Broken."""
    marketplace = entered(kind, proxy.url, dict(counterpart.settings))
    return Link(bench, kind, counterpart, proxy, marketplace)


def differences(there: RemoteListing, payload: Payload) -> list[str]:
    """Return in words where a listing that was read back differs from what was wanted, as the core compares them."""
    found = [] if there.slug == payload.slug else [f"slug: wanted {payload.slug!r}, got {there.slug!r}"]
    for name, value in there.fields.items():
        if name not in payload.fields:
            found.append(f"{name}: read back, but render_listing does not have it")
        elif payload.fields[name] != value:
            found.append(f"{name}: wanted {_short(payload.fields[name])}, got {_short(value)}")
    return found


def must_show(there: RemoteListing, payload: Payload, hook: str) -> None:
    """Raise Broken unless the listing shows the payload."""
    found = differences(there, payload)
    must(not found, "; ".join(found), hook=hook)


def _short(value: Any, most: int = 120) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]} ({len(text)} characters)"
