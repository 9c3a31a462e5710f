"""Secrets on the way in: from stdin, a variable or a hidden prompt; from the command line only with a warning."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import InvalidInput
from .output import note

if TYPE_CHECKING:
    from ..secrets import Secret

F = TypeVar("F", bound=Callable[..., Any])


def secret_options(name: str, title: str) -> Callable[[F], F]:
    """Add ``--NAME``, ``--NAME-stdin`` and ``--NAME-env`` for a secret called ``title``."""

    def add(command: F) -> F:
        for decorate in (
            click.option(f"--{name}-env", metavar="VAR", help=f"Take the {title} from this environment variable."),
            click.option(f"--{name}-stdin", is_flag=True, help=f"Take the {title} from the first line of stdin."),
            click.option(f"--{name}", metavar="VALUE", help=f"The {title}; it stays in the shell's history."),
        ):
            command = decorate(command)
        return command

    return add


def given_secret(options: Mapping[str, Any], name: str) -> "Secret | None":
    """Return the secret that the options of ``secret_options(name)`` give, or None.

    Raises:
        click.UsageError: it is given in more than one way.
        InvalidInput: there is nothing where it should come from.
    """
    key = name.replace("-", "_")
    ways = {way: options[f"{key}{way}"] for way in ("", "_stdin", "_env") if options[f"{key}{way}"]}
    if len(ways) > 1:
        raise click.UsageError(f"Give the secret once: --{name}-stdin, --{name}-env or --{name}.")
    for way, value in ways.items():
        return _remembered(_read(name, way, value))
    return None


def secret_from_variable(variable: str, field: str) -> "Secret":
    """Return what the environment variable holds. Raises InvalidInput, for ``field``, when that is nothing."""
    return _remembered(_variable(variable, field))


def prompt_secret(title: str) -> "Secret | None":
    """Ask for a secret without showing it; None when nothing is entered."""
    value = click.prompt(f"{title} (hidden; Enter for none)", default="", hide_input=True, show_default=False, err=True)
    return _remembered(value) if value else None


def one_reader_of_stdin(*flags: object) -> None:
    """Refuse options of which more than one would read stdin. Raises click.UsageError."""
    if sum(map(bool, flags)) > 1:
        raise click.UsageError("Only one option can read stdin; take the other from a variable or a file.")


def _read(name: str, way: str, value: str) -> str:
    field = name.replace("-", "_")
    if way == "_env":
        return _variable(value, field)
    if way == "_stdin":
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise InvalidInput({field: ["Nothing came on stdin."]})
        return line
    note(f"A secret on the command line stays in the shell's history; --{name}-stdin does not.")
    return value


def _variable(variable: str, field: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise InvalidInput({field: [f"The environment variable {variable} is empty or not set."]})
    return value


def _remembered(value: str) -> "Secret":
    """Return the secret, which no message or log of this process will show from now on."""
    from ..redact import remember
    from ..secrets import Secret

    secret = Secret(value)
    remember(secret)
    return secret
