"""``/endpoints/new``: describing an endpoint, trying what stands behind it, and saving it."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import InvalidInput, PublicistError
from ....core.records import Endpoint
from ....core.schemas import load_endpoint
from ....core.schemas.draft import EndpointDraft
from ....core.text import propose_slug
from ..page import Form, Here, go, render, say
from .area import pages
from .availability import report
from .form import RESPONSE_TYPES, SIDES, VISIBILITIES, Filled, blank, filled, refused, side, sides, without_secrets
from .trying import Trial, asked, tested

_ANYTHING = "endpoint"


@pages.show("/endpoints/new", scope="publish")
def show_new(here: Here) -> AnyResponse:
    """Show the form: empty, or filled like the endpoint that ``?from=`` names."""
    source = _source(here)
    if source is None:
        return _page(here, blank())
    form = without_secrets(here, blank(source, slug="", published="", name=f"{source.name} (copy)"))
    return _page(here, Form({**form.typed, "from": source.slug}), source=source)


@pages.act("/endpoints/new")
def create(here: Here) -> AnyResponse:
    """Do what the pressed button says; whatever is wrong, the form comes back with all that was typed."""
    source, sent = _source(here), filled(here)
    form = sent.form
    try:
        if sent.step == "choose":
            return _page(here, form, sent, source=source)
        if sent.step != "save":
            draft = _load(here, {"name": "Draft", **sent.tried})
            trial = try_out(here, sent, here.services.drafting.made(draft))
            return _page(here, form, sent, source=source, trial=trial)
        made = here.services.endpoints.create(_load(here, {**sent.data, "policies": _policies(source)}))
    except PublicistError as error:
        return _page(here, refused(form, error), sent, source=source, status=422)
    say(f"{made.name} is saved. Look through its details, then publish it.")
    return go("endpoint.show", slug=made.slug)


@pages.show("/endpoints/new/slug", scope="publish")
def check_slug(here: Here) -> AnyResponse:
    """Tell, while somebody types, whether a slug is free; without one, what it would be and whether that is."""
    typed, name = request.args.get("slug", "").strip(), request.args.get("name", "").strip()
    own = request.args.get("own") or None
    wanted = typed or (propose_slug(name, _ANYTHING) if name else "")
    said = report(here, wanted, own) if wanted else None
    return render("endpoint/slug_said.html", here, report=said, proposed=not typed)


@pages.show("/endpoints/new/kind/<any(dataset,model):key>", scope="publish")
def show_kind(here: Here, key: str) -> AnyResponse:
    """Show the fields of the kind that somebody has just chosen."""
    chosen = side(here, key, request.args.get(f"{key}.kind", ""))
    return render("endpoint/side_fields.html", here, side=chosen, form=blank())


def try_out(here: Here, sent: Filled, endpoint: Endpoint) -> Trial:
    """Test the connection, or try the query that was typed. Raises InvalidInput."""
    if sent.step == "test":
        return tested(here, endpoint)
    question = sent.form["question"].strip()
    if not question:
        raise InvalidInput({"question": ["Enter what you want to know."]})
    return asked(here, endpoint, question)


def form_values(here: Here, form: Form, sent: Filled | None, stored: Endpoint | None = None) -> dict[str, object]:
    """Return what the template of the form needs."""
    return {
        "form": form,
        "sides": sides(here, form, stored),
        "kept": sent.kept if sent else "",
        "response_types": RESPONSE_TYPES,
        "visibilities": VISIBILITIES,
        "titles": SIDES,
    }


def _load(here: Here, data: Mapping[str, Any]) -> EndpointDraft:
    plugins = here.services.plugins
    return load_endpoint(data, policy_types=plugins.policy_types, backend_kinds=plugins.backend_kinds)


def _policies(source: Endpoint | None) -> list[dict[str, Any]]:
    taken_over = source.policies if source else ()
    return [{"name": one.name, "type": one.type, "config": dict(one.config)} for one in taken_over]


def _source(here: Here) -> Endpoint | None:
    slug = request.form.get("from") or request.args.get("from")
    return here.services.endpoints.get(slug) if slug else None


def _page(
    here: Here,
    form: Form,
    sent: Filled | None = None,
    *,
    source: Endpoint | None = None,
    trial: Trial | None = None,
    status: int = 200,
) -> AnyResponse:
    values = form_values(here, form, sent)
    return render("endpoint/new.html", here, status, source=source, trial=trial, **values)
