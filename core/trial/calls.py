"""A trial's way to one marketplace: its hooks are called as for a space, and what they send and get is kept."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pluggy

from ..hookspecs import PROJECT, Call, Specs
from ..hosting.described_files import described
from ..hosting.manager import Plugins
from ..hosting.search import http_settings
from ..http import Client, Deadline, Sessions
from ..records import Limits, Listing, Marketplace, MarketplaceKind, Payload, Space
from ..secrets import Secret
from ..settings import Settings
from .recording import Recording


@dataclass(frozen=True, slots=True)
class Tried:
    """What one file makes.

    Attributes:
        plugins: with nothing but the file's kind.
        kind: the kind.
        leaves: what a withdrawn listing leaves there for good; empty for nothing.
        places: where its parts stand, by their dotted path: ``find`` at ``board.yaml:31``.
        unchecked: the same plugins, but a withdrawal does not look first whether the listing is ours.
    """

    plugins: Plugins
    unchecked: Plugins
    kind: MarketplaceKind
    leaves: str
    places: Mapping[str, str]


def read_file(path: Path, settings: Settings) -> Tried:
    """Return what a file makes. Raises PluginFault with every fault in the file."""
    (item,) = described(settings, only=path)
    plugin = item.load()
    plugins, unchecked = (_alone(item.name, one) for one in (plugin, plugin.unchecked()))
    kind = next(iter(plugins.marketplace_kinds.values()))
    return Tried(
        plugins, unchecked, kind, plugin.leaves, {part: f"{path.name}:{line}" for part, line in plugin.places.items()}
    )


def _alone(name: str, plugin: Any) -> Plugins:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Specs)
    plugins = Plugins(manager)
    plugins.add(name, plugin)
    return plugins


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


def _slug(limits: Limits) -> str:
    """Return a slug that nobody has, as far as the limits leave room for chance; it says what it is of, if it can."""
    chance = secrets.token_hex(3)
    wanted = [f"publicist-trial-{chance}", f"trial-{chance}", f"trial{chance}", f"t{chance}"]
    fitting = (
        slug
        for slug in wanted
        if limits.slug_min <= len(slug) <= limits.slug_max and re.fullmatch(limits.slug_pattern, slug)
    )
    return next(fitting, wanted[-1][: limits.slug_max])


class TrialCalls:
    """The calls of one trial.

    Attributes:
        slug: the throw-away listing's.
        url: the marketplace's address.
        installation_id: of the space that the listing is said to be of.
        lines: what the last call sent and got.
        written: whether a write of the last call was accepted.
    """

    def __init__(
        self, tried: Tried, url: str, entered: tuple[Mapping[str, Any], Mapping[str, Secret]], settings: Settings,
        public_url: str = "",
    ) -> None:  # fmt: skip
        self._tried, self._kind, self._settings = tried, tried.kind, settings
        self._sessions = Sessions(http_settings(settings))
        self._space = Space(secrets.token_hex(16), "Trial", public_url, "vm", None)
        self._memory = _Notes()
        now = datetime.now(UTC)
        self._marketplace = Marketplace(
            "trial", self._kind.name, self._kind.title, url, *entered, "full", "active", None, None, now, None, now
        )
        self.url, self.installation_id = url, self._space.installation_id
        self.slug = _slug(self._kind.limits)
        self.lines: list[str] = []
        self.written = False

    def ask(self, hook: str, *, checked: bool = True, **arguments: Any) -> Any:
        """Return what a hook answers; see ``Tried.unchecked``. Raises MarketplaceError."""
        plugins = self._tried.plugins if checked else self._tried.unchecked
        seconds = max(self._settings.call_deadline, self._settings.fetch_deadline)
        held = tuple(self._marketplace.credentials.values())
        client = self._sessions.client("trial", self._marketplace.url, Deadline.after(seconds), held)
        recording = Recording(client, self.lines)
        call = Call(http=cast("Client", recording), space=self._space, memory=self._memory, idempotency_key=self.slug)
        given = {"marketplace": self._marketplace, "call": call, **arguments}
        try:
            return plugins.call_kind(f"MarketplaceKind:{self._kind.name}", hook, seconds + 2, **given)
        finally:
            self.written = recording.written

    def render(self, **changes: Any) -> Payload:
        """Return the throw-away listing in canonical form, with changes. Raises MarketplaceError."""
        given = {"marketplace": self._marketplace, "listing": replace(self._listing(), **changes)}
        payload: Payload = self._tried.plugins.call_kind(
            f"MarketplaceKind:{self._kind.name}", "render_listing", self._settings.call_deadline, **given
        )
        return payload

    def close(self) -> None:
        """Close all connections."""
        self._sessions.close()

    def _listing(self) -> Listing:
        limits = self._kind.limits
        return Listing(
            slug=self.slug,
            name="Trial",
            summary="A trial of publicist; it is gone in a moment.",
            description="A trial of publicist; it is gone in a moment.",
            type="model",
            response_type="both",
            tags=("trial",),
            version="0.1.0",
            visibility="private" if "private" in limits.visibilities else limits.visibilities[0],
            policies=(),
            public_url=self._space.public_url,
            query_path=f"/api/v1/endpoints/{self.slug}/query",
            category="",
            language="en",
            installation_id=self._space.installation_id,
        )
