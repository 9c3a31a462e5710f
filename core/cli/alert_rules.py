"""``publicist alert rule``: when people are told."""

from typing import Any

import click

from .alert_view import rule_line, shown_rules
from .opening import open_space
from .options import json_option
from .output import emit, emit_list, note, say, table

TRIGGERS = ("state", "publication", "marketplace", "expiry", "credential_age", "usage", "network")


@click.group()
def rule() -> None:
    """Rules: when people are told."""


@rule.command()
@click.argument("trigger", type=click.Choice(TRIGGERS))
@click.option("--name", help="What people read; the trigger if it is left out.")
@click.option("--when", "words", multiple=True, metavar="WORD", help="A state, outcome or pattern. May be repeated.")
@click.option("--minutes", type=int, default=0, metavar="N", help="How long it must last.")
@click.option("--days", type=int, metavar="N", help="How long before an expiry, or how old a credential.")
@click.option("--endpoint", metavar="SLUG", help="Only this endpoint.")
@click.option("--tag", default="", metavar="TAG", help="Only endpoints with this tag.")
@click.option("--remind", type=int, default=0, metavar="MINUTES", help="How often to remind while it lasts.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only this channel. May be repeated.")
@json_option
def add(trigger: str, name: str | None, words: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Add a rule. Of rules with one TRIGGER those hold that fit an endpoint best: its own, its tag's, those for all."""
    from ..schemas import load_alert_rule

    asked = {
        "name": name or trigger.replace("_", " ").capitalize(),
        "trigger": trigger,
        "words": list(words) or None,
        "minutes": options["minutes"],
        "days": options["days"],
        "endpoint_slug": options["endpoint"],
        "tag": options["tag"],
        "remind_minutes": options["remind"],
        "channels": list(options["channels"]),
    }
    with open_space() as services:
        made = services.alert_book.add_rule(load_alert_rule(asked))
        (shown,) = shown_rules(services, [made])
    if as_json:
        emit(shown)
    else:
        say(f"Added the rule {made.name}.")


@rule.command()
@click.argument("rule_id")
@click.option("--name", help="What people read.")
@click.option("--when", "words", multiple=True, metavar="WORD", help="In place of those so far. May be repeated.")
@click.option("--minutes", type=int, metavar="N", help="How long it must last.")
@click.option("--days", type=int, metavar="N", help="How long before an expiry, or how old a credential.")
@click.option("--endpoint", "endpoint_slug", metavar="SLUG", help="Only this endpoint.")
@click.option("--tag", metavar="TAG", help="Only endpoints with this tag.")
@click.option("--everything", is_flag=True, help="Neither an endpoint's nor a tag's.")
@click.option("--remind", "remind_minutes", type=int, metavar="MINUTES", help="How often to remind; 0 for never.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="In place of those so far. May be repeated.")
@click.option("--all-channels", is_flag=True, help="Tell every channel.")
@json_option
def edit(rule_id: str, everything: bool, all_channels: bool, as_json: bool, **options: Any) -> None:
    """Change a rule. Of what it had told, what is not bad as it means it now is closed without a word."""
    patch = {name: list(each) if isinstance(each, tuple) else each for name, each in options.items()}
    patch = {name: value for name, value in patch.items() if value not in (None, [])}
    patch = {**({"endpoint_slug": None, "tag": ""} if everything else {}), **patch}
    patch |= {"channels": []} if all_channels else {}
    if not patch:
        raise click.UsageError("Say what to change, such as --minutes 5; see --help.")
    with open_space() as services:
        edited = services.alert_book.edit_rule(rule_id, patch)
        (shown,) = shown_rules(services, [edited])
    if as_json:
        emit(shown)
    else:
        say(f"Changed the rule {edited.name}.")


@rule.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show all rules, the oldest first."""
    with open_space() as services:
        shown = shown_rules(services, services.alert_book.rules())
        names = {channel.id: channel.name for channel in services.alert_book.channels()}
    if as_json:
        emit_list(shown)
    elif not shown:
        note("There are no rules; the usual ones are made with the first channel.")
    else:
        columns = ["Name", "About", "When", "For", "Where", "Channels", "ID"]
        table(columns, [rule_line(item, names) for item in shown])


@rule.command()
@click.argument("rule_id")
def remove(rule_id: str) -> None:
    """Forget a rule; what it had told of is closed without a word."""
    with open_space() as services:
        services.alert_book.remove_rule(rule_id)
    say("Removed.")
