"""Signing in, with a name and a password or with an API token, and out."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import NotAllowed
from ...core.identity.throttle import TooManyTries
from .. import auth
from ..context import context
from .page import Form, safe_target

MOST_BYTES = 32 * 1024


def show() -> AnyResponse:
    """Show the form, or go on to where a signed-in visitor wanted to go."""
    wanted = safe_target(request.args.get("next", ""))
    if auth.visitor(context().services):
        return redirect(wanted)
    return _form(Form({"next": wanted}), with_token=request.args.get("with") == "token")


def enter() -> AnyResponse:
    """Begin a session, or say why not."""
    request.max_content_length = MOST_BYTES
    services, sent = context().services, request.form
    auth.require_same_origin(services.spaces.current().public_url)
    form = Form({"next": safe_target(sent.get("next", "")), "name": sent.get("name", "")})
    with_token = "token" in sent
    missing = _missing(with_token=with_token)
    if missing:
        return _form(Form(form.typed, missing), 401, with_token=with_token)
    try:
        if with_token:
            auth.sign_in_with_token(services, sent["token"])
        else:
            auth.sign_in(services, sent["name"], sent["password"])
    except TooManyTries as error:
        answer = _form(Form(form.typed, {"password": error.message}), 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    except NotAllowed as error:
        field = "token" if with_token else "password"
        return _form(Form(form.typed, {field: error.message}), 401, with_token=with_token)
    return redirect(form["next"], 303)


def leave() -> AnyResponse:
    """End the session."""
    services = context().services
    auth.require_same_origin(services.spaces.current().public_url)
    auth.sign_out(services)
    return redirect(url_for("pages.sign_in"), 303)


def _missing(*, with_token: bool) -> dict[str, str]:
    asked = {"token": "Enter an API token."} if with_token else {"name": "Enter your name.", "password": "Enter it."}
    return {field: said for field, said in asked.items() if not request.form.get(field, "").strip()}


def _form(form: Form, status: int = 200, *, with_token: bool = False) -> AnyResponse:
    services = context().services
    anybody = services.accounts.any()
    page = render_template(
        "sign_in.html",
        form=form,
        space=services.spaces.current(),
        anybody=anybody,
        with_token=with_token or not anybody,
    )
    return Response(page, status, content_type="text/html; charset=utf-8")
