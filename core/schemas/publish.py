"""The bodies of *publish* and *unpublish*, as the publishing guide writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, validates_schema

from .base import Strict, load
from .fields import Flag, Id, Items, Number

MOST_MARKETPLACES = 100
LONGEST_WAIT = 60
WAIT = 10
_CHOICE = "Give `publish_to_all_marketplaces: true`, or `marketplace_ids` with at least one id"


@dataclass(frozen=True, slots=True)
class Targets:
    """Where to publish or unpublish.

    ``everywhere`` stands for all marketplaces that are not disabled (to unpublish: for all), and ``wait`` is
    how many seconds the request may wait for outcomes.
    """

    everywhere: bool
    marketplace_ids: tuple[str, ...] = ()
    wait: float = WAIT
    dry_run: bool = False
    force: bool = False


class UnpublishSchema(Strict):
    """Where to withdraw an endpoint's listings: everywhere, unless ids are given."""

    publish_to_all_marketplaces = Flag(metadata={"description": "True for all; not together with ids."})
    marketplace_ids = Items(
        Id(),
        MOST_MARKETPLACES,
        least=1,
        unique=True,
        allow_none=True,
        metadata={"description": "The marketplaces' ids; each once."},
    )
    wait = Number(0, LONGEST_WAIT, load_default=WAIT, metadata={"description": "Seconds to wait for outcomes."})

    @validates_schema
    def _check_choice(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("publish_to_all_marketplaces") and data.get("marketplace_ids"):
            raise ValidationError(f"{_CHOICE}, not both.", "marketplace_ids")
        self.check_nothing_chosen(data)

    def check_nothing_chosen(self, data: Mapping[str, Any]) -> None:
        """Refuse `false` without ids: it would be nowhere, and absent would be everywhere."""
        if data.get("publish_to_all_marketplaces") is False and not data.get("marketplace_ids"):
            raise ValidationError(f"{_CHOICE}, or leave both out.", "marketplace_ids")


class PublishSchema(UnpublishSchema):
    """Where to publish an endpoint, and how."""

    dry_run = Flag(load_default=False, metadata={"description": "Preflight and payloads only; nothing is written."})
    force = Flag(load_default=False, metadata={"description": "Publish although dataset or model do not answer."})

    def check_nothing_chosen(self, data: Mapping[str, Any]) -> None:
        """Refuse a body that says neither all nor which."""
        if not data.get("publish_to_all_marketplaces") and not data.get("marketplace_ids"):
            raise ValidationError(f"{_CHOICE}.", "marketplace_ids")


def load_publish(data: Any) -> Targets:
    """Return where to publish. Raises InvalidInput; whether the ids exist is for the caller to check."""
    return _targets(load(PublishSchema(), data))


def load_unpublish(data: Any) -> Targets:
    """Return where to unpublish; no body (None) means everywhere. Raises InvalidInput."""
    return _targets(load(UnpublishSchema(), {} if data is None else data))


def _targets(clean: Mapping[str, Any]) -> Targets:
    ids = tuple(clean.get("marketplace_ids") or ())
    return Targets(
        everywhere=not ids,
        marketplace_ids=ids,
        wait=clean["wait"],
        dry_run=clean.get("dry_run", False),
        force=clean.get("force", False),
    )
