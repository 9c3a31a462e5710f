"""From a plan to rows that are due. Runs inside the caller's transaction, and calls nobody."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..events import note_publication
from ..publishing import publication as life
from ..publishing.listing import as_listed
from ..records import Endpoint, Publication, RemoteListing
from ..store import Store
from .plan import Action
from .readings import Sight

SEEN_EVERY = timedelta(hours=1)
"""How old ``verified_at`` may grow while a listing is seen unchanged; writing it at each reading would cost more."""


class Marking:
    """Marks publications by what a reading has shown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mark(self, sight: Sight, actions: Sequence[Action], now: datetime) -> int:
        """Mark the publications of these actions, and note drift where the policy lets nothing be done.

        A row is left alone when somebody holds it, or when its wish or fence has moved since the reading began.

        Returns:
            How many publications are due because of it.
        """
        current = {row.id: row for row in self._store.publications.of_marketplace(sight.marketplace.id)}
        untouched = {
            key: row
            for key, row in current.items()
            if (before := sight.rows.get(key)) and row.lease is None and _same(before, row)
        }
        marked = self._note(sight, [item for item in actions if item.key in untouched], untouched, now)
        held = {item for row in current.values() for item in (row.remote_id, row.retiring_remote_id) if item}
        busy = {sight.endpoints[row.endpoint_id].slug for row in current.values() if self._may_own(row, sight)}
        orphans = [item for item in actions if item.is_orphan and item.remote_id not in held and item.slug not in busy]
        for orphan in orphans:
            self._clear_up(sight, orphan, now)
        return marked + len(orphans)

    def _note(self, sight: Sight, actions: Iterable[Action], rows: dict[str, Publication], now: datetime) -> int:
        chosen = {action.key: action for action in actions}
        marked, seen = 0, []
        for action in sight.plan.actions:
            if (row := rows.get(action.key)) is None:
                continue
            after = self._after(sight, action, row, now, allowed=action.key in chosen)
            if after != row:
                self._store.publications.save(after)
                note_publication(self._store, row, after, now)
                marked += after.due_at is not None and row.due_at is None
            elif action.kind == "keep" and (row.verified_at is None or row.verified_at <= now - SEEN_EVERY):
                seen.append(row.id)
        self._store.publications.seen(seen, now)
        return marked

    def _after(self, sight: Sight, action: Action, row: Publication, now: datetime, *, allowed: bool) -> Publication:
        found = sight.listings.get(action.remote_id)
        drift = {item.field: {"wanted": item.wanted, "found": item.found} for item in action.drift}
        if found is not None and action.kind in ("keep", "update"):
            row = replace(row, active=found.active, remote_url=found.url, remote_slug=found.slug, drift=drift)
            differs = bool(drift) and allowed
            return life.marked(replace(row, confirmed_digest=None), now) if differs else life.with_status(row)
        return self._due(sight, action, row, now) if allowed else row

    def _due(self, sight: Sight, action: Action, row: Publication, now: datetime) -> Publication:
        """Return the row of an action that makes a listing, takes one up, or takes one away."""
        found = sight.listings.get(action.remote_id)
        if action.kind == "adopt" and found is not None:
            digest = None if action.drift else sight.payloads[row.id].digest
            row = taken_up(row, found, sight.endpoints[row.endpoint_id], digest, now)
        if action.kind == "restore":
            return life.restored(row, now)
        if action.kind == "withdraw" and action.given_up:
            return life.want(row, "absent", now, by_person=False)
        return life.marked(row, now)

    def _may_own(self, row: Publication, sight: Sight) -> bool:
        """Whether a listing that no row knows may be what this row is just making, or has begun since the reading."""
        before = sight.rows.get(row.id)
        settled = before is not None and _same(before, row) and row.lease is None and not row.outcome_unknown
        return row.endpoint_id in sight.endpoints and not settled

    def _clear_up(self, sight: Sight, orphan: Action, now: datetime) -> None:
        """Have the worker withdraw an orphan: as the listing of an endpoint that is being deleted."""
        endpoint = _tombstone(now)
        self._store.endpoints.add(endpoint)
        row = Publication(
            id=str(uuid.uuid4()),
            endpoint_id=endpoint.id,
            marketplace_id=sight.marketplace.id,
            wanted="absent",
            wanted_rev=1,
            status="pending",
            remote_id=orphan.remote_id,
            remote_slug=orphan.slug,
            due_at=now,
        )
        self._store.publications.add(life.with_status(row))


def taken_up(
    row: Publication, found: RemoteListing, endpoint: Endpoint, digest: str | None, now: datetime
) -> Publication:
    """Return the row with a listing bound to it that is there already; what it shows is ``digest``, or None."""
    shown = {name: value for name in ("type", "response_type") if isinstance(value := found.fields.get(name), str)}
    return replace(
        row,
        remote_id=found.remote_id,
        remote_slug=found.slug,
        remote_url=found.url,
        confirmed_digest=digest,
        listed_as={**as_listed(endpoint), **shown, "slug": found.slug},
        active=found.active,
        published_at=row.published_at or now,
        verified_at=now,
        outcome_unknown=False,
        unknown_since=None,
    )


def _same(before: Publication, now: Publication) -> bool:
    return (before.wanted_rev, before.fence) == (now.wanted_rev, now.fence)


def _tombstone(now: datetime) -> Endpoint:
    made = str(uuid.uuid4())
    return Endpoint(
        id=made,
        slug=f"orphan-{made[:13]}",
        name="An orphaned listing",
        summary="",
        description="",
        tags=(),
        version="",
        visibility="public",
        response_type="raw",
        published=False,
        dataset=None,
        model=None,
        policies=(),
        category="",
        language="",
        created_at=now,
        updated_at=now,
        deleted_at=now,
    )
