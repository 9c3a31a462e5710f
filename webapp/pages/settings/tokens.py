"""``/settings/tokens``: API tokens, for scripts and for other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import PublicistError
from ....core.paging import page_count
from ....core.records import ApiToken
from ....core.schemas import load_token
from ...incoming import PageQuery, read_query
from ..page import Form, Here, go, render, say
from .area import pages

SCOPES = {
    "read": "Read",
    "publish": "Read, publish, edit endpoints",
    "admin": "Everything",
}
ENDS = {"30": "In 30 days", "90": "In 90 days", "365": "In a year", "never": "Never"}
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A token in the list; ``state`` is ``active``, ``expired`` or ``revoked``."""

    token: ApiToken
    state: str


@pages.show("/settings/tokens", "admin")
def tokens(here: Here) -> AnyResponse:
    """Show the tokens, those that work first."""
    return _page(here, Form({"scope": "read", "ends": "90"}))


@pages.act("/settings/tokens", "admin")
def create(here: Here) -> AnyResponse:
    """Make a token, and show it this once."""
    form, now = Form(here.form.to_dict()), here.services.clock()
    ends = now + timedelta(days=int(form["ends"])) if form["ends"] in {*ENDS} - {"never"} else None
    asked = {"name": form["name"], "scopes": [form["scope"]], "expires_at": ends.isoformat() if ends else None}
    try:
        made, secret = here.services.tokens.create(load_token(asked, now))
    except PublicistError as error:
        return _page(here, form.refused(error), 422)
    return _page(here, Form({"scope": "read", "ends": "90"}), made=made, secret=secret.reveal())


@pages.show("/settings/tokens/<uuid:token_id>/revoke", "admin")
def ask_revocation(here: Here, token_id: UUID) -> AnyResponse:
    """Ask whether a token is to be revoked."""
    return render("settings/token_revoke.html", here, token=here.services.tokens.get(str(token_id)))


@pages.act("/settings/tokens/<uuid:token_id>/revoke", "admin")
def revoke(here: Here, token_id: UUID) -> AnyResponse:
    """Revoke a token; sessions that were begun with it end."""
    here.services.tokens.revoke(str(token_id))
    say("The token is revoked: nothing is answered to it any more.")
    return go("settings.tokens")


def _page(here: Here, form: Form, status: int = 200, *, made: ApiToken | None = None, secret: str = "") -> AnyResponse:
    rows, page = _rows(here), read_query(PageQuery(only=["page"]))["page"]
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return render(
        "settings/tokens.html",
        here,
        status,
        form=form,
        rows=shown,
        page=page,
        pages=page_count(len(rows), PER_PAGE),
        scopes=SCOPES,
        ends=ENDS,
        made=made,
        secret=secret,
    )


def _rows(here: Here) -> Sequence[Row]:
    now = here.services.clock()
    rows = [Row(token, _state(token, now)) for token in reversed(here.services.tokens.all())]
    return sorted(rows, key=lambda row: row.state != "active")


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at:
        return "revoked"
    return "expired" if token.expires_at and token.expires_at <= now else "active"
