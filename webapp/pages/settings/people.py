"""``/settings/people``: who may sign in, and as what."""

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import PublicistError
from ....core.identity.passwords import LEAST
from ....core.schemas import load_user
from ....core.secrets import Secret
from ..page import Form, Here, go, render, say
from .area import pages

ROLES = {
    "viewer": "Sees everything but secrets.",
    "publisher": "May publish, unpublish, and edit endpoints and their checks, too.",
    "owner": "May do everything: marketplaces, people, tokens, settings.",
}
EMPTY = Form({"role": "publisher", "way": "link"})


@pages.show("/settings/people", "admin")
def people(here: Here) -> AnyResponse:
    """Show everybody, and the invitations that are open."""
    return _page(here, EMPTY)


@pages.act("/settings/people", "admin")
def add(here: Here) -> AnyResponse:
    """Make an account with a password, or a link by which somebody makes their own."""
    form = Form({name: here.form.get(name, "") for name in ("name", "role", "way")})
    try:
        draft = load_user({"name": form["name"], "role": form["role"]})
        if form["way"] != "password":
            code = here.services.invitations.invite(draft.role, draft.name)
            return _page(here, Form({"role": draft.role, "way": "link"}), link=_link(here, code), invited=draft.name)
        here.services.accounts.add(draft, Secret(here.form.get("password", "")))
    except PublicistError as error:
        return _page(here, form.refused(error, frozenset({"password"})), 422)
    say(f"{draft.name} can sign in now, as {draft.role}.")
    return go("settings.people")


@pages.act("/settings/people/<uuid:user_id>/role", "admin")
def change_role(here: Here, user_id: UUID) -> AnyResponse:
    """Give somebody another role."""
    draft = load_user({"name": "somebody", "role": here.form.get("role", "")})
    here.services.accounts.change_role(str(user_id), draft.role)
    say(f"{here.services.accounts.get(str(user_id)).name} is {draft.role} now, and has to sign in again.")
    return go("settings.people")


@pages.act("/settings/people/<uuid:user_id>/password-link", "admin")
def make_password_link(here: Here, user_id: UUID) -> AnyResponse:
    """Make a link by which somebody who forgot their password chooses a new one."""
    user = here.services.accounts.get(str(user_id))
    code = here.services.invitations.renew(user.id)
    return _page(here, EMPTY, link=_link(here, code), invited=user.name, new_password=True)


@pages.show("/settings/people/<uuid:user_id>/remove", "admin")
def ask_removal(here: Here, user_id: UUID) -> AnyResponse:
    """Ask whether somebody is to be removed."""
    return render("settings/person_remove.html", here, user=here.services.accounts.get(str(user_id)))


@pages.act("/settings/people/<uuid:user_id>/remove", "admin")
def remove(here: Here, user_id: UUID) -> AnyResponse:
    """Remove somebody; their sessions end at once."""
    name = here.services.accounts.get(str(user_id)).name
    here.services.accounts.remove(str(user_id))
    say(f"{name} is removed, and signed out everywhere.")
    return go("settings.people")


@pages.act("/settings/people/invitations/<uuid:invitation_id>/withdraw", "admin")
def withdraw(here: Here, invitation_id: UUID) -> AnyResponse:
    """Have a link hold no longer."""
    here.services.invitations.withdraw(str(invitation_id))
    say("The link is withdrawn: it holds no longer.")
    return go("settings.people")


def _link(here: Here, code: Secret) -> str:
    """Return the link of a code, at the address where somebody elsewhere reaches this space, as far as is known."""
    base = here.services.spaces.current().public_url or request.host_url
    return base.rstrip("/") + url_for("pages.setup", code=code.reveal())


def _page(
    here: Here, form: Form, status: int = 200, *, link: str = "", invited: str = "", new_password: bool = False
) -> AnyResponse:
    return render(
        "settings/people.html",
        here,
        status,
        form=form,
        people=here.services.accounts.all(),
        invitations=here.services.invitations.all(),
        roles=ROLES,
        least=LEAST,
        link=link,
        invited=invited,
        new_password=new_password,
    )
