"""The hub as a Flask app."""

import uuid

from flask import Blueprint, Flask, Response, g, request

from . import (
    auth,
    endpoints,
    errors,
    health,
    proxy,
    public,
    root,
    satellite_tokens,
    satellites,
    search,
    stars,
    sync,
    tokens,
    tunnels,
    users,
)
from .database import Database
from .hub import EXTENSION, Hub
from .keys import Keys
from .settings import HubSettings

API_PREFIX = "/api/v1"
_CORRELATION = "X-Correlation-ID"
_LONGEST_CORRELATION = 128
_MOST_BYTES = 32 * 2**20
_NOUNS = (auth, tokens, users, tunnels, sync, search, health, public, stars, endpoints, satellite_tokens)


def create_hub(settings: HubSettings) -> Flask:
    """Return the hub as a WSGI app; its database is made if need be.

    Raises:
        ConfigurationError: the data directory holds the database of another version.
    """
    app = Flask(
        __name__,
        static_url_path="/.hub",  # no user name can begin with a dot at registration
        instance_path=str(settings.data_dir.resolve()),
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    app.url_map.merge_slashes = False
    database = Database(settings.database)
    hub = Hub(settings, database, Keys(database))
    app.extensions[EXTENSION] = hub
    errors.install(app)
    _add_routes(app, hub)
    _frame(app, hub)
    return app


def _add_routes(app: Flask, hub: Hub) -> None:
    api = Blueprint("api", __name__, url_prefix=API_PREFIX)
    for noun in _NOUNS:
        api.register_blueprint(noun.blueprint)
    if hub.has_satellites:
        api.register_blueprint(satellites.blueprint)
    for blueprint in (api, satellite_tokens.root, root.blueprint, proxy.blueprint):
        app.register_blueprint(blueprint)


def _frame(app: Flask, hub: Hub) -> None:
    """Give each request a correlation id, and close the database connection that its first query opened."""

    @app.before_request
    def begin() -> None:
        sent = request.headers.get(_CORRELATION, "")
        fits = 0 < len(sent) <= _LONGEST_CORRELATION and sent.isprintable()
        g.correlation_id = sent if fits else str(uuid.uuid4())

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers[_CORRELATION] = g.get("correlation_id", "")
        response.headers["X-Content-Type-Options"] = "nosniff"
        if g.get("vary_on_accept"):
            response.headers["Vary"] = "Accept"
        response.headers.pop("Allow", None)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        hub.database.close()
