"""``/plan``: what the next sync would do on each marketplace, and doing it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import fields
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import Conflict
from ...core.paging import page_count
from ...core.records import Json, Marketplace
from ...core.syncing.plan import Action, ActionKind, Plan
from ...core.syncing.reconciler import Reconciled
from ..incoming import PageQuery, read_query
from .marketplaces import POLICIES, held
from .page import Here, Pages, go, render, say

PER_PAGE = 50
MOST_ON_OVERVIEW = 8
LONGEST = 600
"""How many characters of a value are shown; descriptions may be long."""

WORDS: Mapping[ActionKind, tuple[str, str]] = {
    "adopt": ("Adopt", "It is there with this space's id under another remote id than known, and is taken up."),
    "create": ("Create", "It is wanted, and not there."),
    "restore": ("Restore", "It was there, and is gone; it is made again."),
    "update": ("Update", "It shows something else than wanted."),
    "withdraw": ("Withdraw", "It is there, and unpublished here."),
}
ORPHAN = "An orphan: it carries this space's id, and no publication knows it."

pages = Pages("plans")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that an update changes, as text."""

    field: str
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change as it is shown; ``endpoint`` is its slug here, empty for an orphan."""

    kind: ActionKind
    word: str
    why: str
    slug: str
    endpoint: str
    waits: bool
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Shown:
    """A marketplace's plan, one page of its steps; or the error for which there is none."""

    found: Reconciled
    policy: str
    steps: Sequence[Step] = ()
    total: int = 0
    keep: int = 0
    unowned: int = 0
    blocked: Sequence[str] = ()
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A marketplace whose plan is to come."""

    marketplace: Marketplace
    read_at: datetime | None
    waits: bool


@pages.show("/plan")
def overview(here: Here) -> AnyResponse:
    """Show the marketplaces that a sync would read; each one's plan follows, as it takes a reading."""
    read = here.services.reconciler.standings()
    there = here.services.marketplaces.all()
    places = [
        Place(item, *read.get(item.id, (None, False)))
        for item in there
        if item.status != "disabled" and not item.removing
    ]
    return render("plan/overview.html", here, places=places, others=len(there) - len(places))


@pages.show("/plan/<uuid:marketplace_id>")
def one(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Show one marketplace's plan; the page comes first and the plan follows, unless it is asked for at once."""
    marketplace, query = held(here, marketplace_id), read_query(PlanQuery(exclude=["per_page"]))
    number, short = query["page"], here.live and query["overview"] is not None
    if marketplace.status == "disabled" or not (here.live or query["read"] == "now"):
        return render("plan/one.html", here, marketplace=marketplace, plan=None, number=number)
    (found,) = here.services.reconciler.plan(marketplace.id)
    plan, template = _shown(found, number, MOST_ON_OVERVIEW if short else PER_PAGE), "plan/one.html"
    return render("plan/card.html" if here.live else template, here, marketplace=marketplace, plan=plan, short=short)


@pages.act("/plan/<uuid:marketplace_id>", "publish")
def apply(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Do what a plan says, that one and no other."""
    marketplace, plan_id = held(here, marketplace_id), here.form.get("plan_id", "")
    confirm = here.form.get("confirm") == "yes"
    try:
        (done,) = here.services.reconciler.sync(marketplace.id, plan_id=plan_id, confirm=confirm)
    except Conflict as error:
        error.remedy = "Look at the plan as it is now, then apply that one."
        raise
    here.services.worker.run_due()
    return _follow(marketplace, done)


@pages.act("/plan/<uuid:marketplace_id>/sync", "publish")
def sync(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Read a marketplace and set right what a sync may set right by itself."""
    marketplace = held(here, marketplace_id)
    (done,) = here.services.reconciler.sync(marketplace.id)
    here.services.worker.run_due()
    return _follow(marketplace, done)


@pages.show("/plan/<uuid:marketplace_id>/progress")
def progress(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Show how far the marketplace is; the part asks again until nothing is under way."""
    marketplace, number = held(here, marketplace_id), read_query(PageQuery(only=["page"]))["page"]
    found = here.services.listing_states.progress(marketplace.id, number)
    pages = page_count(found.total, PER_PAGE)
    template = "plan/under_way.html" if here.live else "plan/progress.html"
    return render(template, here, marketplace=marketplace, progress=found, pages=pages)


class PlanQuery(PageQuery):
    """Which page of a plan: ``read`` is ``now`` to have it read at once; with ``overview`` only its first steps."""

    read = fields.String(load_default="")
    overview = fields.String(load_default=None)


def _follow(marketplace: Marketplace, done: Reconciled) -> AnyResponse:
    if done.error is not None:
        raise done.error
    if done.waits:
        say("Withdrawals wait for your confirmation; look at the plan below. The rest is under way.")
        return go("plans.one", marketplace_id=marketplace.id)
    count = f"{done.marked} {'publication is' if done.marked == 1 else 'publications are'} being set right."
    say(f"{marketplace.name} was read. {count if done.marked else 'Nothing was to be done.'}")
    return go("plans.progress", marketplace_id=marketplace.id)


def _shown(found: Reconciled, number: int, per_page: int) -> Shown:
    plan, policy = found.plan, POLICIES[found.marketplace.sync_policy][0]
    if plan is None:
        return Shown(found, policy)
    waiting = {id(action) for action in plan.withdrawals} if found.waits else set()
    pages = page_count(len(plan.changes), per_page)
    number = min(number, pages)
    chosen = plan.changes[(number - 1) * per_page : number * per_page]
    return Shown(
        found,
        policy,
        [_step(action, found.slugs, waits=id(action) in waiting) for action in chosen],
        len(plan.changes),
        len(plan.actions) - len(plan.changes),
        len([item for item in plan.unowned if not item.ignored]),
        _blocked(plan, found.slugs),
        number,
        pages,
    )


def _step(action: Action, slugs: Mapping[str, str], *, waits: bool) -> Step:
    word, why = WORDS[action.kind]
    differences = [Difference(item.field, _said(item.found), _said(item.wanted)) for item in action.drift]
    slug = slugs.get(action.key, "")
    return Step(action.kind, word, ORPHAN if action.is_orphan else why, action.slug, slug, waits, differences)


def _said(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    if value in (None, "", [], {}):
        return "nothing"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _blocked(plan: Plan, slugs: Mapping[str, str]) -> list[str]:
    return sorted(slugs[key] for key in plan.blocked if key in slugs)
