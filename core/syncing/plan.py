"""The plan: what is wanted on a marketplace against what a whole reading of it shows. Pure.

A listing is ours when one of our rows holds its remote id, or when it carries our installation id. One that carries
it and that no row knows is an *orphan* of ours, and is withdrawn. Everything else was made by somebody else: it is
``unowned``, and no action ever names it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..records import Json, Payload, RemoteListing, SyncPolicy

ActionKind = Literal["create", "restore", "adopt", "update", "withdraw", "keep"]
ORDER: Sequence[ActionKind] = ("adopt", "create", "restore", "update", "withdraw", "keep")
CAP_SHARE = 0.2
CAP_COUNT = 3


@dataclass(frozen=True, slots=True)
class Drift:
    """One field that shows something else than what is wanted."""

    field: str
    wanted: Json
    found: Json


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What we have on record of one publication.

    Attributes:
        key: the publication's id.
        slug: under which it is, or is to be, listed.
        rev: the revision of its wish.
        remote_ids: the remote ids that are known to be its: the listing's, and that of one being retired.
        busy: whether it must be left alone: a call is under way, its outcome is unknown, or it is a draft.
        given_up: whether its last attempt was the last until a person or an edit.
        confirmed: the remote id of its confirmed listing.
    """

    key: str
    slug: str
    rev: int = 0
    confirmed: str | None = None
    remote_ids: frozenset[str] = frozenset()
    busy: bool = False
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that tells ours from others': our rows, our installation id, and what a person ignores."""

    installation_id: str
    rows: tuple[HeldRow, ...] = ()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a plan; ``key`` is the publication's id, empty for an orphan of ours."""

    kind: ActionKind
    slug: str
    key: str = ""
    remote_id: str = ""
    drift: tuple[Drift, ...] = ()
    given_up: bool = False

    @property
    def is_orphan(self) -> bool:
        """Whether this withdraws a listing of ours that no publication knows."""
        return self.kind == "withdraw" and not self.key


@dataclass(frozen=True, slots=True)
class Unowned:
    """A listing on our account that we did not make."""

    remote_id: str
    slug: str
    name: str = ""
    url: str = ""
    installation_id: str | None = None
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync would do. ``blocked`` are the publications whose slug somebody else's listing has."""

    id: str
    actions: tuple[Action, ...]
    unowned: tuple[Unowned, ...] = ()
    blocked: tuple[str, ...] = ()
    ours: int = 0
    basis: str = field(default="", repr=False)

    @property
    def changes(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.kind != "keep")

    @property
    def withdrawals(self) -> tuple[Action, ...]:
        """The withdrawals that no person has asked for: of orphans, and those that had been given up."""
        return tuple(item for item in self.actions if item.kind == "withdraw" and (item.is_orphan or item.given_up))

    @property
    def needs_confirmation(self) -> bool:
        """Whether it would withdraw more than the deletion cap: more than three listings and a fifth of ours."""
        count = len(self.withdrawals)
        return count > CAP_COUNT and count > CAP_SHARE * self.ours


def make_plan(wanted: Mapping[str, Payload], observed: Sequence[RemoteListing], held: Holdings) -> Plan:
    """Return the plan.

    Args:
        wanted: what should be listed, in canonical form, by publication id.
        observed: every listing of the account; a part of them would make it look as if the rest were gone.
        held: what we have on record.
    """
    owners = {remote_id: row for row in held.rows for remote_id in row.remote_ids}
    by_id = {listing.remote_id: listing for listing in observed}
    loose = {
        listing.slug: listing for listing in observed if listing.remote_id not in owners and _marked(listing, held)
    }
    taken = {listing.slug for listing in observed if listing.remote_id not in owners and not _marked(listing, held)}
    actions: list[Action] = []
    blocked: list[str] = []
    for row in held.rows:
        payload = wanted.get(row.key)
        slug = payload.slug if payload else row.slug
        found = by_id.get(row.confirmed or "")
        adopted = loose.pop(slug, None) if row.busy or (payload and found is None) else None
        if row.busy:
            continue
        if payload and found is None and adopted is None and slug in taken:
            blocked.append(row.key)
            continue
        action = _action(row, payload, found, adopted)
        actions += [action] if action else []
    actions += [Action("withdraw", listing.slug, remote_id=listing.remote_id) for listing in loose.values()]
    actions.sort(key=lambda item: (ORDER.index(item.kind), item.slug, item.remote_id, item.key))
    others = [item for item in observed if item.remote_id not in owners and not _marked(item, held)]
    unowned = sorted((_unowned(item, held) for item in others), key=lambda item: (item.slug, item.remote_id))
    basis = _digest([_made_from(wanted, held), sorted(_seen(item) for item in observed)])
    ours = len(observed) - len(others)
    return _with_id(Plan("", tuple(actions), tuple(unowned), tuple(sorted(blocked)), ours, basis))


