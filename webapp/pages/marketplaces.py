"""``/settings/marketplaces``: the marketplaces that there are, and how one is added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import NotFound, PublicistError
from ...core.records import Marketplace, MarketplaceKind, Standing
from ...core.schemas import load_marketplace
from ..api.kinds import DEFAULT_KIND
from .kept import again, secret_paths, sent
from .kind_form import kind_fields, typed
from .page import Form, Here, Pages, go, render, say

BESIDE = frozenset({"api_key", "username", "password"})
"""The fields of a kind that stand beside its settings."""

POLICIES = {
    "full": ("Everything", "Keeps every listing as you want it. A withdrawal that was given up is tried again, too."),
    "no_withdraw": (
        "Everything but withdrawals that were given up",
        "The usual choice: what you unpublish is withdrawn; what could not be is left to you.",
    ),
    "create_only": (
        "Only make listings",
        "Listings that are there stay as they are; where one has drifted, you are shown the difference.",
    ),
}

pages = Pages("marketplace_list")


@dataclass(frozen=True, slots=True)
class Row:
    """One marketplace in the list."""

    marketplace: Marketplace
    kind: str
    listed: int
    standing: Standing
    read_at: datetime | None
    waits: bool

    @property
    def mark(self) -> str:
        """The shape of its status."""
        return "failed" if self.marketplace.status == "error" else self.marketplace.status


@pages.show("/settings/marketplaces")
def all_marketplaces(here: Here) -> AnyResponse:
    """Show the marketplaces, oldest first."""
    return render("marketplaces/list.html", here, rows=_rows(here))


@pages.show("/settings/marketplaces/add", "admin")
def add(here: Here) -> AnyResponse:
    """Have a kind chosen, then show its form."""
    kind = kinds(here).get(request.args.get("kind", ""))
    if kind is None:
        return render("marketplaces/choose.html", here, kinds=kinds(here).values())
    names = {item.name for item in here.services.marketplaces.all()}
    name = kind.title if kind.title not in names else ""
    return _form(here, kind, Form({"name": name, "url": kind.default_url, "sync_policy": "no_withdraw"}))


@pages.act("/settings/marketplaces/add", "admin")
def save(here: Here) -> AnyResponse:
    """Add a marketplace and test it; a connection that fails is kept, with what to do."""
    kind = kinds(here).get(here.form.get("kind", ""))
    if kind is None:
        return go("marketplace_list.add")
    fields = kind_fields(kind.settings, beside=BESIDE)
    form = sent(here, secret_paths(fields))
    data = {"kind": kind.name, **entered(form), "settings": typed(form, fields)}
    try:
        draft = load_marketplace(data, here.services.plugins.marketplace_kinds)
        made = here.services.marketplaces.add(draft)
    except PublicistError as error:
        return _form(here, kind, form.refused(error, frozenset(field.path for field in fields)), 422)
    say(told(made, "Added"))
    return go("marketplace.show", marketplace_id=made.id)


def kinds(here: Here) -> Mapping[str, MarketplaceKind]:
    """Return the kinds that can be added, by name, the usual one first; not those of plugins that are disabled."""
    off = {kind for offer in here.services.plugin_switch.offers() if offer.info.state == "disabled"
           for kind in offer.info.kinds}  # fmt: skip
    there = [kind for kind in here.services.plugins.marketplace_kinds.values() if kind.name not in off]
    return {kind.name: kind for kind in sorted(there, key=lambda kind: (kind.name != DEFAULT_KIND, kind.title))}


def held(here: Here, marketplace_id: UUID) -> Marketplace:
    """Return the marketplace of that id; the core would take a name as well. Raises NotFound."""
    found = here.services.marketplaces.get(str(marketplace_id))
    if found.id != str(marketplace_id):
        raise NotFound("There is no such marketplace.", remedy="Settings, Marketplaces lists them all.")
    return found


def entered(form: Form) -> dict[str, str]:
    """Return what was typed into the fields that every kind has."""
    return {name: form[name].strip() for name in ("name", "url", "sync_policy") if form[name].strip()}


def told(marketplace: Marketplace, what: str) -> str:
    """Return what came of saving and testing, in a sentence."""
    if marketplace.status == "error":
        return f"{what} {marketplace.name}. The connection does not work yet; see below why, and what to do."
    if marketplace.status == "disabled":
        return f"{what} {marketplace.name}. It is disabled, so it was not tested."
    account = f" as {marketplace.account}" if marketplace.account else ""
    return f"{what} {marketplace.name}, and connected{account}. You can publish to it now."


def _form(here: Here, kind: MarketplaceKind, form: Form, status: int = 200) -> AnyResponse:
    fields = kind_fields(kind.settings, beside=BESIDE)
    form = again(here, form, secret_paths(fields))
    return render("marketplaces/add.html", here, status, kind=kind, form=form, fields=fields, policies=POLICIES)


def _rows(here: Here) -> Sequence[Row]:
    services = here.services
    counts, read, kinds = services.marketplaces.counts(), services.reconciler.standings(), services.plugins
    return [
        Row(
            item,
            kind.title if (kind := kinds.marketplace_kinds.get(item.kind)) else item.kind,
            counts.get(item.id, 0),
            services.pacer.standing(item),
            *read.get(item.id, (None, False)),
        )
        for item in services.marketplaces.all()
    ]
