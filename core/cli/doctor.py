"""``publicist doctor``: what troubles an endpoint, or the space."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from . import codes
from .opening import open_space
from .options import json_option
from .output import count, emit, emit_list, say, table

if TYPE_CHECKING:
    from ..records import Diagnosis, DiagnosisStep

PARTS = {
    "publishing": "Publishing",
    "queries": "Queries",
    "discovery": "Being found",
    "space": "This space",
}


@click.command()
@click.argument("slug", required=False)
@json_option
@click.pass_context
def doctor(ctx: click.Context, slug: str | None, as_json: bool) -> None:
    """Find out what troubles an endpoint: why it is not published, not answered, or not found.

    Datasets, models and marketplaces are asked now; nothing is changed. Without SLUG the space is examined, and every
    endpoint that is published or ready to be, and only what is not well is shown. Exits with 1 when a step fails.
    """
    with open_space() as services:
        found = [services.doctor.diagnose(slug)] if slug else services.doctor.diagnose_all()
    if as_json:
        _emit(found, one=slug is not None)
    else:
        for diagnosis in found:
            _show(diagnosis, everything=slug is not None)
    ctx.exit(codes.ERROR if any(one.state == "fail" for one in found) else codes.DONE)


def _emit(found: Sequence["Diagnosis"], *, one: bool) -> None:
    from ..schemas import diagnosis_json

    if one:
        emit(diagnosis_json(found[0]))
    else:
        emit_list([diagnosis_json(each) for each in found])


def _show(diagnosis: "Diagnosis", *, everything: bool) -> None:
    unwell = [step for step in diagnosis.steps if step.state != "ok"]
    well = len(diagnosis.steps) - len(unwell)
    name = diagnosis.slug or "This space"
    said = "all is well" if not unwell else f"{count(len(unwell), 'step')} to look at"
    say(f"{name}: {said}, {well} ok.")
    shown = diagnosis.steps if everything else unwell
    if shown:
        table(["State", "Symptom", "Where", "Step", "What was seen"], [_row(step) for step in shown])


def _row(step: "DiagnosisStep") -> list[str]:
    what = f"{step.seen}\n→ {step.remedy}" if step.remedy else step.seen
    return [step.state, PARTS[step.part], step.marketplace_name or "", step.title, what]
