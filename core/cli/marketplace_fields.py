"""The options that describe a connection, and what they amount to as data for the schemas."""

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .options import read_pairs
from .sensitive import given_secret, one_reader_of_stdin, prompt_secret, secret_from_variable, secret_options

if TYPE_CHECKING:
    from ..records import MarketplaceKind

F = TypeVar("F", bound=Callable[..., Any])

SECRETS = ("api-key", "password")
PLAIN = ("name", "url", "username", "sync_policy")

_FIELDS = (
    click.option("--name", help="What people read; the kind's own title if it is left out when one is added."),
    click.option("--url", help="The marketplace's address; the kind's own if it is left out when one is added."),
    secret_options("api-key", "API key"),
    click.option("--username", help="User name, if the kind asks for one."),
    secret_options("password", "password"),
    click.option(
        "--set", "set_", multiple=True, metavar="KEY=VALUE", help="Another field of the kind. May be repeated."
    ),
    click.option(
        "--set-env", multiple=True, metavar="KEY=VAR", help="As --set, from an environment variable: for secrets."
    ),
    click.option(
        "--sync-policy",
        type=click.Choice(["full", "no_withdraw", "create_only"]),
        help="What a sync may do by itself. Default: no_withdraw.",
    ),
)


def connection_options(command: F) -> F:
    """Add an option for each field of a connection."""
    for decorate in reversed(_FIELDS):
        command = decorate(command)
    return command


def entered(options: Mapping[str, Any], kind: "MarketplaceKind | None") -> dict[str, Any]:
    """Return a new connection's data, without its kind; a person at a terminal is asked for missing secrets.

    Raises InvalidInput and click.UsageError, as :func:`entered_patch` does.
    """
    data = entered_patch(options)
    if kind is not None:
        data.setdefault("name", kind.title)
        if sys.stdin.isatty():
            data["settings"] = {**_asked(kind, data), **data.get("settings", {})}
    return data


def entered_patch(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, as data for the marketplace schemas.

    Raises:
        InvalidInput: a secret does not come from where it should.
        click.UsageError: options do not go together.
    """
    one_reader_of_stdin(options["api_key_stdin"], options["password_stdin"])
    data: dict[str, Any] = {name: options[name] for name in PLAIN if options[name] is not None}
    for name in SECRETS:
        if (secret := given_secret(options, name)) is not None:
            data[name.replace("-", "_")] = secret.reveal()
    settings = {
        **read_pairs(options["set_"], "--set"),
        **_from_variables(options["set_env"]),
        **dict.fromkeys(options.get("unset", ())),
    }
    return data | ({"settings": settings} if settings else {})


def _from_variables(pairs: Iterable[str]) -> dict[str, Any]:
    variables = read_pairs(pairs, "--set-env")
    return {key: secret_from_variable(str(variable), f"settings.{key}").reveal() for key, variable in variables.items()}


def _asked(kind: "MarketplaceKind", data: Mapping[str, Any]) -> dict[str, str]:
    """Ask for the secrets that are required, and for one if none is given: a password with a user, else the first."""
    given = {*data, *data.get("settings", {})}
    secrets = [field for field in kind.settings if field.secret]
    wanted = [field for field in secrets if field.required and field.name not in given]
    if secrets and not wanted and not given & {field.name for field in secrets}:
        by_user = [field for field in secrets if field.name == "password" and "username" in given]
        wanted = by_user or secrets[:1]
    answers = {field.name: prompt_secret(f"{kind.title}: {field.title}") for field in wanted}
    return {name: secret.reveal() for name, secret in answers.items() if secret}
