"""A small marketplace for trials, in memory, with knobs: what it hides, what it refuses, what it holds back."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from typing import Any

import yaml

from .descriptions import small

Asked = tuple[str, str]
BY_SLUG = {
    "create": {
        "request": {"method": "POST", "path": "/items", "json": {"slug": "{{ slug }}", "title": "{{ fields.title }}"}}
    },
}


class Noticeboard:
    """The items by slug; requests are known by method and path, with `*` for a slug or an id.

    ``answers`` are other statuses: below 500 nothing is done. ``idle`` requests do nothing, ``blind`` paths show
    nothing. The answer to the request that ``holds`` names is held back until ``release``.
    """

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.answers: dict[Asked, int] = {}
        self.blind: set[str] = set()
        self.idle: set[Asked] = set()
        self.holds: Asked | None = None
        self.held, self.release = Event(), Event()
        self.asked: list[Asked] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        name = re.sub(r"^/items/.+", "/items/*", path)
        self.asked.append((method, name))
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, body = self._work(method, path.rpartition("/")[2], name, json.loads(sent or b"null"))
        if (method, name) == self.holds:
            release = self.release
            self.held.set()
            assert release.wait(60)
        start(f"{self.answers.get((method, name), status)} X", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def hold(self, asked: Asked) -> None:
        """Let go what is held, and hold this."""
        release, self.release = self.release, Event()
        self.holds, self.held = asked, Event()
        release.set()

    def _work(self, method: str, last: str, name: str, sent: Any) -> tuple[int, Any]:
        if self.answers.get((method, name), 500) < 500 or (method, name) in self.idle:
            return 200, {"error": "refused"}
        if method == "POST":
            self.items[sent["slug"]] = {**sent, "id": f"id-{sent['slug']}"}
            return 201, self.items[sent["slug"]]
        if name == "/items":
            return 200, {"items": [] if name in self.blind else list(self.items.values())}
        if name == "/me":
            return 200, {"name": "ada"}
        there = self.items.get(last.removeprefix("id-"))
        if there is None or (method == "GET" and name in self.blind):
            return 404, {"error": "absent"}
        there.update(sent or {})
        return 200, self.items.pop(there["slug"]) if method == "DELETE" else there


def described_at(folder: Path, **changes: Any) -> Path:
    """Write the description of the board, with changes, and return its path."""
    path = folder / "board.yaml"
    path.write_text(yaml.safe_dump(small(**{**BY_SLUG, **changes}), sort_keys=False))
    return path
