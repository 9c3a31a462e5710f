"""``/endpoints/<slug>/checks``: what is checked of an endpoint, what was last seen, and checks of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import InvalidInput, NotFound, PublicistError
from ....core.queries.refusals import crowded
from ....core.records import Check, CheckKind, CheckResult
from ....core.schemas import load_check
from ....core.schemas.check import MOST_CHECKS
from ..endpoint.head import head
from ..kept import again, secret_paths
from ..page import Here, go, note, render, say
from .area import pages, say_ms, say_time
from .check_form import CheckForm, blank, entered, filled, typed

DERIVED = {
    "dataset": "Asks the dataset whether it is there. It costs nothing.",
    "model": "Asks the model whether it is there. It costs nothing.",
    "query": "Sends a short query through the endpoint's own query path, past its policies, and uncounted.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A check with what it saw last; ``check`` and ``kind`` are None for one that every endpoint has."""

    name: str
    told: str
    result: CheckResult | None
    check: Check | None = None
    kind: CheckKind | None = None


@pages.show("/endpoints/<slug>/checks")
def checks(here: Here, slug: str) -> AnyResponse:
    """Show every check of the endpoint."""
    services = here.services
    top, kinds, added = head(here, slug), services.plugins.check_kinds, services.checks.of(slug)
    health = services.health_book.of(top.record.id)
    seen = {result.name: result for result in health.results}
    own = [Line(name, DERIVED[name], seen.get(name)) for name in services.checks.derived(slug)]
    lines = [
        Line(check.name, _target(check, kinds.get(check.kind)), seen.get(check.name), check, kinds.get(check.kind))
        for check in added
    ]
    return render(
        "tabs/checks.html",
        here,
        endpoint=top,
        tab="checks",
        own=own,
        added=lines,
        kinds=[kinds[name] for name in sorted(kinds)],
        full=len(added) >= MOST_CHECKS,
        most=MOST_CHECKS,
        health=health,
        every=say_time(timedelta(seconds=services.settings.check_interval)),
        say_ms=say_ms,
    )


@pages.show("/endpoints/<slug>/checks/new", scope="publish")
def new_check(here: Here, slug: str) -> AnyResponse:
    """Show an empty form of the kind that was chosen."""
    return _form(here, slug, blank(_kind(here, request.args.get("kind", ""))))


@pages.act("/endpoints/<slug>/checks/new")
def add_check(here: Here, slug: str) -> AnyResponse:
    """Add a check; it is run once, and what it saw is told."""
    sent = typed(here, _kind(here, here.form.get("kind", "")))
    try:
        check, result = here.services.checks.add(slug, load_check(entered(sent), here.services.plugins.check_kinds))
    except PublicistError as error:
        return _form(here, slug, sent, error)
    _tell(f"Added the check {check.name}.", result)
    return go("tabs.checks", slug=slug)


@pages.show("/endpoints/<slug>/checks/<uuid:check_id>", scope="publish")
def edit_check(here: Here, slug: str, check_id: str) -> AnyResponse:
    """Show the form of a check."""
    check = here.services.checks.get(slug, str(check_id))
    return _form(here, slug, filled(check, _kind(here, check.kind)))


@pages.act("/endpoints/<slug>/checks/<uuid:check_id>")
def save_check(here: Here, slug: str, check_id: str) -> AnyResponse:
    """Change a check; it is run once, and what it saw is told."""
    check = here.services.checks.get(slug, str(check_id))
    sent = typed(here, _kind(here, check.kind), check)
    try:
        saved, result = here.services.checks.edit(slug, check.id, entered(sent))
    except PublicistError as error:
        return _form(here, slug, sent, error)
    _tell(f"Saved the check {saved.name}.", result)
    return go("tabs.checks", slug=slug)


@pages.act("/endpoints/<slug>/checks/<uuid:check_id>/remove")
def remove_check(here: Here, slug: str, check_id: str) -> AnyResponse:
    """Take a check away."""
    name = here.services.checks.get(slug, str(check_id)).name
    here.services.checks.remove(slug, str(check_id))
    say(f"Removed the check {name}.")
    return go("tabs.checks", slug=slug)


@pages.act("/endpoints/<slug>/checks/<uuid:check_id>/run")
def run_check(here: Here, slug: str, check_id: str) -> AnyResponse:
    """Run one check now; it counts for nothing."""
    with here.room.seat() as seated:
        if not seated:
            raise crowded()
        result = here.services.checks.run(slug, str(check_id))
    _tell(f"Ran {result.name}.", result)
    return go("tabs.checks", slug=slug)


@pages.act("/endpoints/<slug>/look")
def look(here: Here, slug: str) -> AnyResponse:
    """Look at the endpoint now: all that is checked of it counts for its health."""
    endpoint = here.services.endpoints.get(slug)
    with here.room.seat() as seated:
        if not seated:
            raise crowded()
        results = here.services.checker.look(endpoint.id)
    note(*_looked(results))
    return go("tabs.health" if here.form.get("back") == "health" else "tabs.checks", slug=slug)


def _looked(results: Sequence[CheckResult]) -> tuple[str, str]:
    if not results:
        return "Not looked at: it is in maintenance, or there is nothing to check.", "good"
    failed = [result.name for result in results if not result.ok]
    if not failed:
        return f"Looked at it: {'all' if len(results) > 1 else 'the'} {len(results)} checks passed.", "good"
    return f"Looked at it: {len(failed)} of {len(results)} did not pass ({', '.join(failed)}).", "bad"


def _tell(done: str, result: CheckResult | None) -> None:
    """Say what was done, and what the check saw."""
    if result is None:
        say(done)
        return
    took = f" ({say_ms(result.latency_ms)})" if result.latency_ms is not None else ""
    note(
        f"{done} It {'passed' if result.ok else 'did not pass'}: {result.message}{took}", "good" if result.ok else "bad"
    )


def _kind(here: Here, name: str) -> CheckKind:
    kind = here.services.plugins.check_kinds.get(name)
    if kind is None:
        raise NotFound(f"No plugin offers checks of the kind {name!r}.", remedy="Choose one of those that are offered.")
    return kind


def _target(check: Check, kind: CheckKind | None) -> str:
    """Return what a check looks at: the first setting that its kind asks for, if it is no secret."""
    if kind is None:
        return f"The plugin that offered the kind {check.kind!r} is gone; it can be removed only."
    first = next((field for field in kind.settings if field.required and not field.secret), None)
    target = check.settings.get(first.name) if first else None
    return f"{kind.title}: {target}" if isinstance(target, str) else kind.title


def _form(here: Here, slug: str, sent: CheckForm, error: PublicistError | None = None) -> AnyResponse:
    form = again(here, sent.form, secret_paths(sent.fields))
    form = form.refused(error, frozenset(field.path for field in sent.fields)) if error else form
    return render(
        "tabs/check.html",
        here,
        422 if error else 200,
        endpoint=head(here, slug),
        tab="checks",
        sent=sent,
        form=form,
        whole=form.errors.get("settings", "") if isinstance(error, InvalidInput) else "",
    )
