"""``publicist apply``: make the space as a file says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from . import codes
from .opening import open_space
from .options import json_option, wait_option
from .output import count, emit, note, table
from .results import WORDS, exit_code, told
from .syncing import let_follow

if TYPE_CHECKING:
    from ..endpoints.applying import Applied
    from ..schemas import Wish
    from ..services import Services


@click.command()
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Tell what would be done; write nothing.")
@wait_option
@json_option
@click.pass_context
def apply(ctx: click.Context, file: str, dry_run: bool, wait: float, as_json: bool) -> None:
    """Make and publish endpoints as a file says.

    FILE is YAML or JSON; - is stdin. Endpoints are found by their slug: new ones are made, others changed.
    Nothing is deleted or withdrawn because it is not in the file.
    """
    from ..endpoints.applying import apply_wish, publish_applied

    with open_space() as services:
        wishes = _wishes(services, file)
        applied = [apply_wish(services, wish, dry_run=dry_run) for wish in wishes]
        if not dry_run:
            services.worker.recover()
            applied = publish_applied(services, applied, wishes, wait)
            let_follow(services, [each.endpoint_id for each in applied if each.state == "changed" and not each.results])
    if as_json:
        emit({"dry_run": dry_run, "endpoints": [_json(*pair) for pair in zip(applied, wishes, strict=True)]})
    else:
        _show(applied, wishes, dry_run=dry_run)
    ctx.exit(_exit_code(applied))


def _wishes(services: "Services", file: str) -> "Sequence[Wish]":
    """Read the file, and refuse it as a whole when anything in it is wrong, before anything is written."""
    from ..endpoints.applying import read_wishes
    from .documents import read_document

    return read_wishes(services, read_document(file))


def _json(applied: "Applied", wish: "Wish") -> dict[str, Any]:
    from ..schemas import result_json
    from .reporting import error_json

    return {
        "endpoint_slug": applied.slug,
        "state": applied.state,
        "changed": list(applied.changed),
        "publish_to": wish.publish_to,
        "error": error_json(applied.error) if applied.error else None,
        "results": [result_json(each) for each in applied.results],
    }


def _show(applied: "Sequence[Applied]", wishes: "Sequence[Wish]", *, dry_run: bool) -> None:
    table(
        ["Endpoint", "State", "What came of it"],
        [
            [each.slug, each.state, _told(each, wish, dry_run=dry_run)]
            for each, wish in zip(applied, wishes, strict=True)
        ],
    )
    if dry_run:
        note(f"This was a dry run over {count(len(applied), 'endpoint')}: nothing was written.")


def _told(applied: "Applied", wish: "Wish", *, dry_run: bool) -> str:
    lines = [f"fields: {', '.join(applied.changed)}"] if applied.changed else []
    if dry_run and wish.publish_to:
        where = wish.publish_to if wish.publish_to == "all" else ", ".join(wish.publish_to)
        lines.append(f"would be published to: {where}")
    lines += [
        f"{each.marketplace.name}: {WORDS.get(each.status, each.status) if each.success else told(each)}"
        for each in applied.results
    ]
    if applied.error:
        lines += [applied.error.message, f"→ {applied.error.remedy}"]
    return "\n".join(lines)


def _exit_code(applied: "Sequence[Applied]") -> int:
    """Return as for one publish, over all endpoints: 1 when nothing was done, 3 when a part was."""
    failed = [each for each in applied if each.error or exit_code(each.results) == codes.ERROR]
    if failed and len(failed) == len(applied):
        return codes.ERROR
    if failed or any(exit_code(each.results) == codes.PARTLY for each in applied):
        return codes.PARTLY
    return codes.PENDING if any(exit_code(each.results) == codes.PENDING for each in applied) else codes.DONE
