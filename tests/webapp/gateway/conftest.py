import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from publicist.plugins.localhub.server import RunningHub
from pytest_httpserver import HTTPServer
from syfthub_sdk import SyftHubClient
from syfthub_sdk.models import EndpointRef
from werkzeug import Request, Response

from ...clock import Clock
from ...ready import ready_hub
from ...spaces import WAIT
from ..site import Site, good, served

PASSWORD = "Passw0rd1"
SLUG = "handbook"
PAGES = {
    "tokens.md": "# Tokens\n\nA satellite token proves to a space who is asking. It lives for a minute.\n",
    "policies.md": "# Policies\n\nA rate limit says how often somebody may ask.\n",
}


@dataclass
class World:
    """A local hub, a space that is connected to it as ada, and people with accounts on the hub."""

    hub: RunningHub
    site: Site
    folder: Path
    clock: Clock
    people: ExitStack
    clients: dict[str, SyftHubClient] = field(default_factory=dict)

    def offer(self, **fields: Any) -> dict[str, Any]:
        """Describe the endpoint, over the folder of pages unless told otherwise, and publish it."""
        given = {
            "name": "The handbook",
            "slug": SLUG,
            "summary": "How to publish.",
            "tags": ["docs"],
            "published": True,
            "dataset": {"kind": "documents", "name": "pages", "settings": {"path": str(self.folder)}},
            **fields,
        }
        made: dict[str, Any] = good(self.site.owner.post("/endpoints", given), 201)
        body = {"publish_to_all_marketplaces": True, "force": True}
        results = good(self.site.owner.post(f"/endpoints/{given['slug']}/publish", body))["results"]
        assert [one["success"] for one in results] == [True], results
        return made

    def policies(self, *policies: dict[str, Any], slug: str = SLUG) -> None:
        """Change the endpoint's policies."""
        good(self.site.owner.patch(f"/endpoints/{slug}", {"policies": list(policies)}))

    def client(self, name: str) -> SyftHubClient:
        """Return somebody's client of the hub, logged in."""
        if name not in self.clients:
            made = self.people.enter_context(SyftHubClient(base_url=self.hub.url))
            made.auth.register(username=name, email=f"{name}@example.org", password=PASSWORD, full_name=name)
            self.clients[name] = made
        return self.clients[name]

    def reference(self, name: str = "bob") -> EndpointRef:
        """Return the endpoint as somebody finds it on the hub."""
        (found,) = [one for one in self.client(name).hub.browse() if one.slug == SLUG]
        connection = next(each for each in found.connect if each.enabled)
        return EndpointRef(url=connection.config["url"], slug=found.slug, owner_username=found.owner_username)

    def token(self, name: str = "bob", audience: str = "ada") -> str:
        """Have the hub vouch for somebody."""
        path, client = "/api/v1/token", self.client(name)
        headers = {"Authorization": f"Bearer {client.get_tokens().access_token}"}
        answer = requests.get(self.hub.url + path, params={"aud": audience}, headers=headers, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["target_token"])

    def guest_token(self) -> str:
        """Have the hub vouch for nobody in particular."""
        answer = requests.get(f"{self.hub.url}/api/v1/token/guest", params={"aud": "ada"}, timeout=10)
        return str(answer.json()["target_token"])

    def ask(self, token: str | None = None, text: Any = "satellite token", **more: Any) -> requests.Response:
        """Send a query to the space, as anybody with this token."""
        slug, headers = more.pop("slug", SLUG), dict(more.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"{self.site.url}/api/v1/endpoints/{slug}/query"
        body = {"messages": text, **more}
        return requests.post(url, json=body, headers=headers, timeout=30)


@pytest.fixture
def environment() -> dict[str, str]:
    """Settings of the space beside the usual; a test parametrizes it."""
    return {}


@pytest.fixture
def world(tmp_path: Path, clock: Clock, environment: dict[str, str]) -> Iterator[World]:
    with made_world(tmp_path, clock, **environment) as made:
        yield made


@contextmanager
def made_world(home: Path, clock: Clock, **environment: str) -> Iterator[World]:
    """Start a hub and a space that is connected to it."""
    folder = home / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    hub = ready_hub(home / "hub", clock=clock)
    try:
        with (
            pytest.MonkeyPatch.context() as patch,
            ExitStack() as people,
            served(home / "space", clock, **environment) as site,
        ):
            patch.setenv("NO_PROXY", "127.0.0.1")
            made = World(hub, site, folder, clock, people)
            made.client("ada")
            login = {"kind": "syfthub", "name": "Hub", "url": hub.url, "username": "ada", "password": PASSWORD}
            good(site.owner.post("/marketplaces", login), 201)
            yield made
    finally:
        hub.stop()


@pytest.fixture
def offered(world: World) -> World:
    """The world with its endpoint listed."""
    world.offer()
    return world


@pytest.fixture
def usage(world: World) -> Callable[[], dict[int, int]]:
    """Tells how many queries were counted, by their status."""

    def counted(slug: str = SLUG) -> dict[int, int]:
        services = world.site.services
        endpoint = services.endpoints.get(slug)
        return dict(services.usage.statuses(endpoint.id, world.clock() - timedelta(days=1)))

    return counted


@pytest.fixture
def model(httpserver: HTTPServer) -> str:
    """The address of a model that always says the same, whole or in pieces."""
    said = ["Because ", "of the ", "sources."]
    events = [{"choices": [{"delta": {"content": piece}}]} for piece in said]

    def complete(request: Request) -> Response:
        if not json.loads(request.data).get("stream"):
            message = {"role": "assistant", "content": "".join(said)}
            return Response(json.dumps({"choices": [{"message": message}]}), content_type="application/json")
        lines = [f"data: {json.dumps(event)}\n\n" for event in events]
        return Response("".join([*lines, "data: [DONE]\n\n"]), content_type="text/event-stream")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(complete)
    return httpserver.url_for("/v1")


def until(true: Callable[[], bool]) -> bool:
    """Wait until something becomes true, or too long."""
    patience = threading.Event()
    return any(true() or patience.wait(0.02) for _ in range(int(WAIT / 0.02)))
