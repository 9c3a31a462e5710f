"""Signing in with an API token, and out."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import NotAllowed
from .. import auth
from ..context import context


def show() -> AnyResponse:
    """Show the form, or go on to where a signed-in visitor wanted to go."""
    if auth.signed_in(context().services):
        return redirect(url_for("pages.home"))
    return _form()


def enter() -> AnyResponse:
    """Begin a session, or say why not."""
    services = context().services
    auth.require_same_origin(services.spaces.current().public_url)
    try:
        auth.sign_in(services, request.form.get("token", ""))
    except NotAllowed as error:
        missing = not request.form.get("token", "").strip()
        return _form("Enter an API token." if missing else error.message, 401)
    return redirect(url_for("pages.home"), 303)


def leave() -> AnyResponse:
    """End the session."""
    auth.require_same_origin(context().services.spaces.current().public_url)
    auth.sign_out()
    return redirect(url_for("pages.sign_in"), 303)


def _form(error: str = "", status: int = 200) -> AnyResponse:
    page = render_template("sign_in.html", error=error, space=context().services.spaces.current())
    return Response(page, status, content_type="text/html; charset=utf-8")
