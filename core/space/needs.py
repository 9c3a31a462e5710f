"""What needs a person, of everything in the space: grouped, the gravest first, with the first of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..alerting.facts import credential_end, end_of
from ..health.maintenance import Maintenance
from ..hosting.switch import PluginSwitch
from ..records import MaintenanceWindow, Marketplace, Space
from ..store import Store
from ..store.overview import Choice
from .overview import Overview

MOST = 10
"""How many are told in all; of the rest only the number."""

SOON = timedelta(days=14)
"""So long before a token ends, and after, somebody is told."""

Windows = Mapping[str | None, MaintenanceWindow]
"""The windows that hold, by the id of their endpoint; None stands for all endpoints."""

NeedKind = Literal["marketplace", "plugin", "failed", "unwell", "drifted", "republish", "expiring", "maintenance"]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person.

    ``name`` is whose it is; ``place`` the marketplace concerned, ``slug`` the endpoint. ``word`` tells more by kind:
    a cause, a state of health, or what it is that expires; ``at`` when it began, or ends.
    """

    kind: NeedKind
    name: str
    slug: str = ""
    place: str = ""
    marketplace_id: str = ""
    word: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """What needs a person in the same way: ``total`` in all, of which the first are ``needs``."""

    kind: NeedKind
    total: int
    needs: Sequence[Need]

    @property
    def more(self) -> int:
        """How many are not told one by one."""
        return self.total - len(self.needs)


@dataclass(frozen=True, slots=True)
class Needs:
    """Gathers them. Safe to use from many threads."""

    store: Store
    overview: Overview
    maintenance: Maintenance
    plugins: PluginSwitch
    space: Callable[[], Space]
    clock: Callable[[], datetime]

    def groups(self, counts: Mapping[str, int] | None = None) -> list[NeedGroup]:
        """Return what needs a person; at most MOST one by one, shared out fairly among the groups.

        ``counts`` is how many publications of all endpoints are in which state, if that is known already.
        """
        with self.store.session():
            groups = [group for group in self._all(counts) if group.total]
        shares = _shares([len(group.needs) for group in groups])
        return [
            NeedGroup(group.kind, group.total, group.needs[:share]) for group, share in zip(groups, shares, strict=True)
        ]

    def _all(self, counts: Mapping[str, int] | None) -> Iterator[NeedGroup]:
        now, marketplaces, windows = self.clock(), self.store.marketplaces.all(), self.maintenance.holding()
        broken = [offer.info.name for offer in self.plugins.offers() if offer.info.state in ("broken", "faulty")]
        yield _whole("marketplace", [_broken(item) for item in marketplaces if item.status == "error"])
        yield _whole("plugin", [Need("plugin", name) for name in broken])
        names = {item.id: item.name for item in marketplaces}
        if counts is None:
            counts = self.store.overview.cells(Choice(now))
        yield self._publications("failed", counts, names)
        yield self._unwell(windows, now)
        yield self._publications("drifted", counts, names)
        yield self._publications("republish", counts, names)
        yield _whole("expiring", sorted(self._ending(marketplaces, now), key=lambda need: need.at or now))
        yield self._in_maintenance(windows)

    def _publications(
        self,
        kind: Literal["failed", "drifted", "republish"],
        counts: Mapping[str, int],
        names: Mapping[str, str],
    ) -> NeedGroup:
        total = counts.get(kind, 0)
        rows = self.store.overview.needy(kind, MOST) if total else []
        needs = [
            Need(
                kind,
                row.endpoint_name,
                row.slug,
                names.get(row.marketplace_id, ""),
                row.marketplace_id,
                row.cause or row.wanted,
            )
            for row in rows
        ]
        return NeedGroup(kind, total, needs)

    def _unwell(self, windows: Windows, now: datetime) -> NeedGroup:
        if None in windows:
            return NeedGroup("unwell", 0, ())
        but = [name for name in windows if name]
        rows, total = self.store.overview.unwell(now - self.overview.book.trusted, MOST, but)
        return NeedGroup(
            "unwell", total, [Need("unwell", name, slug, word=state, at=at) for name, slug, state, at in rows]
        )

    def _ending(self, marketplaces: Sequence[Marketplace], now: datetime) -> Iterator[Need]:
        for token in self.store.tokens.all():
            if token.revoked_at is None and token.expires_at and abs(token.expires_at - now) <= SOON:
                yield Need("expiring", token.name, word="token", at=token.expires_at)
        for item in marketplaces:
            ends = credential_end(item)
            if item.status != "disabled" and ends and ends - now <= SOON:
                yield Need("expiring", item.name, marketplace_id=item.id, word="credential", at=ends)
        held = self.space().developer_token
        if held and (ends := end_of(held)) and ends - now <= SOON:
            yield Need("expiring", "Developer token", word="developer", at=ends)

    def _in_maintenance(self, windows: Windows) -> NeedGroup:
        found = self.store.endpoints.by_ids([name for name in windows if name][:MOST])
        needs = [
            Need("maintenance", found[name].name if name in found else "All endpoints", at=window.ends_at)
            for name, window in windows.items()
            if name is None or name in found
        ]
        return NeedGroup("maintenance", len(windows), needs)


def _whole(kind: NeedKind, needs: Sequence[Need]) -> NeedGroup:
    return NeedGroup(kind, len(needs), needs)


def _broken(item: Marketplace) -> Need:
    return Need("marketplace", item.name, marketplace_id=item.id, word=item.status_reason or "", at=item.status_since)


def _shares(sizes: Sequence[int]) -> list[int]:
    """Return how many of each group are told: one after another takes one more, until there are MOST in all."""
    shares, left = [0] * len(sizes), min(MOST, sum(sizes))
    while left:
        for place, size in enumerate(sizes):
            if left and shares[place] < size:
                shares[place] += 1
                left -= 1
    return shares
