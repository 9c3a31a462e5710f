"""The app put together; see :func:`publicist.webapp.create_app`."""

from pathlib import Path

from apiflask import APIFlask

from ..core.identity.web_sessions import LONGEST
from ..core.services import Services
from ..core.version import VERSION
from . import assets, description, frame, metrics, problems, shown
from .api import apis
from .context import EXTENSION, Context
from .pages import areas
from .pages import blueprint as pages
from .routing import LateRule
from .session_key import session_key

MOST_BYTES = 2 * 1024 * 1024
"""The largest request body that is read."""


def build_app(services: Services) -> APIFlask:
    """Return the app that serves the space of these services, with the pages that its plugins bring."""
    app = APIFlask(
        __name__,
        static_folder=None,
        title="publicist",
        version=VERSION,
        spec_path=description.SPEC_PATH,
        docs_path=None,
        json_errors=False,
        instance_path=str(Path(services.settings.data_dir).resolve()),
    )
    app.url_rule_class = LateRule
    app.json.sort_keys = False  # answers read in the order in which they are documented
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, PROVIDE_AUTOMATIC_OPTIONS=False)
    bind(app, services)
    problems.install(app)
    frame.install(app)
    shown.install(app)
    description.install(app)
    for api in apis:
        app.register_blueprint(api.blueprint)
    app.register_blueprint(pages)
    for area in areas:
        app.register_blueprint(area.blueprint)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(metrics.blueprint)
    services.plugins.broadcast("blueprints", app=app)
    return app


def bind(app: APIFlask, services: Services) -> None:
    """Have the app serve the space of these services from now on; whatever it knows of a space is set here."""
    space = services.spaces.current()
    app.extensions[EXTENSION] = Context(services)
    app.config.update(
        # The store ends a session; the cookie only has to last as long as one can.
        PERMANENT_SESSION_LIFETIME=LONGEST,
        SECRET_KEY=session_key(services.store),
        # Cookies know no port: two spaces on one machine would sign each other out under one name.
        SESSION_COOKIE_NAME=f"publicist_{space.installation_id[:8]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=space.public_url.startswith("https://"),
    )
