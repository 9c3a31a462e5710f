"""``publicist alert``: where people are told that something is not well, when, and what they were told."""

from typing import Any

import click

from . import codes
from .alert_rules import rule
from .alert_view import channel_line, incident_line, shown_channel, shown_incidents
from .opening import open_space
from .options import json_option, read_pairs
from .output import emit, emit_list, note, say, table
from .sensitive import secret_from_variable


@click.group()
def alert() -> None:
    """Alerts: channels, rules and incidents."""


@alert.group()
def channel() -> None:
    """Channels: where notices go."""


alert.add_command(rule)


@channel.command()
@click.argument("kind")
@click.option("--name", help="What people read; the kind if it is left out.")
@click.option("--set", "set_", multiple=True, metavar="KEY=VALUE", help="A setting of the kind. May be repeated.")
@click.option(
    "--set-env", multiple=True, metavar="KEY=VAR", help="As --set, from an environment variable: for secrets."
)
@click.option("--no-test", is_flag=True, help="Do not send a test.")
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    /,
    kind: str,
    name: str | None,
    set_: tuple[str, ...],
    set_env: tuple[str, ...],
    no_test: bool,
    as_json: bool,
) -> None:
    """Add a channel of a KIND (webhook, email, slack, …), and send a test.

    A channel that does not take the test is kept, so that it can be corrected; the exit code is then 3. With the first
    channel the usual rules are made.
    """
    from ..errors import MarketplaceError
    from ..schemas import load_channel

    with open_space() as services:
        first = not services.alert_book.channels()
        entered = {"kind": kind, "name": name or kind, "settings": _settings(set_, set_env)}
        made = services.alert_book.add_channel(load_channel(entered, services.plugins.notifier_kinds))
        failed: MarketplaceError | None = None
        if not no_test:
            try:
                services.alert_book.send_test(made.id)
            except MarketplaceError as error:
                failed = error
        shown = shown_channel(services, made)
    if as_json:
        emit({**shown, "error": f"{failed.message} {failed.remedy}" if failed else ""})
    else:
        say(f"Added {made.name}{'' if no_test or failed else '; a test was sent'}.")
        if failed:
            note(f"The test was not taken: {failed.message}\nWhat to do: {failed.remedy}")
        if first:
            note("See what you are told of with: publicist alert rule list")
    ctx.exit(codes.PARTLY if failed else codes.DONE)


@channel.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show all channels, their secrets hidden."""
    with open_space() as services:
        shown = [shown_channel(services, item) for item in services.alert_book.channels()]
    if as_json:
        emit_list(shown)
    elif not shown:
        note("There are no channels yet. Add one with: publicist alert channel add webhook --set url=https://…")
    else:
        table(["Name", "Kind", "Settings", "Waiting", "ID"], [channel_line(item) for item in shown])


@channel.command()
@click.argument("channel_name", metavar="CHANNEL")
@click.option("--name", help="Another name.")
@click.option("--set", "set_", multiple=True, metavar="KEY=VALUE", help="A setting to change. May be repeated.")
@click.option(
    "--set-env", multiple=True, metavar="KEY=VAR", help="As --set, from an environment variable: for secrets."
)
@click.option("--unset", multiple=True, metavar="KEY", help="Take a setting away. May be repeated.")
@json_option
def edit(
    channel_name: str,
    name: str | None,
    set_: tuple[str, ...],
    set_env: tuple[str, ...],
    unset: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change a channel, by its name or id."""
    settings = {**_settings(set_, set_env), **dict.fromkeys(unset)}
    patch: dict[str, Any] = {**({"name": name} if name else {}), **({"settings": settings} if settings else {})}
    if not patch:
        raise click.UsageError("Say what to change, such as --set url=https://…; see --help.")
    with open_space() as services:
        edited = services.alert_book.edit_channel(channel_name, patch)
        shown = shown_channel(services, edited)
    if as_json:
        emit(shown)
    else:
        say(f"Changed {edited.name}.")


@channel.command()
@click.argument("channel_name", metavar="CHANNEL")
def remove(channel_name: str) -> None:
    """Forget a channel, by its name or id, and what waits for it."""
    with open_space() as services:
        services.alert_book.remove_channel(channel_name)
    say("Removed.")


@channel.command()
@click.argument("channel_name", metavar="CHANNEL")
def test(channel_name: str) -> None:
    """Send a test to a channel, by its name or id."""
    with open_space() as services:
        sent = services.alert_book.send_test(channel_name)
    say(f"A test was sent to {sent.name}.")


@alert.command()
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many at most.")
@json_option
def incidents(everything: bool, limit: int, as_json: bool) -> None:
    """Show what is not well, as people were told, the newest first."""
    with open_space() as services:
        found = services.alerts.incidents(1, limit, open_only=not everything)
        shown = shown_incidents(services, found.items)
    if as_json:
        emit({"items": shown, "total": found.total})
    elif not shown:
        note("No incident is open." if not everything else "There were no incidents yet.")
    else:
        table(["ID", "Since", "What", "Over", "Acknowledged"], [incident_line(item) for item in shown])


@alert.command()
@click.argument("incident")
@json_option
def ack(incident: str, as_json: bool) -> None:
    """Say that somebody knows of an incident, or of all in one notice: no reminder comes any more."""
    with open_space() as services:
        shown = shown_incidents(services, services.alerts.acknowledge(incident))
    if as_json:
        emit_list(shown)
    else:
        say(f"Acknowledged: {', '.join(item['title'] for item in shown[:5])}{' …' if len(shown) > 5 else ''}")  # noqa: PLR2004


def _settings(pairs: tuple[str, ...], variables: tuple[str, ...]) -> dict[str, Any]:
    hidden = read_pairs(variables, "--set-env")
    secrets = {key: secret_from_variable(str(name), f"settings.{key}").reveal() for key, name in hidden.items()}
    return {**read_pairs(pairs, "--set"), **secrets}
