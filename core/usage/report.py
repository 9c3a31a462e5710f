"""What the owner is told about usage."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..records import UsageSpan
from .metrics import Metrics
from .patterns import Pattern


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Figures and patterns of a span.

    ``slugs`` and ``names`` are those of endpoints and marketplaces, by id; what has been removed is not among them.
    """

    slug: str | None
    span: UsageSpan
    metrics: Metrics
    patterns: tuple[Pattern, ...]
    slugs: Mapping[str, str]
    names: Mapping[str, str]
