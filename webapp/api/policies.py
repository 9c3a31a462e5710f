"""``/endpoints/{slug}/policies``: what they would say to a person."""

from typing import Any

from ...core.queries.dry_run import verdict
from ...core.schemas import DryRunSchema, Strict, dry_run_json, load_dry_run
from ..operation import Api, Asked
from .shapes import flag, many, text

api = Api("policies", "Policies")


class StepShape(Strict):
    """One policy, and what it says."""

    policy = text(description="The policy's name; empty for what holds without any.")
    type = text()
    outcome = text(description="A denial's, or allowed, payment_required, not_applied, not_tried.")
    message = text()
    owed = text(null=True, description="What is to be paid before an answer, per query or document.")
    currency = text()
    decides = flag(description="Whether it is the one that refuses.")


class DryRunShape(Strict):
    """Whether a person would get through, and which policy decides."""

    endpoint_slug = text()
    allowed = flag(null=True, description="Null where a plugin has the say.")
    payment_required = flag()
    steps = many(StepShape)


@api.operation("POST", "/endpoints/<slug>/policies/dry-run", scope="read", gives=DryRunShape, takes=DryRunSchema)
def dry_run(asked: Asked, slug: str) -> Any:
    """Tell whether a person would get through, and which policy decides.

    Nothing is used up: no limit, no payment, and plugins are not asked. The marketplace must be one of this space's.
    """
    person = load_dry_run(asked.body)
    steps = asked.services.enforcer.dry_run(asked.services.endpoints.get(slug), **person)
    return dry_run_json(slug, steps, allowed=verdict(steps))
