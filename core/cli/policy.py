"""``publicist policy``: what an endpoint's policies would say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from . import codes
from .opening import open_space
from .options import json_option
from .output import emit, say, table

if TYPE_CHECKING:
    from ..records import PolicyStep

WORDS = {
    "allowed": "passes",
    "payment_required": "passes when paid",
    "not_applied": "not theirs",
    "not_tried": "asked at the query",
    "access_denied": "refused",
    "rate_limited": "refused for now",
    "policy_violation": "refused",
}
VERDICTS = {True: "They get through.", False: "They do not get through.", None: "A plugin has the say."}


@click.group()
def policy() -> None:
    """Policies: try what they would say to a person."""


@policy.command("try")
@click.argument("slug")
@click.option("--email", metavar="ADDRESS", help="Whom it is about.")
@click.option("--marketplace", default="", metavar="NAME", help="Where they come from; not needed where there is one.")
@click.option("--guest", is_flag=True, help="Somebody without an account, instead of --email.")
@json_option
@click.pass_context
def try_(ctx: click.Context, slug: str, email: str | None, marketplace: str, guest: bool, as_json: bool) -> None:
    """Tell whether a person would get through, and which policy decides.

    Nothing is used up. The exit code is 1 when they do not get through.
    """
    from ..queries.dry_run import verdict
    from ..schemas import dry_run_json, load_dry_run

    if (email is None) != guest:
        raise click.UsageError("Give --email ADDRESS or --guest.")
    person = load_dry_run({"marketplace": marketplace, **({"guest": True} if guest else {"email": email})})
    with open_space() as services:
        steps = services.enforcer.dry_run(services.endpoints.get(slug), **person)
    allowed = verdict(steps)
    if as_json:
        emit(dry_run_json(slug, steps, allowed=allowed))
    else:
        _show(steps, _verdict(steps, allowed))
    ctx.exit(codes.ERROR if allowed is False else codes.DONE)


def _verdict(steps: "Sequence[PolicyStep]", allowed: bool | None) -> str:
    if allowed and any(step.outcome == "payment_required" for step in steps):
        return "They get through when they pay."
    return VERDICTS[allowed]


def _show(steps: "Sequence[PolicyStep]", verdict: str) -> None:
    table(
        ["Policy", "Type", "Outcome", "Why", "Decides"],
        [
            [step.policy, step.type, WORDS[step.outcome], step.message, "decides" if step.decides else ""]
            for step in steps
        ],
    )
    say(verdict)
