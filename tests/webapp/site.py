"""A space that serves on a real socket, and somebody who calls it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from apiflask import APIFlask
from publicist.core.schemas import load_token
from publicist.core.services import Services
from publicist.webapp import create_app
from publicist.webapp.app import bind
from publicist.webapp.server import listen, start_server

from ..clock import Clock
from ..spaces import opened

IDLE: list[APIFlask] = []
"""Apps whose space is gone."""


@dataclass
class Caller:
    """Somebody who calls a space; without a token, nobody in particular. Every answer is kept."""

    url: str
    token: str = ""
    answers: list[requests.Response] = field(default_factory=list)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        where = path if path.startswith("/health") else f"/api/v1{path}"
        answer = requests.request(
            method, self.url + where, headers=headers, timeout=30, allow_redirects=False, **options
        )
        self.answers.append(answer)
        return answer

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.ask("POST", path, json=json, **options)

    def patch(self, path: str, json: Any, **options: Any) -> requests.Response:
        return self.ask("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.ask("DELETE", path, **options)


@dataclass
class Site:
    """A running space: its ``services``, its ``url``, and its owner, who may do everything."""

    services: Services
    url: str
    owner: Caller

    def caller(self, *scopes: str) -> Caller:
        """Return somebody with a token of these scopes; nobody in particular without any."""
        return Caller(self.url, make_token(self.services, *scopes) if scopes else "")


def make_token(services: Services, *scopes: str, **fields: Any) -> str:
    draft = load_token({"name": "test", "scopes": list(scopes), **fields}, services.clock())
    return services.tokens.create(draft)[1].reveal()


@contextmanager
def served(data_dir: Path, clock: Clock, **environment: str) -> Iterator[Site]:
    """Open a space and serve it on a free port; no runner works in the background."""
    listener = listen("127.0.0.1", 0)
    port = str(listener.getsockname()[1])
    with opened(data_dir, clock, PUBLICIST_PORT=port, **environment) as services:
        app = _app(services)
        server = start_server(services, listener=listener, app=app)
        try:
            yield Site(services, server.url, Caller(server.url, make_token(services, "admin")))
        finally:
            if server.stop() and services.settings.plugins == "":
                IDLE.append(app)


def _app(services: Services) -> APIFlask:
    """Return an app for the space; one that served another one before, if it may: an app takes long to make."""
    if services.settings.plugins != "" or not IDLE:
        return create_app(services)
    app = IDLE.pop()
    bind(app, services)
    return app


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    """Return the problem document that an answer must be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert {"type", "title", "detail", "cause", "remedy"} <= document.keys()
    return document


def good(answer: requests.Response, status: int = 200) -> Any:
    """Return the JSON of an answer that must be good."""
    assert answer.status_code == status, answer.text
    return answer.json()
