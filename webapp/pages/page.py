"""How pages are made: who may see one, what a form brought, and where one goes from there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from ...core.actors import acting_as
from ...core.errors import InvalidInput, NotAllowed, NotFound, PublicistError
from ...core.records import Visitor
from ...core.services import Services
from ...core.text import check_slug, cut
from .. import auth
from ..context import WaitingRoom, context
from ..frame import POLICY_WITH_SCRIPTS
from ..statement import Scope

View = Callable[..., str | AnyResponse]
_MOST_SAID, _MOST_NOTES = 600, 3


@dataclass(frozen=True, slots=True)
class Here:
    """A visit to a page: the services, who visits, and what their form brought."""

    services: Services
    room: WaitingRoom
    visitor: Visitor

    @property
    def form(self) -> MultiDict[str, str]:
        """What was sent with the form."""
        return request.form

    @property
    def live(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return is_live()


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its page shows it: what was typed, by field, and what is wrong with it.

    ``errors`` are by the name of a field; ``refusal`` is what is wrong with none of them.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: PublicistError | None = None

    def __getitem__(self, name: str) -> str:
        """Return what was typed into a field, or an empty text."""
        return self.typed.get(name, "")

    def refused(self, error: PublicistError, known: frozenset[str] = frozenset()) -> "Form":
        """Return the form with what ``error`` says; of InvalidInput each message stands at its field.

        ``known`` are further names of fields that the page shows though nothing was typed there.
        """
        if not isinstance(error, InvalidInput):
            return Form(self.typed, {}, error)
        errors = {name: " ".join(texts) for name, texts in error.errors.items()}
        homeless = [name for name in errors if name not in self.typed and name not in known]
        return Form(self.typed, errors, error if homeless else None)


class Pages:
    """A blueprint of pages for those who are signed in."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(name, __name__)

    def show(self, rule: str, scope: Scope = "read", **options: Any) -> Callable[[View], View]:
        """Add a page under ``rule``; the view gets :class:`Here` and the parts of the path."""
        return self._add(rule, "GET", scope, options)

    def act(self, rule: str, scope: Scope = "publish", **options: Any) -> Callable[[View], View]:
        """Add what a form or a button does.

        An error that the view lets through is told on the page that the visitor came from; a view that takes typed
        text catches its errors itself, and shows the form again with all that was typed.
        """
        return self._add(rule, "POST", scope, options)

    def _add(self, rule: str, method: str, scope: Scope, options: Mapping[str, Any]) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            self.blueprint.route(rule, methods=[method], **options)(serve(view, scope, acts=method == "POST"))
            return view

        return decorate


def serve(view: View, scope: Scope, *, acts: bool = False) -> View:
    """Return what serves the requests for a page: it looks who asks before ``view`` is called."""

    @wraps(view)
    def answer(**path: Any) -> str | AnyResponse:
        here = context()
        if acts:
            auth.require_same_origin(here.services.spaces.current().public_url)
        visitor = auth.visitor(here.services)
        if visitor is None:
            return to_sign_in()
        if not visitor.may(scope):
            raise _not_yours(visitor)
        _check_path(path)
        with acting_as(visitor.kind, visitor.name):
            try:
                return view(Here(here.services, here.room, visitor), **path)
            except PublicistError as error:
                back = _came_from() if acts and not isinstance(error, NotAllowed) else None
                if back is None:
                    raise
                tell(error)
                return redirect(back, 303)

    return answer


def render(template: str, here: Here, status: int = 200, **values: Any) -> Response:
    """Return a page made of ``template``; all pages know ``space`` and ``visitor``."""
    space = here.services.spaces.current()
    page = render_template(template, space=space, visitor=here.visitor, **values)
    headers = {"Content-Security-Policy": POLICY_WITH_SCRIPTS}
    return Response(page, status, headers, content_type="text/html; charset=utf-8")


def go(endpoint: str, **values: Any) -> AnyResponse:
    """Send the visitor on to a page, after something was done."""
    return redirect(url_for(endpoint, **values), 303)


def say(text: str) -> None:
    """Have the next page say what was done."""
    note(text, "good")


def tell(error: PublicistError) -> None:
    """Have the next page tell what failed, and what to do."""
    note(f"{error.message} {error.remedy}", "bad")


def note(text: str, tone: str) -> None:
    """Have the next page show a text, ``good`` or ``bad``. It is cut, and of many the last are shown.

    It travels in the session's cookie, and browsers throw away one that is larger than 4 kB.
    """
    most = _MOST_SAID if text.isascii() else _MOST_SAID // 3
    flash(cut(text, most), tone)
    session["_flashes"] = session["_flashes"][-_MOST_NOTES:]


def is_live() -> bool:
    """Tell whether htmx asks, for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def to_sign_in() -> AnyResponse:
    """Send somebody who is not signed in to where one does, and back here afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" and not is_live() else ""
    target = url_for("pages.sign_in", next=None if wanted in {"", "/"} else wanted)
    return Response(status=204, headers={"HX-Redirect": target}) if is_live() else redirect(target, 303)


def safe_target(wanted: str) -> str:
    """Return ``wanted`` if it is a path of this space's pages, else the first page."""
    inside = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if inside and wanted.isprintable() and "\\" not in wanted else url_for("pages.home")


def _came_from() -> str | None:
    """Return the path of this space's page on which the form was, if the browser tells."""
    try:
        split = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if split.netloc != request.host or not split.path.startswith("/"):
        return None
    return safe_target(split.path + (f"?{split.query}" if split.query else ""))


def _check_path(path: Mapping[str, Any]) -> None:
    slug = path.get("slug")
    if slug is not None and check_slug(slug):
        raise NotFound(f"There is no endpoint {slug!r}.", remedy="The first page lists them all.")


def _not_yours(visitor: Visitor) -> NotAllowed:
    return NotAllowed(
        f"This is not for the role {visitor.role!r}.",
        authenticated=True,
        remedy="Ask an owner of this space to do it, or to give you the role (Settings, People).",
    )
