"""Options that several commands share, and how values are written in them."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

JSON_KEY = "publicist.json"
LONGEST_WAIT = 3600
SYNC_SECONDS = 10.0
"""How long a command that changes something waits for the listings to follow."""


def json_option(command: F) -> F:
    """Add ``--json``; errors, too, then come as JSON on stdout."""
    return click.option(
        "--json", "as_json", is_flag=True, is_eager=True, callback=_note_json, help="Print JSON, errors included."
    )(command)


def yes_option(command: F) -> F:
    """Add ``--yes``."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask.")(command)


def wait_option(command: F) -> F:
    """Add ``--wait``."""
    return click.option(
        "--wait",
        type=click.FloatRange(0, LONGEST_WAIT),
        default=10.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for outcomes.",
    )(command)


def to_option(command: F) -> F:
    """Add ``--to``, which may be repeated."""
    return click.option("--to", multiple=True, metavar="NAME", help="A marketplace, by name or id; may be repeated.")(
        command
    )


def read_pairs(texts: Iterable[str], option: str) -> dict[str, Any]:
    """Return ``KEY=VALUE`` (a text) and ``KEY:=JSON`` (any value) as a dictionary. Raises click.BadParameter."""
    return dict(_read_pair(text, option) for text in texts)


def read_json(text: str, option: str) -> Any:
    """Return the value of a JSON text. Raises click.BadParameter."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"Not JSON: {error}", param_hint=option) from None


def _read_pair(text: str, option: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or key in ("", ":"):
        raise click.BadParameter(f"{text!r} has no name and value; write KEY=VALUE, or KEY:=JSON.", param_hint=option)
    return (key[:-1], read_json(value, option)) if key.endswith(":") else (key, value)


def _note_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[JSON_KEY] = value
    return value
