"""``publicist marketplace try FILE``: a description, tried on the live marketplace."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InvalidInput, PluginFault
from . import codes
from .options import json_option, read_pairs
from .output import emit, note, say
from .sensitive import prompt_secret, secret_from_variable
from .stopping import held_signals, wait_for
from .trial_view import Told

if TYPE_CHECKING:
    from ..records import MarketplaceKind
    from ..trial.trial import Left, Trial


@click.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="The marketplace's address; the description's own if it is left out.")
@click.option("--set", "set_", multiple=True, metavar="KEY=VALUE", help="A setting that is no secret. May be repeated.")
@click.option(
    "--set-env", multiple=True, metavar="KEY=VAR", help="A setting from an environment variable: for secrets."
)
@click.option(
    "--public-url",
    default="",
    help="Your space's address, for the throw-away listing; none if it is left out. Where a marketplace keeps one "
    "address for the whole account, it is entered there, and stays.",
)
@click.option("--write/--read-only", default=None, help="Go on with a throw-away listing, or do not; else it is asked.")
@click.option("--check", "only_check", is_flag=True, help="Read the file and go no further.")
@json_option
@click.pass_context
def try_(
    ctx: click.Context,
    file: Path,
    url: str | None,
    set_: tuple[str, ...],
    set_env: tuple[str, ...],
    public_url: str,
    write: bool | None,
    only_check: bool,
    as_json: bool,
) -> None:
    """Try the description of a marketplace in FILE: check it, connect, read; then make, change and withdraw a listing.

    No space is needed, and nothing is stored. What is sent and got is shown, without secrets. What was made is taken
    away again, whatever happens: Ctrl-C has it taken away, too. What may be left is named at the end. Exits with 1 when
    a step fails, with 130 when a signal ended it.
    """
    from ..settings import load_settings
    from ..trial.trial import Trial, TrialCalls, read_file

    settings = load_settings()
    try:
        tried = read_file(file, settings)
    except PluginFault as fault:
        if as_json:
            raise
        say(fault.traceback.rstrip() or fault.message)
        note(f"What to do: {fault.remedy}")
        ctx.exit(codes.ERROR)
    if only_check:
        _tell_kind(tried.kind, as_json=as_json)
        return
    entered = _entered(tried.kind, set_, set_env)
    calls = TrialCalls(tried, url or _address(tried.kind), entered, settings, public_url)
    trial, told = Trial(tried, calls), Told(as_json)
    try:
        interrupted = _run(trial, told, write, tried.leaves)
    finally:
        calls.close()
    if as_json:
        emit({"kind": tried.kind.name, "slug": trial.slug, "steps": told.json, "left": _left_json(told.left)})
    ctx.exit(codes.INTERRUPTED if interrupted else codes.ERROR if told.failed or told.left else codes.DONE)


def _run(trial: "Trial", told: Told, write: bool | None, leaves: str) -> bool:
    """Try what is wanted, and return whether a signal ended it."""
    told.all(trial.read())
    if leaves and write is not False and not told.failed:
        note(f"A listing that is made and withdrawn leaves something there: {leaves}")
    if not told.failed and _goes_on(write, trial.slug, as_json=told.as_json):
        return _write(trial, told)
    told.end()
    return False


def _write(trial: "Trial", told: Told) -> bool:
    """Try with a listing, and take it away whatever happens; what may be left is the last that is told."""
    note(f"The listing {trial.slug} is made now, and taken away again.")
    with held_signals() as came:
        try:
            return wait_for(lambda: _there_and_back(trial, told), came, lambda: _stop(trial))
        finally:
            told.left = trial.left
            if told.left:
                note(f"\n{told.left.told}")


def _there_and_back(trial: "Trial", told: Told) -> None:
    try:
        told.all(trial.write())
    finally:
        told.all(step for step in [trial.clean_up()] if step)
    if not trial.stopped:
        told.end()


def _stop(trial: "Trial") -> None:
    trial.stop()
    with suppress(OSError):  # the terminal may be gone
        note(
            f"Stopping: what is under way is waited for, and {trial.slug} is taken away. Once more ends it at once, "
            "and may leave it there."
        )


def _goes_on(write: bool | None, slug: str, *, as_json: bool) -> bool:
    if write is not None:
        return write
    if as_json or not sys.stdin.isatty():
        note("Nothing was written. Go on with a throw-away listing: --write")
        return False
    return click.confirm(f"Go on with a throw-away listing, {slug}?", err=True)


def _tell_kind(kind: "MarketplaceKind", *, as_json: bool) -> None:
    names = [field.name for field in kind.settings]
    if as_json:
        emit({"kind": kind.name, "title": kind.title, "settings": names})
        return
    settings = ", ".join(names) or "none"
    say(f"The description is sound: the kind {kind.name} ({kind.title}), with the settings {settings}.")


def _entered(kind: "MarketplaceKind", set_: Iterable[str], set_env: Iterable[str]) -> tuple[dict[str, Any], Any]:
    """Return settings and credentials. Secrets come from variables or a prompt, never from the command line."""
    given = read_pairs(set_, "--set")
    variables = read_pairs(set_env, "--set-env")
    fields = {field.name: field for field in kind.settings}
    faults = {name: [f"There is no such setting; there are {', '.join(fields) or 'none'}."] for name in given}
    faults |= {name: faults.get(name, ["There is no such setting."]) for name in variables}
    faults = {name: texts for name, texts in faults.items() if name not in fields}
    for name in given:
        if name in fields and fields[name].secret:
            faults[name] = [f"It is a secret: give it with --set-env {name}=VARIABLE, or be asked for it."]
    if faults:
        raise InvalidInput(faults)
    from_variables = {name: secret_from_variable(str(variable), name) for name, variable in variables.items()}
    plain = {**given, **{name: one.reveal() for name, one in from_variables.items() if not fields[name].secret}}
    secrets = {name: one for name, one in from_variables.items() if fields[name].secret}
    return _asked(fields, plain, secrets)


def _asked(fields: Mapping[str, Any], plain: dict[str, Any], secrets: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Ask a person at a terminal for what is missing. Raises InvalidInput where nobody can be asked."""
    hidden = [name for name, field in fields.items() if field.secret]
    for name, field in fields.items():
        wanted = field.required or (field.secret and not secrets and len(hidden) == 1)
        if not wanted or name in plain or name in secrets:
            continue
        if sys.stdin.isatty() and field.secret:
            if (secret := prompt_secret(field.title)) is not None:
                secrets[name] = secret
        elif sys.stdin.isatty():
            plain[name] = click.prompt(field.title, err=True)
        elif field.required:
            how = f"--set-env {name}=VARIABLE" if field.secret else f"--set {name}=VALUE"
            raise InvalidInput({name: [f"It is needed: {how}."]})
    return plain, secrets


def _address(kind: "MarketplaceKind") -> str:
    if not kind.default_url:
        raise InvalidInput({"url": ["The description names no address; give it with --url."]})
    return kind.default_url


def _left_json(left: "Left | None") -> dict[str, str] | None:
    if left is None:
        return None
    return {"slug": left.slug, "id": left.remote_id, "url": left.url, "remedy": left.told}
