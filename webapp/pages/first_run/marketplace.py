"""``/first-steps/marketplace``: the first marketplace; SyftHub is offered."""

from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import PublicistError
from ....core.records import MarketplaceKind
from ....core.schemas import load_marketplace
from ..kept import again, secret_paths, sent
from ..kind_form import KindField, kind_fields, typed
from ..marketplaces import BESIDE, entered, kinds, told
from ..page import Form, Here, go, say
from .steps import pages, step_page


@pages.show("/first-steps/marketplace", "admin")
def marketplace(here: Here) -> AnyResponse:
    """Show what is connected, and the form of the usual kind."""
    kind = _usual(here)
    return _page(here, Form({"name": kind.title, "url": kind.default_url} if kind else {}))


@pages.act("/first-steps/marketplace", "admin")
def save_marketplace(here: Here) -> AnyResponse:
    """Add it and test it; the page then shows what was found."""
    kind = _usual(here)
    if kind is None:
        return go("first_steps.marketplace")
    fields = _fields(kind)
    form = sent(here, secret_paths(fields))
    data = {"kind": kind.name, **entered(form), "settings": typed(form, fields)}
    try:
        made = here.services.marketplaces.add(load_marketplace(data, here.services.plugins.marketplace_kinds))
    except PublicistError as error:
        return _page(here, form.refused(error, frozenset(field.path for field in fields)), 422)
    say(told(made, "Added"))
    return go("first_steps.marketplace")


def _usual(here: Here) -> MarketplaceKind | None:
    return next(iter(kinds(here).values()), None)


def _fields(kind: MarketplaceKind) -> list[KindField]:
    """Return what is needed to connect; the rest is under Settings, Marketplaces."""
    fields = kind_fields(kind.settings, beside=BESIDE)
    return [field for field in fields if field.required or field.name in BESIDE]


def _page(here: Here, form: Form, status: int = 200) -> AnyResponse:
    kind = _usual(here)
    fields = _fields(kind) if kind else []
    form = again(here, form, secret_paths(fields))
    connected = here.services.marketplaces.all()
    return step_page(here, "marketplace", status, connected=connected, kind=kind, fields=fields, form=form)
