"""``publicist plan`` and ``publicist sync``: what the marketplaces show against what they should."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import InvalidInput
from ..text import cut
from . import codes
from .opening import open_space
from .options import json_option
from .output import count, emit, note, say, table

if TYPE_CHECKING:
    from ..services import Services
    from ..syncing.reconciler import Reconciled

LONGEST_VALUE = 60
SYNC_SECONDS = 10.0


@click.command()
@click.option("--marketplace", metavar="NAME", help="Only this marketplace, by name or id.")
@json_option
@click.pass_context
def plan(ctx: click.Context, marketplace: str | None, as_json: bool) -> None:
    """Show what a sync would do.

    The marketplaces are read, and nothing is written: 0 when all is as it should be, 4 when there are changes.
    """
    with open_space() as services:
        found = services.reconciler.plan(marketplace)
    _show(found, as_json)
    ctx.exit(_code(found, codes.PLAN_HAS_CHANGES))


@click.command()
@click.option("--marketplace", metavar="NAME", help="Only this marketplace, by name or id.")
@click.option("--plan", "plan_id", metavar="ID", help="Apply this plan only; refused when it is stale.")
@click.option("--confirm", is_flag=True, help="With --plan: agree although it withdraws more than the cap.")
@json_option
@click.pass_context
def sync(ctx: click.Context, marketplace: str | None, plan_id: str | None, confirm: bool, as_json: bool) -> None:
    """Bring every marketplace to what its plan says.

    A plan that withdraws more than the deletion cap does so only once it is confirmed.
    """
    with open_space() as services:
        place = marketplace or _only(services, plan_id)
        found = services.reconciler.sync(place, plan_id=plan_id, confirm=confirm)
        left = _work(services)
    _show(found, as_json)
    ctx.exit(_code(found, codes.DONE) or (codes.PENDING if left else codes.DONE))


def _only(services: "Services", plan_id: str | None) -> str | None:
    """Return the only marketplace, which need not be named with a plan."""
    usable = [item for item in services.marketplaces.all() if item.status != "disabled"]
    if plan_id is None:
        return None
    if len(usable) != 1:
        raise InvalidInput({"marketplace": ["Say which marketplace's plan this is (--marketplace)."]})
    return usable[0].id


def _work(services: "Services") -> bool:
    """Work what is due for a short while; return whether something still is."""
    ids = _due(services)
    if ids:
        services.worker.recover()
        services.worker.work(ids, SYNC_SECONDS)
    return bool(ids and set(_due(services)) & set(ids))


def _due(services: "Services") -> list[str]:
    with services.store.session():
        rows = [
            row for item in services.marketplaces.all() for row in services.store.publications.of_marketplace(item.id)
        ]
    return [row.id for row in rows if row.due_at is not None]


def _code(found: Sequence["Reconciled"], changed: int) -> int:
    failed = [one for one in found if one.error is not None]
    if failed:
        return codes.ERROR if len(failed) == len(found) else codes.PARTLY
    return changed if any(one.plan and one.plan.changes for one in found) else codes.DONE


def _show(found: Sequence["Reconciled"], as_json: bool) -> None:
    from ..schemas import plan_json

    plans = [
        plan_json(one.marketplace, one.plan, one.error, one.slugs, waits=one.waits, marked=one.marked) for one in found
    ]
    if as_json:
        emit({"plans": plans})
        return
    rows = [[one["marketplace_name"], *_cells(action)] for one in plans for action in one["changes"]]
    if rows:
        table(["Marketplace", "Action", "Listing", "Endpoint", "What differs"], rows)
    for one in plans:
        _remarks(one)


def _cells(action: dict[str, Any]) -> list[str]:
    differs = "\n".join(f"{item['field']}: {_cut(item['found'])} → {_cut(item['wanted'])}" for item in action["drift"])
    what = "orphan: no publication knows it" if action["orphan"] else differs
    return [action["action"], action["slug"], action["endpoint_slug"] or "", what]


def _remarks(one: dict[str, Any]) -> None:
    name = one["marketplace_name"]
    if one["error"]:
        note(f"{name}: {one['error']['message']} {one['error']['remedy']}")
        return
    say(f"{name}: plan {one['plan_id']}, {count(len(one['changes']), 'change')}, {one['unchanged']} as they should be.")
    if one["blocked"]:
        note(f"{name}: another's listing has the slug of {', '.join(one['blocked'])}.")
    if one["unowned"]:
        note(f"{name}: {count(one['unowned'], 'listing')} not made here; see `publicist marketplace unowned {name}`.")
    if one["needs_confirmation"]:
        note(
            f"{name}: it withdraws more than the deletion cap. To agree: "
            f"publicist sync --marketplace {name!r} --plan {one['plan_id']} --confirm"
        )


def _cut(value: Any) -> str:
    return cut(repr(value) if isinstance(value, str) else str(value), LONGEST_VALUE)
