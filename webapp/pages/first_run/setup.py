"""``/setup/<code>``: a one-time link: the first owner's, that of who was invited, or one to a new password."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import InvalidInput
from ....core.identity.passwords import LEAST, check_again
from ....core.records import Invitation
from ....core.secrets import Secret
from ... import auth
from ...context import context
from ..page import Form
from .steps import TITLES

MOST_BYTES = 32 * 1024


def show(code: str) -> AnyResponse:
    """Show the form. Raises NotFound when the link holds no longer."""
    invitation = context().services.invitations.find(code)
    return _form(code, invitation, Form({"name": invitation.note}))


def take(code: str) -> AnyResponse:
    """Do what the link was made for, sign in, and go on. Raises NotFound when the link holds no longer."""
    request.max_content_length = MOST_BYTES
    services = context().services
    auth.require_same_origin(services.spaces.current().public_url)
    invitation = services.invitations.find(code)
    name = request.form.get("name", "")
    password, again = (Secret(request.form.get(field, "")) for field in ("password", "again"))
    try:
        check_again(password, again)
        if invitation.user_id:
            user = services.invitations.choose_password(code, password)
        else:
            user = services.invitations.accept(code, name, password)
    except InvalidInput as error:
        form = Form({"name": name}).refused(error, frozenset({"password", "again"}))
        return _form(code, invitation, form, 422)
    auth.sign_in_as(services, user)
    return redirect(url_for("first_steps.space" if invitation.setup else "pages.home"), 303)


def _form(code: str, invitation: Invitation, form: Form, status: int = 200) -> AnyResponse:
    space = context().services.spaces.current()
    page = render_template(
        "first_run/account.html",
        code=code,
        invitation=invitation,
        form=form,
        space=space,
        least=LEAST,
        titles=TITLES.values(),
    )
    return Response(page, status, content_type="text/html; charset=utf-8")
