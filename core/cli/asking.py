"""Questions to a person, on stderr, so that stdout holds nothing but the answer of the command."""

import sys

import click


def confirm(question: str, *, yes: bool) -> None:
    """Go on only after a yes; ``yes`` gives it beforehand.

    Raises:
        click.UsageError: there is nobody to ask.
        click.exceptions.Exit: the answer was no; nothing was changed.
    """
    if yes:
        return
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise click.UsageError("There is nobody here to ask; add --yes to do it without asking.") from None
    if not agreed:
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(1)
