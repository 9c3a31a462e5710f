"""``publicist marketplace try FILE``: a description, tried on the live marketplace."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InvalidInput, PluginFault
from . import codes
from .options import json_option, read_pairs
from .output import emit, note, say
from .sensitive import prompt_secret, secret_from_variable

if TYPE_CHECKING:
    from ..records import MarketplaceKind
    from ..trial import Trial, TrialStep


@click.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="The marketplace's address; the description's own if it is left out.")
@click.option("--set", "set_", multiple=True, metavar="KEY=VALUE", help="A setting that is no secret. May be repeated.")
@click.option(
    "--set-env", multiple=True, metavar="KEY=VAR", help="A setting from an environment variable: for secrets."
)
@click.option("--public-url", default="", help="The address of this space that the throw-away listing names.")
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
    away again, whatever happens. Exits with 1 when a step fails.
    """
    from ..settings import load_settings
    from ..trial import Trial, kind_of

    settings = load_settings()
    try:
        plugins, kind, leaves = kind_of(file, settings)
    except PluginFault as fault:
        if as_json:
            raise
        say(fault.traceback.rstrip() or fault.message)
        note(f"What to do: {fault.remedy}")
        ctx.exit(codes.ERROR)
    if only_check:
        _tell_kind(kind, as_json=as_json)
        return
    entered = _entered(kind, set_, set_env)
    trial = Trial(plugins, kind, url or _address(kind), entered, settings, public_url)
    try:
        steps = _run(trial, write, leaves, as_json=as_json)
    finally:
        trial.close()
    if as_json:
        emit({"kind": kind.name, "slug": trial.slug, "steps": [_step_json(step) for step in steps]})
    ctx.exit(codes.DONE if all(step.ok for step in steps) else codes.ERROR)


def _run(trial: "Trial", write: bool | None, leaves: str, *, as_json: bool) -> list["TrialStep"]:
    steps: list[TrialStep] = []
    _tell(trial.read(), steps, as_json=as_json)
    if not all(step.ok for step in steps):
        return steps
    if leaves and write is not False:
        note(f"A listing that is made and withdrawn leaves something there: {leaves}")
    if not _goes_on(write, trial.slug, as_json=as_json):
        return steps
    try:
        _tell(trial.write(), steps, as_json=as_json)
    finally:
        cleaned = trial.clean_up()
        _tell([cleaned] if cleaned else [], steps, as_json=as_json)
    return steps


def _goes_on(write: bool | None, slug: str, *, as_json: bool) -> bool:
    if write is not None:
        return write
    if as_json or not sys.stdin.isatty():
        note("Nothing was written. Go on with a throw-away listing: --write")
        return False
    return click.confirm(f"Go on with a throw-away listing, {slug}?", err=True)


def _tell(found: Iterable["TrialStep"], steps: list["TrialStep"], *, as_json: bool) -> None:
    for step in found:
        steps.append(step)
        if as_json:
            continue
        say(f"{'ok  ' if step.ok else 'FAIL'}  {step.title}: {step.seen}")
        for line in step.exchanges:
            say(f"        {line}")
        if step.remedy:
            say(f"      What to do: {step.remedy}")


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


def _step_json(step: "TrialStep") -> dict[str, Any]:
    return {
        "title": step.title,
        "ok": step.ok,
        "seen": step.seen,
        "remedy": step.remedy,
        "exchanges": list(step.exchanges),
    }
