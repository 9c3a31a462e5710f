"""The web app as a plugin: it adds the command ``serve``."""

import click

from ..core.hookspecs import hookimpl


@hookimpl
def commands(cli: click.Group) -> None:
    """Add ``serve``, which runs the space until it is stopped, and ``demo``."""
    cli.add_command(serve)
    cli.add_command(demo)


@click.command()
@click.option("--host", help="The address to listen on; PUBLICIST_HOST, or 127.0.0.1, if it is left out.")
@click.option("--port", type=click.IntRange(0, 65535), help="PUBLICIST_PORT, or 8080, if it is left out; 0: any.")
@click.option("--no-runner", is_flag=True, help="Serve only; another process (`publicist runner`) does the work.")
def serve(host: str | None, port: int | None, no_runner: bool) -> None:
    """Serve the pages and the API, and keep the listings in step, until it is stopped.

    A space that is not there yet is made, and its first API token is printed once.
    """
    from .serving import run

    run(host, port, with_runner=not no_runner)


@click.command()
@click.option("--host", help="The address to listen on; PUBLICIST_HOST, or 127.0.0.1, if it is left out.")
@click.option("--port", type=click.IntRange(0, 65535), help="PUBLICIST_PORT, or 8080, if it is left out; 0: any.")
@click.option(
    "--hub-port", default=8090, show_default=True, type=click.IntRange(1, 65535), help="The local hub's port."
)
def demo(host: str | None, port: int | None, hub_port: int) -> None:
    """Start a space and a local hub, publish a demo endpoint, and go on serving.

    Started again it takes up what is there. The space and the hub keep their data in PUBLICIST_DATA_DIR.
    """
    from .demo import run

    run(host, port, hub_port)
