"""The life of `publicist serve`: open, greet, work, serve, and stop in order."""

import gc
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from types import FrameType

import click

from ..core.actors import acting_as, machine_user
from ..core.errors import Conflict
from ..core.running.runner import Runner
from ..core.schemas import load_token
from ..core.services import Services, open_services
from ..core.settings import Settings, load_settings
from .server import address_of, listen, start_server

STOP_SECONDS = 10.0
"""How long calls under way may take to end when the space is stopped."""


def settle() -> None:
    """Leave what is loaded by now out of garbage collections: walking all of it, they hold some request up for long."""
    gc.collect()
    gc.freeze()


def run(
    host: str | None,
    port: int | None,
    *,
    with_runner: bool,
    greet: Callable[[Services, str], None] | None = None,
) -> None:
    """Serve the space of the environment until SIGTERM or SIGINT.

    Args:
        host: the address to listen on, or None for the settings' own; ``port`` likewise, 0 for any.
        with_runner: whether this process does the background work, too.
        greet: says where to look, given the services and the URL, once the space is served.

    Raises:
        ConfigurationError: a setting does not do, or the port is taken.
    """
    settings = load_settings()
    listener = listen(host or settings.host, settings.port if port is None else port)
    settings = replace(settings, host=host or settings.host, port=listener.getsockname()[1])
    with _stopping() as stopped, closing(listener), _opened(settings) as services:
        server = start_server(services, listener=listener)
        settle()
        runner = Runner(services) if with_runner else None
        try:
            with acting_as("cli", machine_user()):
                (greet or _greet)(services, address_of(listener))
            if runner:
                runner.start()
            while not stopped.wait(1.0):  # a signal that comes just before a wait does not end it
                continue
            click.echo("Stopping.")
        finally:
            server.stop()
            if runner:
                runner.stop(STOP_SECONDS)


def first_token(services: Services) -> str | None:
    """Make the first API token, of scope ``admin``, and return it; None when the space has had one."""
    if services.tokens.all():
        return None
    _, secret = services.tokens.create(load_token({"name": "first", "scopes": ["admin"]}, services.clock()))
    return secret.reveal()


def setup_link(services: Services, url: str) -> str | None:
    """Return a new set-up link, by which the first account is made; None when there is one already."""
    try:
        return f"{url}/setup/{services.invitations.open_setup().reveal()}"
    except Conflict:
        return None


def _greet(services: Services, url: str) -> None:
    token, link, space = first_token(services), setup_link(services, url), services.spaces.current()
    if token:
        click.echo(f"API token for scripts, shown this once: {token}")
    if link:
        click.echo(f"Open this link to set the space up; it works once:\n\n  {link}\n")
        if space.public_url:
            click.echo(f"From elsewhere: {space.public_url}{link.removeprefix(url)}")
    else:
        click.echo(f"Sign in on {url}/sign-in")
    click.echo(f"publicist serves {space.name!r} on {url}. Ctrl-C stops it.")


@contextmanager
def _opened(settings: Settings) -> Iterator[Services]:
    services = open_services(settings, make=True)
    try:
        yield services
    finally:
        services.close()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Give an event that the signals to stop set; afterwards they do again what they did before."""
    stopped = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    former = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
