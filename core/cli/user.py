"""``publicist user``: who may sign in to the pages."""

import sys
from typing import TYPE_CHECKING

import click

from ..errors import InvalidInput
from .opening import open_space
from .options import json_option, yes_option
from .output import emit, emit_list, note, say, table
from .words import moment

if TYPE_CHECKING:
    from ..secrets import Secret

ROLES = ["viewer", "publisher", "owner"]
stdin_option = click.option("--password-stdin", is_flag=True, help="Take the password from the first line of stdin.")


@click.group()
def user() -> None:
    """People who sign in to the pages: add, list, change and remove them."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What they may do.")
@stdin_option
@json_option
def add(name: str, role: str, password_stdin: bool, as_json: bool) -> None:
    """Make an account; the password is asked for twice."""
    from ..schemas import load_user, user_json

    with open_space() as services:
        draft = load_user({"name": name, "role": role})
        made = services.accounts.add(draft, _password(password_stdin))
    if as_json:
        emit(user_json(made))
    else:
        say(f"{made.name} can sign in now, as {made.role}.")


@user.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show everybody who may sign in."""
    from ..schemas import user_json

    with open_space() as services:
        found = services.accounts.all()
    if as_json:
        emit_list([user_json(each) for each in found])
    elif not found:
        note("There are no accounts. Make the first one with: publicist user setup-link")
    else:
        rows = [[each.name, each.role, moment(each.signed_in_at) if each.signed_in_at else "never"] for each in found]
        table(["Name", "Role", "Last signed in"], rows)


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    """Give somebody another role; they have to sign in again."""
    from ..schemas import load_user

    with open_space() as services:
        found, draft = services.accounts.named(name), load_user({"name": name, "role": role})
        services.accounts.change_role(found.id, draft.role)
    say(f"{found.name} is {draft.role} now.")


@user.command()
@click.argument("name")
@stdin_option
def password(name: str, password_stdin: bool) -> None:
    """Give somebody a new password; they are signed out everywhere."""
    with open_space() as services:
        found = services.accounts.named(name)
        services.accounts.set_password(found.id, _password(password_stdin))
    say(f"{found.name} has a new password.")


@user.command()
@click.argument("name")
@yes_option
def remove(name: str, yes: bool) -> None:
    """Remove somebody; they are signed out everywhere at once."""
    with open_space() as services:
        found = services.accounts.named(name)
        if not yes:
            click.confirm(f"Remove {found.name} ({found.role})?", abort=True, err=True)
        services.accounts.remove(found.id)
    say(f"Removed {found.name}.")


@user.command("setup-link")
def setup_link() -> None:
    """Print a new link by which the first account is made; former links hold no longer."""
    with open_space() as services:
        base = services.spaces.current().public_url or services.settings.own_address
        code = services.invitations.open_setup()
    note("It works once, while `publicist serve` runs:")
    say(f"{base.rstrip('/')}/setup/{code.reveal()}")


def _password(from_stdin: bool) -> "Secret":
    """Return the password from stdin, or as it was typed twice without being shown."""
    from ..secrets import Secret

    if not from_stdin:
        return Secret(click.prompt("Password (hidden)", hide_input=True, confirmation_prompt="Again", err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidInput({"password": ["Nothing came on stdin."]})
    return Secret(line)
