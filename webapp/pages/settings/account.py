"""``/settings/account``: one's own password, and where one is signed in."""

from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import PublicistError
from ....core.identity.passwords import LEAST, check_again
from ....core.secrets import Secret
from ... import auth
from ..page import Form, Here, go, render, say
from .area import pages

FIELDS = frozenset({"current", "new", "again"})


@pages.show("/settings/account")
def account(here: Here) -> AnyResponse:
    """Show who is signed in, and where."""
    return _page(here, Form())


@pages.act("/settings/account/password", "read")
def change_password(here: Here) -> AnyResponse:
    """Change the password: every session ends, and this browser begins a new one."""
    if here.visitor.kind != "user":
        return go("settings.account")
    current, new, again = (Secret(here.form.get(name, "")) for name in ("current", "new", "again"))
    accounts, visitor = here.services.accounts, here.visitor
    try:
        check_again(new, again)
        accounts.change_password(visitor.id, current, new, auth.address(here.services), auth.browser_mark())
    except PublicistError as error:
        return _page(here, Form().refused(error, FIELDS), 422)
    auth.sign_in_as(here.services, accounts.get(visitor.id))
    say("Your password is changed. Wherever else you were signed in, you are not any more.")
    return go("settings.account")


@pages.act("/settings/account/sign-out-everywhere", "read")
def sign_out_everywhere(here: Here) -> AnyResponse:
    """End all sessions, this one too."""
    here.services.web_sessions.end_all(here.visitor)
    auth.sign_out(here.services)
    return go("pages.sign_in")


def _page(here: Here, form: Form, status: int = 200) -> AnyResponse:
    sessions = here.services.web_sessions.of(here.visitor)
    return render("settings/account.html", here, status, form=form, sessions=sessions, least=LEAST)
