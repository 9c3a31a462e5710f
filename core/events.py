"""The audit trail: each change is recorded in the ``write()`` that makes it, with who made it.

The ``note_…`` functions are called inside that ``write()``, with the record before and after; nothing is recorded
where nothing changed. No secret gets in: of a secret field only its name is told, it is left out of digests, and
every text is redacted.
"""

import hashlib
import json
import secrets
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from .actors import current_actor
from .records import ApiToken, Check, Endpoint, Event, EventOutcome, Marketplace, Publication, Subject, User
from .redact import redact
from .store import Store

_PLAIN_ENDPOINT = {"id", "created_at", "updated_at", "deleted_at"}
_PLAIN_MARKETPLACE = ("name", "url", "settings", "credentials", "sync_policy")
_LONGEST = 500


def note_endpoint(store: Store, before: Endpoint | None, after: Endpoint | None, now: datetime) -> None:
    """Note that an endpoint was made, edited or deleted."""
    held = after or before
    if held is None or before == after:
        return
    if before is None:
        action, what = "created", f"Described {held.slug}."
    elif after is None:
        action, what = "deleted", f"Deleted {held.slug}."
    else:
        action, what = "edited", f"Changed {_listed(_changed(before, after, _endpoint_fields()))}."
    subject = Subject("endpoint", held.id, held.slug, endpoint_id=held.id)
    _add(store, subject, action, what, "done", now, (_endpoint_digest(before), _endpoint_digest(after)))


def note_marketplace(store: Store, before: Marketplace | None, after: Marketplace | None, now: datetime) -> None:
    """Note that a marketplace was added, edited or removed, or that its status changed."""
    held = after or before
    if held is None:
        return
    subject = Subject("marketplace", held.id, held.name, marketplace_id=held.id)
    digests = _marketplace_digest(before), _marketplace_digest(after)
    if before is None or after is None:
        action, what = ("added", f"Connected to {held.url}.") if after else ("removed", f"Removed {held.name}.")
        _add(store, subject, action, what, "done", now, digests)
        return
    if changed := _changed(before, after, _PLAIN_MARKETPLACE):
        _add(store, subject, "edited", f"Changed {_listed(changed)}.", "done", now, digests)
    if (before.status, before.status_cause) != (after.status, after.status_cause):
        what = f"{before.status} → {after.status}. {after.status_reason or ''}".rstrip()
        outcome: EventOutcome = "failed" if after.status == "error" else "done"
        _add(store, subject, "status", what, outcome, now, digests)


def note_publication(store: Store, before: Publication, after: Publication, now: datetime) -> None:
    """Note what became of a publication: a new wish, or what came of one."""
    found = list(_publication_changes(before, after))
    if not found:
        return
    subject = _publication_subject(store, after)
    for action, what, outcome in found:
        digests = before.confirmed_digest, after.confirmed_digest
        _add(store, subject, action, what, outcome, now, digests)


def note_setting(store: Store, name: str, what: str, now: datetime) -> None:
    """Note that a setting was changed; ``what`` says how, without a secret value."""
    _add(store, Subject("setting", name, name), "changed", what, "done", now)


def note_maintenance(store: Store, endpoint: Endpoint | None, action: str, what: str, now: datetime) -> None:
    """Note that maintenance was announced or ended: of an endpoint, or of the whole space."""
    if endpoint is None:
        note_space(store, action, what, "done", now)
        return
    subject = Subject("endpoint", endpoint.id, endpoint.slug, endpoint_id=endpoint.id)
    _add(store, subject, action, what, "done", now)


def note_check(store: Store, endpoint: Endpoint, check: Check, verb: str, now: datetime) -> None:
    """Note that a check was ``added`` to an endpoint, ``edited`` or ``removed``."""
    subject = Subject("endpoint", endpoint.id, endpoint.slug, endpoint_id=endpoint.id)
    _add(store, subject, "checks", f"{verb.capitalize()} the check {check.name} ({check.kind}).", "done", now)


def note_token(store: Store, token: ApiToken, action: str, now: datetime) -> None:
    """Note that an API token was ``created`` or ``revoked``, or that somebody ``signed_in`` with it."""
    verb = "Signed in with" if action == "signed_in" else action.capitalize()
    what = f"{verb} the token {token.name} ({', '.join(token.scopes)})."
    _add(store, Subject("token", token.id, token.name), action, what, "done", now)


def note_user(store: Store, user: User, action: str, what: str, now: datetime) -> None:
    """Note what was done to an account, or that somebody signed in."""
    _add(store, Subject("user", user.id, user.name), action, what, "done", now)


