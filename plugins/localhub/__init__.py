"""A marketplace one can run: it speaks SyftHub's protocol, on a port and a database of its own."""

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from ...core.errors import ConfigurationError
from ...core.hookspecs import hookimpl

if TYPE_CHECKING:
    from .settings import HubSettings

DIALECTS = ("accounts", "satellites")


@hookimpl
def commands(cli: click.Group) -> None:
    """Add ``hub``, which runs a local hub until it is interrupted."""
    cli.add_command(run)


@click.command("hub")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option(
    "--data-dir",
    default=lambda: Path(os.environ.get("PUBLICIST_DATA_DIR", "data"), "hub"),
    show_default="hub within PUBLICIST_DATA_DIR, else ./data/hub",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the hub keeps its database.",
)
@click.option("--dialect", default="accounts", show_default=True, type=click.Choice(DIALECTS))
@click.option("--allow-remote", is_flag=True, help="Let other machines call the hub.")
@click.option("--until-eof", is_flag=True, help="Stop, too, when standard input ends.")
def run(host: str, port: int, data_dir: Path, dialect: str, allow_remote: bool, until_eof: bool) -> None:
    """Run a local hub: a marketplace that speaks SyftHub's protocol.

    Anybody on this machine may make an account; other machines may only use one.
    """
    from .server import is_loopback, start_hub

    local = is_loopback(host)
    if not local and not allow_remote:
        raise ConfigurationError(
            f"{host} can be called from other machines.",
            remedy="Add --allow-remote if that is wanted, or listen on 127.0.0.1.",
        )
    stopped = threading.Event()
    # Set by hand: a hub that a script starts in the background would otherwise inherit that Ctrl-C is ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: stopped.set())
    running = start_hub(_settings(data_dir, dialect, local), host, port)
    click.echo(f"Local hub ({dialect}) on {running.url}, data in {data_dir}. Ctrl-C stops it.")
    if until_eof:
        threading.Thread(target=_at_end, args=(stopped,), daemon=True).start()
    while not stopped.wait(1.0):  # a signal that comes just before a wait does not end it
        continue
    click.echo("Stopping.")
    running.stop()


def _at_end(stopped: threading.Event) -> None:
    """Wait for the end of standard input, however much stands before it."""
    while os.read(0, 4096):
        continue
    stopped.set()


def _settings(data_dir: Path, dialect: str, local: bool) -> "HubSettings":
    from .settings import HubSettings

    spoken = cast(Literal["accounts", "satellites"], dialect)
    return HubSettings(data_dir=data_dir, dialect=spoken, private_targets=local)
