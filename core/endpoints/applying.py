"""Making a space as a file says: endpoints made or changed, then published where the file says."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from ..documents import Document
from ..errors import Conflict, InvalidInput, NotFound, PublicistError
from ..parallel import for_all
from ..publishing.preflight import no_marketplace
from ..records import Endpoint, Result
from ..schemas import Targets, Wish, as_patch, load_apply, new_endpoint

if TYPE_CHECKING:
    from ..services import Services

State = Literal["created", "changed", "unchanged", "failed"]
IGNORED = frozenset({"id", "created_at", "updated_at", "deleted_at"})


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of one endpoint of the file. ``changed`` names its fields, ``results`` tell of its publishing."""

    slug: str
    state: State
    endpoint_id: str = ""
    changed: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    error: PublicistError | None = None


def read_wishes(services: "Services", document: Document) -> Sequence[Wish]:
    """Return what a document asks for; it is refused as a whole when anything in it is wrong.

    Raises InvalidInput with the line of each fault.
    """
    plugins = services.plugins
    try:
        wishes = load_apply(
            document.data,
            policy_types=plugins.policy_types,
            backend_kinds=plugins.backend_kinds,
            check_kinds=plugins.check_kinds,
        )
        marketplace_ids(services, wishes)
    except InvalidInput as error:
        raise document.locate(error) from None
    return wishes


def marketplace_ids(services: "Services", wishes: Sequence[Wish]) -> list[tuple[str, ...]]:
    """Return for each wish the ids of where it is to be published. Raises InvalidInput for unknown names."""
    known = {name: item.id for item in services.marketplaces.all() for name in (item.id, item.name)}
    usable = tuple(item.id for item in services.marketplaces.all() if item.status != "disabled")
    faults: dict[str, list[str]] = {}
    found = []
    for place, wish in enumerate(wishes):
        names = () if wish.publish_to in (None, "all") else tuple(wish.publish_to or ())
        if missing := [name for name in names if name not in known]:
            faults[f"endpoints.{place}.publish_to"] = [f"There is no marketplace {name!r}." for name in missing]
        ids = usable if wish.publish_to == "all" else tuple(known[name] for name in names if name in known)
        found.append(tuple(dict.fromkeys(ids)))
    if faults:
        raise InvalidInput(faults, remedy="`publicist marketplace list` shows them all.")
    return found


def apply_wish(services: "Services", wish: Wish, *, dry_run: bool) -> Applied:
    """Make or change one endpoint; ``dry_run`` only tells what it would be. Faults are told in the answer."""
    slug = wish.draft.slug or ""
    try:
        before = services.endpoints.get(slug)
    except NotFound:
        return _create(services, wish, dry_run=dry_run)
    try:
        patch = as_patch(wish.draft)
        checks = _changes_checks(services, before.id, wish)
        after = services.endpoints.tried(slug, patch) if dry_run else services.endpoints.edit(slug, patch)
        _put_checks(services, after, wish, dry_run=dry_run)
    except PublicistError as error:
        return Applied(slug, "failed", error=error)
    changed = (*changed_fields(before, after), *(("checks",) if checks else ()))
    return Applied(slug, "changed" if changed else "unchanged", after.id, changed)


def publish_applied(
    services: "Services", applied: Sequence[Applied], wishes: Sequence[Wish], wait: float
) -> list[Applied]:
    """Publish what was applied where the file says, all endpoints at once; see :func:`marketplace_ids`."""
    places = marketplace_ids(services, wishes)
    return for_all(
        lambda each: _publish(services, each[0], each[1], each[2], wait),
        list(zip(applied, wishes, places, strict=True)),
    )


def changed_fields(before: Endpoint, after: Endpoint) -> tuple[str, ...]:
    """Return the names of the fields that differ."""
    names = (item.name for item in fields(Endpoint) if item.name not in IGNORED)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _create(services: "Services", wish: Wish, *, dry_run: bool) -> Applied:
    try:
        _changes_checks(services, "", wish)
        made = new_endpoint(wish.draft, "", services.clock()) if dry_run else services.endpoints.create(wish.draft)
        _put_checks(services, made, wish, dry_run=dry_run)
    except PublicistError as error:
        return Applied(wish.draft.slug or "", "failed", error=error)
    return Applied(made.slug, "created", made.id)


def _changes_checks(services: "Services", endpoint_id: str, wish: Wish) -> bool:
    """Return whether the file changes the endpoint's checks. Raises InvalidInput, before anything is written."""
    return wish.checks is not None and bool(services.checks.changes(endpoint_id, wish.checks))


def _put_checks(services: "Services", endpoint: Endpoint, wish: Wish, *, dry_run: bool) -> None:
    if wish.checks is not None and not dry_run:
        services.checks.put(endpoint, wish.checks)


def _publish(services: "Services", applied: Applied, wish: Wish, ids: tuple[str, ...], wait: float) -> Applied:
    if applied.state == "failed" or not wish.publish_to:
        return applied
    if not ids:
        return replace(applied, error=_nowhere())
    try:
        targets = Targets(everywhere=False, marketplace_ids=ids, wait=wait)
        return replace(applied, results=tuple(services.publisher.publish(applied.slug, targets)))
    except PublicistError as error:
        return replace(applied, error=error)


def _nowhere() -> Conflict:
    finding = no_marketplace()
    return Conflict(finding.message, remedy=finding.remedy)
