"""Who runs this space: the page /imprint, and the command ``publicist imprint``."""

import os

import click
from flask import Blueprint, Flask
from markupsafe import escape
from publicist.core.hookspecs import hookimpl
from publicist.webapp.plugin_pages import signed_in

pages = Blueprint("imprint", __name__)


@hookimpl
def blueprints(app: Flask) -> None:
    app.register_blueprint(pages)


@hookimpl
def commands(cli: click.Group) -> None:
    cli.add_command(imprint)


@pages.get("/imprint")
def show() -> str:
    return f'<!doctype html><html lang="en"><title>Imprint</title><h1>Imprint</h1><p>{escape(text())}</p></html>'


@pages.get("/imprint/source")
@signed_in("admin")
def source() -> str:
    return '<!doctype html><html lang="en"><title>Imprint</title><p>It is what the variable IMPRINT says.</p></html>'


@click.command()
def imprint() -> None:
    """Print who runs this space."""
    click.echo(text())


def text() -> str:
    return os.environ.get("IMPRINT", "Set IMPRINT to who runs this space.")
