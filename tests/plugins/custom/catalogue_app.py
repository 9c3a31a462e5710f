"""The routes of `rest-v1`: a small Flask app around a catalogue."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request

from .catalogue import Catalogue, problem


def make_app(catalogue: Catalogue) -> Flask:
    """Put the rules behind their routes."""
    app = Flask(__name__)

    def route(rule: str, method: str, answer: Callable[..., tuple[int, Any]]) -> None:
        def view(**named: str) -> Response:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            account = catalogue.accounts.get(given) if catalogue.accounts else ""
            if account is None:
                said = "The API key is not known." if given else "An API key is needed."
                return reply(*problem(401, "unauthorized", said))
            with catalogue.lock:
                return reply(*answer(account, **named))

        app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])

    def since(items: list[dict[str, Any]], time: str) -> tuple[int, Any]:
        return catalogue.page([item for item in items if item[time] >= request.args["since"]], request.args)

    for rule in ("/", "/v1"):
        route(rule, "GET", catalogue.document)
    route(
        "/listings",
        "GET",
        lambda account: catalogue.page(catalogue.own(account), request.args),
    )
    key = "Idempotency-Key"
    route("/listings", "POST", lambda account: catalogue.create(account, request.json, request.headers.get(key)))
    route("/listings/<slug>", "GET", catalogue.find)
    route("/listings/<key>", "PUT", lambda account, key: catalogue.change(account, key, request.json))
    route("/listings/<listing_id>", "DELETE", catalogue.withdraw)
    route("/slugs/<slug>", "GET", lambda account, slug: catalogue.slug(slug))
    if catalogue.features.get("health"):
        route("/health", "POST", lambda account: catalogue.take_health(account, request.json["readings"]))
    route("/usage", "GET", lambda account: since(catalogue.usage, "from"))
    route("/feedback", "GET", lambda account: since(catalogue.feedback, "at"))
    return app


def reply(status: int, body: Any) -> Response:
    if body is None:
        return Response(status=status)
    kind = "application/json" if status < 400 else "application/problem+json"
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=kind)
