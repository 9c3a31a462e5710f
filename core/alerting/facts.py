"""How everything stands that alerts may be about: read from the store, and slower things now and then only."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ..health.book import HealthBook
from ..health.maintenance import Maintenance
from ..health.self_check import DOWN_SINCE
from ..health.states import as_known
from ..publishing.listing import needs_republish
from ..records import AlertRule, Endpoint, Event, Fact, Health, Marketplace, Publication, Space, Trigger
from ..schemas.dump import sync_state
from ..secrets import Secret
from ..store import EventFilter, Store
from ..usage.reports import UsageReports
from ..usage.spans import UsageWish

SLOW_SECONDS = 30.0
"""How long what was read of endpoints, publications, marketplaces and tokens is good for."""

USAGE_SECONDS = 600.0
MOST_OF_TAG = 50
"""Of so many endpoints of a tag the usage is looked at."""

_DAY = timedelta(days=1)
_ROTATED = {"marketplace.edited": "credentials", "marketplace.added": "", "setting.changed": ""}


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read, and when."""

    at: datetime
    facts: tuple[Fact, ...]


class AlertFacts:
    """Gathers facts. One object serves one process; what it keeps is only to spare work."""

    def __init__(
        self,
        store: Store,
        health: HealthBook,
        maintenance: Maintenance,
        usage: UsageReports,
        space: Callable[[], Space],
    ) -> None:
        self._store = store
        self._health = health
        self._maintenance = maintenance
        self._usage = usage
        self._space = space
        self._kept: dict[str, _Kept] = {}
        self._endpoints: dict[str, Endpoint] = {}

    def gather(self, rules: Sequence[AlertRule], now: datetime) -> list[Fact]:
        """Return the facts that any of the rules may be about."""
        asked = {rule.trigger for rule in rules}
        slow = self._fresh("slow", now, SLOW_SECONDS, lambda: tuple(self._slow(asked, now)))
        usage = [rule for rule in rules if rule.trigger == "usage"]
        used = self._fresh("usage", now, USAGE_SECONDS, lambda: tuple(self._patterns(usage))) if usage else ()
        quiet = self._in_maintenance(now)
        return [replace(fact, quiet=quiet(fact.endpoint_id)) for fact in (*slow, *used, *self._states(asked, now))]

    def forget(self) -> None:
        """Read everything anew next time: rules have changed."""
        self._kept.clear()

    def _fresh(
        self, name: str, now: datetime, seconds: float, read: Callable[[], tuple[Fact, ...]]
    ) -> tuple[Fact, ...]:
        kept = self._kept.get(name)
        if kept is None or not kept.at <= now < kept.at + timedelta(seconds=seconds):
            kept = self._kept[name] = _Kept(now, read())
        return kept.facts

    def _slow(self, asked: set[Trigger], now: datetime) -> Iterator[Fact]:
        with self._store.session():
            self._endpoints = {endpoint.id: endpoint for endpoint in self._store.endpoints.all()}
            marketplaces = self._store.marketplaces.all()
            if "publication" in asked:
                yield from self._publications(marketplaces)
            if "marketplace" in asked:
                yield from (_connection(item) for item in marketplaces if item.status != "disabled")
            if asked & {"expiry", "credential_age"}:
                yield from self._credentials(marketplaces, now)

    def _publications(self, marketplaces: Sequence[Marketplace]) -> Iterator[Fact]:
        names = {item.id: item.name for item in marketplaces if item.status != "disabled"}
        for row in self._store.publications.wanted_listed():
            endpoint = self._endpoints.get(row.endpoint_id)
            if endpoint and row.marketplace_id in names:
                yield _publication(row, endpoint, names[row.marketplace_id])

    def _credentials(self, marketplaces: Sequence[Marketplace], now: datetime) -> Iterator[Fact]:
        for token in self._store.tokens.all():
            if token.revoked_at is None:
                name = f"The API token {token.name}"
                yield from _credential(f"token:{token.id}", name, token.created_at, token.expires_at, now)
        for item in marketplaces:
            if item.credentials and item.status != "disabled":
                since = self._rotated(item.id) or item.created_at
                name = f"The credential of {item.name}"
                yield from _credential(f"marketplace:{item.id}", name, since, credential_end(item), now)
        if held := self._space().developer_token:
            since = self._rotated("developer_token") or now
            yield from _credential("developer_token", "The developer token", since, end_of(held), now)

    def _rotated(self, subject: str) -> datetime | None:
        """Return when a credential was last entered, as far as the events still tell."""
        for action, word in _ROTATED.items():
            found: Sequence[Event] = self._store.events.page(EventFilter(subject=subject, action=action), 1, 50).items
            if entered := [event.at for event in found if word in event.what]:
                return entered[0]
        return None

    def _states(self, asked: set[Trigger], now: datetime) -> Iterator[Fact]:
        if asked & {"state", "expiry"}:
            for endpoint_id, health in self._health.all().items():
                if endpoint := self._endpoints.get(endpoint_id):
                    known = as_known(health, now, self._health.trusted)
                    if "state" in asked:
                        yield _state(endpoint, known)
                    if "expiry" in asked:
                        yield from _warnings(endpoint, known)
        if "network" in asked:
            with self._store.session():
                down = self._store.settings.get(DOWN_SINCE)
            said = f"Nothing can be reached since {down}. Endpoints count as unknown until it is back." if down else ""
            yield Fact("network", "network", "Our own network", "down" if down else "", said)

    def _in_maintenance(self, now: datetime) -> Callable[[str], bool]:
        """Return what tells of an endpoint's id (empty for what is of none) whether it is in maintenance."""
        holding = {one.endpoint_id for one in self._maintenance.coming() if one.starts_at <= now < one.ends_at}
        return lambda endpoint_id: bool(endpoint_id) and (None in holding or endpoint_id in holding)

    def _patterns(self, rules: Sequence[AlertRule]) -> Iterator[Fact]:
        wanted: dict[str, Endpoint | None] = {}
        for rule in rules:
            if not rule.endpoint_id and not rule.tag:
                wanted[""] = None
            mine = [one for one in self._endpoints.values() if rule.endpoint_id == one.id or rule.tag in one.tags]
            wanted |= {one.id: one for one in mine[:MOST_OF_TAG]}
        for name, endpoint in wanted.items():
            report = self._usage.report(UsageWish(slug=endpoint.slug if endpoint else None, days=1))
            for pattern in report.patterns:
                subject = f"{name}:{pattern.kind}:{pattern.person}"
                shown = endpoint.slug if endpoint else "All endpoints"
                yield _of_endpoint("usage", subject, shown, pattern.kind, pattern.message, endpoint)


