"""Whom a dry run of the policies is about, and what it answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from marshmallow import ValidationError, validates_schema

from ..records import PolicyStep
from .base import Strict, load
from .fields import Checked, Flag, Line
from .policy import LONGEST_PERSON

LONGEST_MARKETPLACE = 100
_ADDRESS = re.compile(r"[^\s,;<>@*?\x00-\x1f\x7f]+@[^\s,;<>@*?\x00-\x1f\x7f]+")


def _read_address(text: str) -> str:
    address = text.strip().casefold()
    if len(address) > LONGEST_PERSON or not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise ValueError(f"Must be an e-mail address of at most {LONGEST_PERSON} characters.")
    return address


class DryRunSchema(Strict):
    """Whom it is about: somebody with an address, or a guest."""

    email = Checked(_read_address, metadata={"description": "The person's address."})
    marketplace = Line(
        LONGEST_MARKETPLACE,
        load_default="",
        metadata={
            "description": "The name or id of the marketplace that they come from; not needed where there is one."
        },
    )
    guest = Flag(load_default=False, metadata={"description": "Whether they have no account."})

    @validates_schema
    def _check_person(self, data: Mapping[str, Any], **_: Any) -> None:
        if bool(data.get("email")) == data["guest"]:
            raise ValidationError("Give the address of a person, or `guest: true`.", "email")


def load_dry_run(data: Any) -> Mapping[str, Any]:
    """Return ``email``, ``marketplace`` and ``guest``, as the enforcer's dry run takes them. Raises InvalidInput."""
    person: dict[str, Any] = load(DryRunSchema(), data)
    return {"email": "", **person}


def dry_run_json(slug: str, steps: Sequence[PolicyStep], *, allowed: bool | None) -> dict[str, Any]:
    """Return what a dry run found: whether they get through (null: a plugin has the say), and every step."""
    return {
        "endpoint_slug": slug,
        "allowed": allowed,
        "payment_required": any(step.outcome == "payment_required" for step in steps),
        "steps": [{**asdict(step), "owed": None if step.owed is None else f"{step.owed:f}"} for step in steps],
    }