def apply_policy(plan: Plan, policy: SyncPolicy) -> Plan:
    """Return what of the plan a marketplace's sync policy lets a sync do by itself.

    ``full`` lets it do everything. ``no_withdraw`` leaves a withdrawal that was given up to a person.
    ``create_only`` only makes listings, and leaves those that are there as they are. Neither keeps it from an
    unpublish that a person asked for, nor from clearing up an orphan of ours.
    """
    return _with_id(replace(plan, actions=tuple(item for item in plan.actions if _allowed(item, policy))))


def _allowed(action: Action, policy: SyncPolicy) -> bool:
    if action.kind == "withdraw":
        return policy == "full" or not action.given_up
    return action.kind != "update" or policy != "create_only"


def compare(payload: Payload, found: RemoteListing) -> tuple[Drift, ...]:
    """Return the fields that show something else than wanted; what the marketplace hides is not compared."""
    slug = () if found.slug == payload.slug else (Drift("slug", payload.slug, found.slug),)
    shown = ((name, payload.fields.get(name), value) for name, value in sorted(found.fields.items()))
    return (*slug, *(Drift(name, want, have) for name, want, have in shown if want != have))


def _action(
    row: HeldRow, payload: Payload | None, found: RemoteListing | None, adopted: RemoteListing | None
) -> Action | None:
    if payload is None:
        return Action("withdraw", found.slug, row.key, found.remote_id, given_up=row.given_up) if found else None
    if adopted is not None:
        return Action("adopt", adopted.slug, row.key, adopted.remote_id, compare(payload, adopted))
    if found is None:
        return Action("restore" if row.confirmed else "create", payload.slug, row.key, row.confirmed or "")
    drift = compare(payload, found)
    return Action("update" if drift else "keep", found.slug, row.key, found.remote_id, drift)


def _marked(listing: RemoteListing, held: Holdings) -> bool:
    return listing.installation_id == held.installation_id


def _unowned(listing: RemoteListing, held: Holdings) -> Unowned:
    name = listing.fields.get("name")
    return Unowned(
        listing.remote_id,
        listing.slug,
        name if isinstance(name, str) else "",
        listing.url,
        listing.installation_id,
        listing.remote_id in held.ignored,
    )


def _made_from(wanted: Mapping[str, Payload], held: Holdings) -> list[Any]:
    rows = sorted((row.key, row.rev, row.busy, row.given_up, sorted(row.remote_ids)) for row in held.rows)
    return [held.installation_id, rows, sorted((key, payload.digest) for key, payload in wanted.items())]


def _seen(listing: RemoteListing) -> list[Any]:
    shown = Payload(listing.slug, listing.fields).digest
    return [listing.remote_id, listing.slug, listing.installation_id or "", shown]


def _with_id(plan: Plan) -> Plan:
    content: Iterable[Any] = [
        [item.kind, item.slug, item.key, item.remote_id, [[d.field, d.wanted, d.found] for d in item.drift]]
        for item in plan.actions
    ]
    return replace(plan, id=_digest([plan.basis, content])[:16])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()
