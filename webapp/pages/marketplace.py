"""``/settings/marketplaces/<id>``: one marketplace: how it stands, what is listed there, and its settings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import PublicistError
from ...core.records import Capabilities, Marketplace, Standing
from .kept import again, secret_paths, sent
from .kind_form import KindField, kind_fields, shown, typed
from .marketplaces import BESIDE, POLICIES, entered, held, told
from .page import Form, Here, Pages, go, render, say

COUNTED = {
    "published": "published",
    "pending": "pending",
    "failed": "failed",
    "not_published": "not published any more",
}

pages = Pages("marketplace")


@dataclass(frozen=True, slots=True)
class Look:
    """How a marketplace stands: ``counts`` are (status, word, number) of its publications."""

    marketplace: Marketplace
    kind: str
    can: tuple[str, ...]
    standing: Standing
    counts: tuple[tuple[str, str, int], ...]
    read_at: datetime | None
    waits: bool

    @property
    def mark(self) -> str:
        """The shape of its status."""
        return "failed" if self.marketplace.status == "error" else self.marketplace.status


@pages.show("/settings/marketplaces/<uuid:marketplace_id>")
def show(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Show it."""
    marketplace = held(here, marketplace_id)
    typed_before = {name: getattr(marketplace, name) for name in ("name", "url", "sync_policy")}
    return _page(here, marketplace, Form(typed_before | shown(_fields(here, marketplace), marketplace.settings)))


@pages.act("/settings/marketplaces/<uuid:marketplace_id>", "admin")
def save(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Change it, and test a connection that has changed."""
    marketplace = held(here, marketplace_id)
    fields = _fields(here, marketplace)
    form = sent(here, secret_paths(fields))
    settings = typed(form, fields, patch=True)
    try:
        data = {**entered(form), **({"settings": settings} if settings else {})}
        after = here.services.marketplaces.edit(marketplace.id, data)
    except PublicistError as error:
        return _page(here, marketplace, form.refused(error, frozenset(field.path for field in fields)), 422)
    say(told(after, "Saved"))
    return go("marketplace.show", marketplace_id=after.id)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/test", "admin")
def test(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Try the connection now."""
    say(told(here.services.marketplaces.test(held(here, marketplace_id).id), "Tested"))
    return go("marketplace.show", marketplace_id=marketplace_id)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/disable", "admin")
def disable(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Stop all work for it."""
    after = here.services.marketplaces.disable(held(here, marketplace_id).id)
    say(f"{after.name} is disabled: nothing is published there, updated or withdrawn. Its listings stay as they are.")
    return go("marketplace.show", marketplace_id=marketplace_id)


@pages.act("/settings/marketplaces/<uuid:marketplace_id>/enable", "admin")
def enable(here: Here, marketplace_id: UUID) -> AnyResponse:
    """Take it into use again."""
    say(told(here.services.marketplaces.enable(held(here, marketplace_id).id), "Enabled"))
    return go("marketplace.show", marketplace_id=marketplace_id)


def _fields(here: Here, marketplace: Marketplace) -> list[KindField]:
    kind = here.services.plugins.marketplace_kinds.get(marketplace.kind)
    return kind_fields(kind.settings if kind else (), marketplace.credentials, BESIDE)


def _page(here: Here, marketplace: Marketplace, form: Form, status: int = 200) -> AnyResponse:
    services = here.services
    kind = services.plugins.marketplace_kinds.get(marketplace.kind)
    counts = services.listing_states.counts().get(marketplace.id, {})
    look = Look(
        marketplace,
        kind.title if kind else marketplace.kind,
        _can(services.plugins.capabilities(marketplace)),
        services.pacer.standing(marketplace),
        tuple((name, word, counts.get(name, 0)) for name, word in COUNTED.items()),
        *services.reconciler.standings().get(marketplace.id, (None, False)),
    )
    fields = _fields(here, marketplace)
    form = again(here, form, secret_paths(fields))
    return render("marketplaces/one.html", here, status, look=look, form=form, fields=fields, policies=POLICIES)


def _can(found: Capabilities) -> tuple[str, ...]:
    told_by = {
        "health": found.health_push,
        "usage": found.usage,
        "feedback": found.feedback,
        "who is asking": found.tokens,
    }
    return tuple(word for word, there in told_by.items() if there)
