"""``publicist check``: what is checked of an endpoint beside its dataset, its model and its query path."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from . import codes
from .opening import open_space
from .options import json_option, read_pairs
from .output import emit, emit_list, note, say, table
from .sensitive import secret_from_variable

if TYPE_CHECKING:
    from ..records import CheckResult


@click.group()
def check() -> None:
    """Checks: what is watched of an endpoint beside its dataset, model and query path."""


@check.command()
@click.argument("slug")
@click.option("--kind", required=True, metavar="KIND", help="What is checked: http, tcp, tls, or a plugin's own kind.")
@click.option("--name", default="", help="Tells it from others; the kind if it is left out.")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting; KEY:=JSON for what is no text. May be repeated.",
)
@click.option(
    "--header-env", multiple=True, metavar="NAME=VAR", help="A header from an environment variable: for secrets."
)
@click.option("--no-test", is_flag=True, help="Do not run it once.")
@json_option
def add(
    slug: str, kind: str, name: str, pairs: Sequence[str], header_env: Sequence[str], no_test: bool, as_json: bool
) -> None:
    """Add a check. It is run once; one that does not pass is added all the same."""
    from ..schemas import check_json, check_result_json, load_check

    settings = read_pairs(pairs, "--set")
    if headers := _headers(header_env):
        settings["headers"] = {**settings.get("headers", {}), **headers}
    data = {"kind": kind, "name": name, "settings": settings, "test": not no_test}
    with open_space() as services:
        made, result = services.checks.add(slug, load_check(data, services.plugins.check_kinds))
        shown = check_json(made, services.plugins.check_kinds)
    if as_json:
        emit({**shown, "result": result and check_result_json(result)})
        return
    say(f"Added the check {made.name} to {slug}.")
    if result:
        note(f"{'It passes' if result.ok else 'It does not pass yet'}: {result.message} {result.warning}".rstrip())


@check.command("list")
@click.argument("slug")
@json_option
def list_(slug: str, as_json: bool) -> None:
    """Show the checks that were added to an endpoint."""
    from ..schemas import check_json

    with open_space() as services:
        shown = [check_json(each, services.plugins.check_kinds) for each in services.checks.of(slug)]
    if as_json:
        emit_list(shown)
    elif not shown:
        note(f"Nothing was added to what is checked of {slug} anyway: its dataset, its model, its query path.")
    else:
        table(["Name", "Kind", "Settings", "ID"], [_row(each) for each in shown])


@check.command()
@click.argument("slug")
@click.argument("name")
def remove(slug: str, name: str) -> None:
    """Take a check away, by its name or id."""
    with open_space() as services:
        services.checks.remove(slug, name)
    say("Taken away.")


@check.command()
@click.argument("slug")
@click.argument("name", required=False)
@json_option
@click.pass_context
def run(ctx: click.Context, slug: str, name: str | None, as_json: bool) -> None:
    """Look at an endpoint now, or run one added check.

    A look at all that is checked counts for the endpoint's health; a single check does not. The exit code is 1 when
    something does not pass.
    """
    from ..schemas import check_result_json

    with open_space() as services:
        endpoint = services.endpoints.get(slug)
        results = [services.checks.run(slug, name)] if name else services.checker.look(endpoint.id)
    if as_json:
        emit_list([check_result_json(each) for each in results])
    elif results:
        table(["Check", "Passes", "Took", "Found"], [_found(each) for each in results])
    else:
        note("Nothing was checked: the endpoint is in maintenance, or has neither dataset nor model.")
    if not all(each.ok for each in results):
        ctx.exit(codes.ERROR)


def _headers(pairs: Sequence[str]) -> dict[str, str]:
    """Return headers by name, their values taken from the environment. Raises InvalidInput."""
    variables = read_pairs(pairs, "--header-env")
    return {
        name: secret_from_variable(str(variable), f"settings.headers.{name}").reveal()
        for name, variable in variables.items()
    }


def _row(shown: dict[str, Any]) -> list[str]:
    settings = ", ".join(f"{name}={value}" for name, value in shown["settings"].items())
    return [shown["name"], shown["kind"], settings, shown["id"]]


def _found(result: "CheckResult") -> list[str]:
    took = "" if result.latency_ms is None else f"{result.latency_ms:.0f} ms"
    return [result.name, "yes" if result.ok else "no", took, f"{result.message} {result.warning}".rstrip()]
