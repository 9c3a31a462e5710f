"""What surrounds every request: one store session, and headers that keep browsers careful."""

from contextlib import ExitStack

from flask import Flask, Response, g, request

from . import assets
from .context import context

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""The content security policy: no script runs, nothing comes from elsewhere, nobody frames a page.

``data:`` images are the small marks in Pico's style sheet.
"""

POLICY_WITH_SCRIPTS = f"{POLICY}; script-src 'self'; connect-src 'self'"
"""That of the pages behind the sign-in, whose scripts are this server's own files."""

_WITHOUT_STORE = {"assets.file", "readiness.readyz", "health.healthz"}
"""What is answered without a session of the store: the probes also while the database is away."""


def install(app: Flask) -> None:
    """Add the hooks to the app."""
    app.context_processor(lambda: {"asset": assets.url})
    app.before_request(_open)
    app.after_request(_add_headers)
    app.teardown_request(_close)


def _open() -> None:
    if request.endpoint in _WITHOUT_STORE:
        return
    g.opened = ExitStack()
    g.opened.enter_context(context().services.store.session())


def _close(_error: BaseException | None) -> None:
    opened: ExitStack | None = g.pop("opened", None)
    if opened is not None:
        opened.close()


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    # With `no-referrer` a browser would send its own forms with `Origin: null`, and sign-in looks at the origin.
    is_page = response.mimetype == "text/html"
    response.headers["Referrer-Policy"] = "same-origin" if is_page else "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
