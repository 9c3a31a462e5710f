"""``/endpoints/<slug>/policies/new`` and ``/<place>``: one policy, in words or as JSON."""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import InvalidInput, NotFound, PublicistError
from ....core.policies.listed import at, fingerprint, put, unchanged
from ....core.schemas import load_policy
from ..endpoint.head import head
from ..page import Form, Here, go, render, say
from .area import pages
from .policies import store, told
from .policy_form import JSON, PURPOSES, TITLES, blank, entered, filled, refused, way_of


@pages.show("/endpoints/<slug>/policies/new", scope="publish")
def new_policy(here: Here, slug: str) -> AnyResponse:
    """Show an empty form of the type that was chosen."""
    kind = _kind(here, request.args.get("type", ""))
    return _page(here, slug, None, blank(kind, _way(kind, request.args.get("as", ""))))


@pages.act("/endpoints/<slug>/policies/new")
def add_policy(here: Here, slug: str) -> AnyResponse:
    """Add the policy at the end of the list."""
    return _save(here, slug, None)


@pages.show("/endpoints/<slug>/policies/<int:place>", scope="publish")
def edit_policy(here: Here, slug: str, place: int) -> AnyResponse:
    """Show the form of a policy."""
    policy = at(here.services.endpoints.get(slug).policies, place)
    way = JSON if request.args.get("as") == JSON else way_of(policy)
    return _page(here, slug, place, filled(policy, way))


@pages.act("/endpoints/<slug>/policies/<int:place>")
def save_policy(here: Here, slug: str, place: int) -> AnyResponse:
    """Change the policy."""
    return _save(here, slug, place)


def _save(here: Here, slug: str, place: int | None) -> AnyResponse:
    kind = _kind(here, here.form.get("type", ""))
    way, form = _way(kind, here.form.get("as", "")), Form(here.form.to_dict())
    try:
        held = here.services.endpoints.get(slug).policies
        unchanged(held, here.form.get("seen", ""))
        policy = load_policy(entered(form, kind, way), known_types=here.services.plugins.policy_types)
        store(here, slug, put(held, place, policy))
    except InvalidInput as error:
        return _page(here, slug, place, refused(form, error, way), status=422)
    except PublicistError as error:
        return _page(here, slug, place, form.refused(error), status=409)
    say(f"{'Added' if place is None else 'Saved'} {policy.name}.{told(head(here, slug))}")
    return go("tabs.policies", slug=slug)


def _kind(here: Here, name: str) -> str:
    if name not in TITLES and name not in here.services.plugins.policy_types:
        raise NotFound(f"There is no policy type {name!r}.", remedy="Choose one of those that are offered.")
    return name


def _way(kind: str, asked: str) -> str:
    return JSON if asked == JSON or kind not in TITLES else ""


def _page(here: Here, slug: str, place: int | None, form: Form, *, status: int = 200) -> AnyResponse:
    top, kind, types = head(here, slug), form["type"], here.services.plugins.policy_types
    return render(
        "tabs/policy.html",
        here,
        status,
        endpoint=top,
        tab="policies",
        place=place,
        kind=kind,
        title=TITLES.get(kind) or types[kind].title,
        purpose=PURPOSES.get(kind) or types[kind].description,
        in_words=kind in TITLES,
        form=form,
        seen=form["seen"] or fingerprint(top.record.policies),
    )
