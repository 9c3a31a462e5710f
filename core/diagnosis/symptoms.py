"""What was seen of an endpoint and of the marketplaces, before anything is concluded. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..errors import PublicistError
from ..records import (
    AddressCheck,
    Availability,
    BackendHealth,
    DiagnosisStep,
    Endpoint,
    Marketplace,
    Publication,
    RemoteListing,
    StepPart,
    StepState,
)
from ..space.network import Reach

LATELY = timedelta(days=1)
"""How far back queries are looked at."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a marketplace answered when it was asked for our listing; ``not_asked`` says why it was not."""

    listing: RemoteListing | None = None
    error: PublicistError | None = None
    not_asked: str = ""

    @property
    def answered(self) -> bool:
        """Whether it was asked and gave an answer."""
        return not self.not_asked and self.error is None


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """One marketplace, as far as this endpoint is concerned.

    ``availability`` is None where the endpoint holds its slug there. ``tokens`` tells whether the kind vouches for
    people, ``issuer_error`` why its keys cannot be read.
    """

    marketplace: Marketplace
    row: Publication | None
    reach: Reach
    look: Look
    availability: Availability | None = None
    tokens: bool = False
    issuer_error: PublicistError | None = None


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """Everything that was seen.

    ``health`` is what dataset and model said just now, by side. ``denials`` (by outcome) and ``statuses`` (by HTTP
    status) count the queries of the last day, None where nobody counts. ``reports`` are errors that people reported in
    the last week. ``address`` is who answers at the public URL, None where it was not tried. ``maintenance_until`` is
    set while a maintenance window is open.
    """

    endpoint: Endpoint
    now: datetime
    health: Mapping[str, BackendHealth]
    places: Sequence[PlaceFacts] = ()
    address: AddressCheck | None = None
    denials: Mapping[str, int] | None = None
    statuses: Mapping[int, int] | None = None
    reports: int = 0
    maintenance_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What a step is about; its methods conclude it."""

    part: StepPart
    code: str
    title: str
    marketplace: Marketplace | None = field(default=None)

    def ok(self, seen: str) -> DiagnosisStep:
        """Conclude that nothing is wrong."""
        return self._step("ok", seen, "")

    def warn(self, seen: str, remedy: str) -> DiagnosisStep:
        """Conclude that it may be a cause of trouble, or soon be one."""
        return self._step("warn", seen, remedy)

    def fail(self, seen: str, remedy: str) -> DiagnosisStep:
        """Conclude that it is a cause of trouble."""
        return self._step("fail", seen, remedy)

    def unknown(self, seen: str, remedy: str = "") -> DiagnosisStep:
        """Conclude nothing: it could not be looked at."""
        return self._step("unknown", seen, remedy)

    def _step(self, state: StepState, seen: str, remedy: str) -> DiagnosisStep:
        held = self.marketplace
        return DiagnosisStep(
            self.part,
            self.code,
            self.title,
            state,
            seen,
            remedy,
            held.id if held else None,
            held.name if held else None,
        )
