"""``publicist token``: API tokens."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from .opening import open_space
from .options import json_option
from .output import emit, emit_list, note, say, table
from .words import moment

if TYPE_CHECKING:
    from datetime import datetime

    from ..records import ApiToken

MOST_DAYS = 36_500


@click.group()
def token() -> None:
    """API tokens: make, list and revoke them."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(["read", "publish", "admin"]),
    help="What it may do; may be repeated. admin includes publish, which includes read.",
)
@click.option(
    "--expires-in-days", type=click.IntRange(1, MOST_DAYS), metavar="N", help="When it ends; never if left out."
)
@json_option
def create(name: str, scopes: Sequence[str], expires_in_days: int | None, as_json: bool) -> None:
    """Make a token; it is shown once."""
    from ..schemas import load_token, token_json

    with open_space() as services:
        now = services.clock()
        ends = (now + timedelta(days=expires_in_days)).isoformat() if expires_in_days else None
        draft = load_token({"name": name, "scopes": list(dict.fromkeys(scopes)), "expires_at": ends}, now)
        made, secret = services.tokens.create(draft)
    if as_json:
        emit({**token_json(made), "token": secret.reveal()})
        return
    note(f"The token {made.name}, which is not shown again:")
    say(secret.reveal())


@token.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show all tokens, revoked ones too; never the tokens themselves."""
    from ..schemas import token_json

    with open_space() as services:
        found, now = services.tokens.all(), services.clock()
    if as_json:
        emit_list([token_json(each) for each in found])
        return
    if not found:
        note("There are no tokens. Make one with: publicist token create NAME --scope read")
        return
    table(
        ["ID", "Name", "Scopes", "State"],
        [[each.id, each.name, ", ".join(each.scopes), _state(each, now)] for each in found],
    )


@token.command()
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """Revoke a token at once."""
    with open_space() as services:
        services.tokens.revoke(token_id)
    say(f"Revoked {token_id}.")


def _state(each: "ApiToken", now: "datetime") -> str:
    if each.revoked_at:
        return "revoked"
    if each.expires_at and each.expires_at <= now:
        return "expired"
    return f"until {moment(each.expires_at)}" if each.expires_at else "active"