def note_space(store: Store, action: str, what: str, outcome: EventOutcome, now: datetime) -> None:
    """Note something that concerns the space as a whole, such as a restore."""
    name = store.settings.get("space_name") or "My space"
    _add(store, Subject("space", store.settings.get("installation_id"), name), action, what, outcome, now)


def _publication_changes(before: Publication, after: Publication) -> Iterable[tuple[str, str, EventOutcome]]:
    """Yield (action, words, outcome) of everything that a person would want to know."""
    if after.wanted_rev != before.wanted_rev and (after.wanted != before.wanted or after.by_person):
        asked = "to be listed" if after.wanted == "listed" else "to be withdrawn"
        yield "wanted", f"Asked {asked}.", "asked"
    if after.outcome_unknown and not before.outcome_unknown:
        yield "unknown", _because("Whether the last write arrived is not known", after), "unknown"
    if before.remote_id is None and after.remote_id is not None:
        yield "published", f"Listed as {after.remote_slug}.", "done"
    elif before.remote_id is not None and after.remote_id is None and after.retiring_remote_id is not None:
        yield "republishing", f"To be listed anew; {before.remote_slug} is withdrawn after that.", "asked"
    elif before.remote_id is not None and after.remote_id is None:
        gone = after.wanted == "listed" and not before.republish
        yield (
            ("lost", "The listing is not there any more.", "failed")
            if gone
            else (
                "withdrawn",
                f"Withdrew {before.remote_slug}.",
                "done",
            )
        )
    elif after.confirmed_digest not in (None, before.confirmed_digest):
        yield "updated", "Updated the listing.", "done"
    yield from _switched(before, after)
    if after.gave_up and not before.gave_up:
        yield "failed", _because("Given up", after), "failed"


def _switched(before: Publication, after: Publication) -> Iterable[tuple[str, str, EventOutcome]]:
    """Yield whether the marketplace has switched the same listing off, or on again."""
    if before.remote_id != after.remote_id or before.active is after.active:
        return
    if after.active is False:
        yield "switched_off", "The marketplace has switched the listing off.", "failed"
    elif before.active is False:
        yield "switched_on", "The marketplace shows the listing again.", "done"


def _because(said: str, row: Publication) -> str:
    return f"{said}: {row.error.message}" if row.error else f"{said}."


def _publication_subject(store: Store, row: Publication) -> Subject:
    endpoint = store.endpoints.by_id(row.endpoint_id)
    marketplace = store.marketplaces.by_id(row.marketplace_id)
    name = f"{endpoint.slug if endpoint else '?'} on {marketplace.name if marketplace else '?'}"
    return Subject("publication", row.id, name, row.endpoint_id, row.marketplace_id)


def _add(
    store: Store,
    subject: Subject,
    verb: str,
    what: str,
    outcome: EventOutcome,
    now: datetime,
    digests: tuple[str | None, str | None] = (None, None),
) -> None:
    clean = Subject(subject.kind, subject.id, redact(subject.name), subject.endpoint_id, subject.marketplace_id)
    said, action = redact(what)[:_LONGEST], f"{subject.kind}.{verb}"
    store.events.add(Event(_new_id(), now, current_actor(), action, clean, said, *digests, outcome))


def _new_id() -> str:
    """Return a UUID that sorts by when it was made (version 7), for events of one instant have an order, too."""
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    value = milliseconds << 80 | 7 << 76 | (rest * 4096 // 1_000_000) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def _endpoint_fields() -> list[str]:
    return [item.name for item in fields(Endpoint) if item.name not in _PLAIN_ENDPOINT]


def _changed(before: Any, after: Any, names: Iterable[str]) -> list[str]:
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _listed(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names) or "nothing"


def _endpoint_digest(endpoint: Endpoint | None) -> str | None:
    """Return a digest of what is no secret; backends' settings may hold some, and short ones could be guessed."""
    if endpoint is None:
        return None
    held = {name: getattr(endpoint, name) for name in _endpoint_fields()}
    for side in ("dataset", "model"):
        backend = getattr(endpoint, side)
        held[side] = backend and [backend.kind, backend.name, sorted(backend.settings)]
    return _digest(held | {"policies": [asdict(policy) for policy in endpoint.policies]})


def _marketplace_digest(marketplace: Marketplace | None) -> str | None:
    if marketplace is None:
        return None
    held = {name: getattr(marketplace, name) for name in (*_PLAIN_MARKETPLACE, "status")}
    return _digest(held | {"settings": sorted(marketplace.settings), "credentials": sorted(marketplace.credentials)})


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
