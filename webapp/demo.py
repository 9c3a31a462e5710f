"""The life of `publicist demo`: a local hub beside a space, and an endpoint published on it.

It makes nothing twice: started again, it takes up the space and the hub as they are.
"""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..core.errors import ConfigurationError
from ..core.http import Client, Deadline, HttpSettings, Sessions
from ..core.records import Endpoint, Marketplace, Result
from ..core.schemas import load_endpoint, load_marketplace, load_publish, load_token
from ..core.secrets import Secret
from ..core.services import Services
from ..core.settings import load_settings
from .serving import run as serve
from .serving import setup_link

HUB_NAME = "Local hub"
SLUG = "publicist-docs"
TOKEN_NAME = "demo"  # noqa: S105 - a token's name, not a token
WAIT_SECONDS = 20


def documents() -> Path:
    """Return the folder of the project's own documentation, which the demo endpoint is about."""
    return Path(next(iter(import_module("publicist.docs").__path__)))


def run(host: str | None, port: int | None, hub_port: int) -> None:
    """Run the demo until SIGTERM or SIGINT. Raises ConfigurationError when a port is taken."""
    with local_hub(hub_port, Path(load_settings().data_dir) / "hub") as hub_url:

        def greet(services: Services, url: str) -> None:
            prepare(services, hub_url)
            _say_where(services, url, hub_url)

        serve(host, port, with_runner=True, greet=greet)


@contextmanager
def local_hub(port: int, data_dir: Path) -> Iterator[str]:
    """Run a local hub in a process of its own; give its URL. Raises ConfigurationError when it does not start."""
    command = [sys.executable, "-m", "publicist.core.cli", "hub", "--until-eof"]
    command += ["--port", str(port), "--data-dir", str(data_dir)]
    # Its standard input ends with this process, however that ends: then the hub stops, too.
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)  # noqa: S603 - our own command
    try:
        # It says where it listens once it does; a port that somebody else has ends it without a word on stdout.
        if not process.stdout or not process.stdout.readline():
            raise ConfigurationError(
                f"The local hub did not start on port {port}.",
                remedy="Stop what uses the port, or choose another with --hub-port.",
            )
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def prepare(services: Services, hub_url: str) -> None:
    """Connect the space to the hub, describe the demo endpoint and publish it; say what was done."""
    hub = _marketplace(services, hub_url)
    endpoint = _endpoint(services)
    results = services.publisher.publish(
        endpoint.slug, load_publish({"marketplace_ids": [hub.id], "wait": WAIT_SECONDS})
    )
    for result in results:
        click.echo(_told(result, endpoint))


def _say_where(services: Services, url: str, hub_url: str) -> None:
    """Tell where to look; the token is a new one each time, since a former one cannot be shown again."""
    for token in services.tokens.all():
        if token.name == TOKEN_NAME and token.revoked_at is None:
            services.tokens.revoke(token.id)
    draft = load_token({"name": TOKEN_NAME, "scopes": ["admin"]}, services.clock())
    _, secret = services.tokens.create(draft)
    link = setup_link(services, url)
    once = "(works once: it makes your account)"
    start = f"Start here   {link}\n               {once}" if link else f"Sign in      {url}/sign-in"
    click.echo(
        f"""
  {start}

  The space    {url}
  The hub      {hub_url}
  API token    {secret.reveal()}

  Ask          curl -H "Content-Type: application/json" -d '{{"messages": "How is a listing withdrawn?"}}' \\
                 {url}/api/v1/endpoints/{SLUG}/query
               .venv/bin/publicist query {SLUG} How is a listing withdrawn
  Look         .venv/bin/publicist status
               .venv/bin/publicist usage {SLUG}
               .venv/bin/publicist doctor {SLUG}

  Ctrl-C stops both."""
    )


def _marketplace(services: Services, hub_url: str) -> Marketplace:
    """Return the connection to the hub; on the first start an account is made there."""
    for known in services.marketplaces.all():
        if known.name == HUB_NAME:
            click.echo(f"The space is connected to {HUB_NAME} already.")
            return services.marketplaces.test(known.id)
    username, password = _register(hub_url)
    click.echo(f"Made the account {username} on {HUB_NAME}, {hub_url}.")
    data = {"kind": "syfthub", "name": HUB_NAME, "url": hub_url, "username": username, "password": password}
    return services.marketplaces.add(load_marketplace(data, services.plugins.marketplace_kinds))


def _register(hub_url: str) -> tuple[str, str]:
    name, password = f"demo-{secrets.token_hex(3)}", secrets.token_urlsafe(12) + "a1"
    body = {"username": name, "email": f"{name}@example.org", "full_name": "Demo", "password": Secret(password)}
    answer = _client(hub_url).post("/api/v1/auth/register", json=body).json()
    return str(answer["user"]["username"]), password


def _endpoint(services: Services) -> Endpoint:
    """Return the demo endpoint; on the first start it is described."""
    with services.store.session():
        known = services.store.endpoints.by_slug(SLUG)
    if known is not None and known.deleted_at is None:
        return known
    endpoint = services.endpoints.create(load_endpoint(description(), backend_kinds=services.plugins.backend_kinds))
    click.echo(f"Described the endpoint {endpoint.slug} over {documents()}.")
    return endpoint


def description() -> dict[str, Any]:
    """Return the demo endpoint as a provider would enter it."""
    return {
        "name": "The publicist handbook",
        "slug": SLUG,
        "summary": "How to publish an endpoint on SyftHub and elsewhere, keep it true, and write an adapter.",
        "description": "# The publicist handbook\n\nThe documentation of publicist, as a dataset to ask.",
        "tags": ["publishing", "documentation", "demo"],
        "category": "software",
        "language": "en",
        "response_type": "raw",
        "published": True,
        "dataset": {"kind": "documents", "name": "docs", "settings": {"path": str(documents())}},
        "policies": [
            {"name": "everyone", "type": "access", "config": {"allow_guests": True}},
            {"name": "fair use", "type": "rate_limit", "config": {"limit": "60/m"}},
        ],
    }


def _told(result: Result, endpoint: Endpoint) -> str:
    mark = "✓" if result.success else "✗"
    why = f" {result.error.message} {result.error.remedy}" if result.error else ""
    return f"{mark} {endpoint.slug} on {result.marketplace.name}: {result.message}.{why}"


def _client(url: str) -> Client:
    return Sessions(HttpSettings(allow_private=True)).client("demo", url, Deadline.after(10.0))