def _state(endpoint: Endpoint, health: Health) -> Fact:
    since = f" (since {health.since:%Y-%m-%d %H:%M} UTC)" if health.since else ""
    said = f"{health.message}{since}" if health.message else since.strip()
    return _of_endpoint("state", endpoint.id, endpoint.slug, health.state, said, endpoint)


def _warnings(endpoint: Endpoint, health: Health) -> Iterator[Fact]:
    """Yield what checks warn of, a certificate above all; a check that failed altogether warns of nothing."""
    for result in health.results:
        name = f"{endpoint.slug}, check {result.name}"
        word = "warning" if result.warning else ("" if result.ok else "unknown")
        subject = f"{endpoint.id}:{result.name}"
        yield _of_endpoint("expiry", subject, name, word, result.warning, endpoint)


def _publication(row: Publication, endpoint: Endpoint, marketplace: str) -> Fact:
    changed = needs_republish(endpoint, row.listed_as) if row.status == "published" else ()
    word = sync_state(row, changed)
    said = {
        "failed": f"{row.error.message} {row.error.remedy}" if row.error else "It was given up.",
        "drifted": f"What is listed differs from what is wanted: {', '.join(row.drift) or 'it is not there'}.",
        "needs_republish": f"Changed since it was listed: {', '.join(changed)}.",
    }.get(word, "")
    shown = f"{endpoint.slug} on {marketplace}"
    return _of_endpoint("publication", row.id, shown, "" if word == "in_sync" else word, said, endpoint)


def _connection(item: Marketplace) -> Fact:
    word = "error" if item.status == "error" else ""
    return Fact("marketplace", item.id, f"The marketplace {item.name}", word, item.status_reason or "")


def _credential(subject: str, name: str, since: datetime, ends: datetime | None, now: datetime) -> Iterator[Fact]:
    said = f"It was entered on {since:%Y-%m-%d}. Put a new one in its place."
    yield Fact("credential_age", subject, name, text=said, days=max((now - since) / _DAY, 0.0))
    if ends is not None:
        left = (ends - now) / _DAY
        said = f"It ends on {ends:%Y-%m-%d %H:%M} UTC. Put a new one in its place."
        yield Fact("expiry", subject, name, text=said, days=left)


def _of_endpoint(trigger: Trigger, subject: str, name: str, word: str, text: str, endpoint: Endpoint | None) -> Fact:
    if endpoint is None:
        return Fact(trigger, subject, name, word, text)
    return Fact(trigger, subject, name, word, text, None, endpoint.id, endpoint.slug, endpoint.tags)


def credential_end(marketplace: Marketplace) -> datetime | None:
    """Return when the first of a marketplace's credentials ends; None where none tells."""
    return min(filter(None, map(end_of, marketplace.credentials.values())), default=None)


def end_of(secret: Secret) -> datetime | None:
    """Return when a credential ends that says so itself, as a JSON Web Token does; None for all others."""
    parts = secret.reveal().split(".")
    if len(parts) != 3:  # noqa: PLR2004 - head, claims and signature
        return None
    try:
        claims: Mapping[str, object] = json.loads(urlsafe_b64decode(parts[1] + "=="))
        ends = claims["exp"]
        return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int | float) else None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        return None
