"""The form by which anybody says something of a listed endpoint. It needs no script and begins no session."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...core.endpoints.endpoints import CHECK_SLUG
from ...core.errors import InvalidInput, NotFound
from ...core.records import Endpoint
from ...core.schemas import load_feedback_form
from ...core.schemas.feedback import LONGEST_AUTHOR, LONGEST_TEXT
from ...core.text import check_slug
from .. import auth
from ..context import context

MOST_BYTES = 32 * 1024
WORDS = {
    "rating": "I want to rate it",
    "error_report": "Something does not work",
    "feature_request": "I miss something",
    "comment": "Something else",
}


def show(slug: str) -> AnyResponse:
    """Show the form of an endpoint that is listed somewhere; there is none for any other."""
    return _form(_endpoint(slug), {}, {})


def take(slug: str) -> AnyResponse:
    """Take in what was filled in, or say what is missing."""
    request.max_content_length = MOST_BYTES
    endpoint, services = _endpoint(slug), context().services
    auth.require_same_origin(services.spaces.current().public_url)
    try:
        services.feedback.add(slug, load_feedback_form(request.form), request.remote_addr or "")
    except InvalidInput as error:
        return _form(endpoint, request.form.to_dict(), error.errors, 422)
    return redirect(url_for("pages.feedback_given", slug=slug), 303)


def thank(slug: str) -> AnyResponse:
    """Say thank you."""
    return _page("feedback_given.html", _endpoint(slug))


def _endpoint(slug: str) -> Endpoint:
    if check_slug(slug):
        raise NotFound(f"There is no endpoint {slug!r}.", remedy=CHECK_SLUG)
    return context().services.feedback.open_to_all(slug)


def _form(endpoint: Endpoint, given: dict[str, str], errors: dict[str, list[str]], status: int = 200) -> AnyResponse:
    return _page(
        "feedback.html",
        endpoint,
        status,
        given=given,
        errors={field: " ".join(texts) for field, texts in errors.items()},
        kinds=WORDS,
        longest={"text": LONGEST_TEXT, "author": LONGEST_AUTHOR},
    )


def _page(template: str, endpoint: Endpoint, status: int = 200, **rest: object) -> AnyResponse:
    space = context().services.spaces.current()
    page = render_template(template, endpoint=endpoint, space=space, **rest)
    return Response(page, status, content_type="text/html; charset=utf-8")
