"""People to be told: a server that takes notices, and short ways to make something go wrong."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from publicist.core.records import Channel, CheckResult
from publicist.core.schemas import load_alert_rule, load_channel
from publicist.core.services import Services
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ..clock import Clock

WAIT = 20.0
SECRET = "signed-with-this-1815"


@dataclass
class Receiver:
    """Takes notices on its paths, keeps what came, and answers as it is told to."""

    server: HTTPServer
    came: list[dict[str, Any]] = field(default_factory=list)
    status: dict[str, int] = field(default_factory=dict)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    on_request: Callable[[], None] = lambda: None
    retry_after: str = "120"

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile("/.*")).respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        self.came.append({"path": request.path, **json.loads(request.data)})
        self.on_request()
        if gate := self.gates.get(request.path):
            gate.wait(WAIT)
        return Response("", self.status.get(request.path, 204), headers={"Retry-After": self.retry_after})

    def kinds(self, path: str = "/hook") -> list[str]:
        return [item["kind"] for item in self.came if item["path"] == path]

    def titles(self, path: str = "/hook") -> list[str]:
        return [item["title"] for item in self.came if item["path"] == path]

    def channel(self, services: Services, path: str = "/hook", **settings: Any) -> Channel:
        """Add a channel that leads here."""
        url = f"http://127.0.0.1:{self.server.port}{path}"
        entered = {"kind": "webhook", "name": path.strip("/"), "settings": {"url": url, **settings}}
        return services.alert_book.add_channel(load_channel(entered, services.plugins.notifier_kinds))


def only_rule(services: Services, trigger: str = "state", **fields: Any) -> str:
    """Put one rule in the place of those that there are; return its id."""
    for rule in services.alert_book.rules():
        services.alert_book.remove_rule(rule.id)
    return services.alert_book.add_rule(load_alert_rule({"name": "Rule", "trigger": trigger, **fields})).id


def found(services: Services, endpoint_id: str, *, well: bool, looks: int = 6, warning: str = "") -> None:
    """Have an endpoint looked at, often enough for its state to follow."""
    for _ in range(looks):
        said = "It answers." if well else "Nothing answers."
        result = CheckResult("dataset", well, said, reachable=well, warning=warning)
        services.health_book.record(endpoint_id, [result])


def watch(services: Services, clock: Clock, seconds: float = 60, step: float = 30) -> int:
    """Take rounds for so long, and wait for what is sent; return how many notices were made."""
    made, passed = 0, 0.0
    while passed <= seconds:
        made += services.alerts.round()
        assert services.outbox.settle(WAIT)
        clock.move(seconds=step)
        passed += step
    return made
