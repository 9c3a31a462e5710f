"""What a marketplace is to show, and what it shows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from .values import Json, ResponseType, Visibility


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """What marketplaces may know of a policy: never an address, never a list of people."""

    name: str
    type: str
    description: str
    config: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Listing:
    """What we want a marketplace to show of an endpoint, before a kind puts it into its own form.

    ``type`` follows the configured sides: ``data_source``, ``model`` or ``model_data_source``.
    ``query_url`` is where a query goes; empty when the space has no public address (yet).
    """

    slug: str
    name: str
    summary: str
    description: str
    type: str
    response_type: ResponseType
    tags: tuple[str, ...]
    version: str
    visibility: Visibility
    policies: tuple[PolicySummary, ...]
    public_url: str
    query_path: str
    category: str
    language: str
    installation_id: str

    @property
    def query_url(self) -> str:
        """The absolute address of the query route, or an empty string without a public address."""
        return f"{self.public_url}{self.query_path}" if self.public_url else ""


@dataclass(frozen=True, slots=True)
class Payload:
    """A listing in the canonical form of one kind: what is sent, what is compared, what is previewed.

    ``fields`` holds only fields that we own, in the form in which the marketplace would hold them, so that an
    unchanged endpoint never looks different.
    """

    slug: str
    fields: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """A stable hash over slug and fields; equal payloads have equal digests on every machine."""
        text = json.dumps([self.slug, self.fields], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """A listing read back from a marketplace.

    ``fields`` has the same canonical form as :attr:`Payload.fields`; a field the marketplace hides is left out,
    and is then not compared. ``installation_id`` is the space that made it, None where the kind cannot tell.
    ``active`` is False when the marketplace has switched it off, None when it does not say.
    """

    remote_id: str
    slug: str
    fields: Mapping[str, Json]
    url: str = ""
    active: bool | None = None
    installation_id: str | None = None
