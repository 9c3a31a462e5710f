"""The values that travel: frozen, slotted, and the same on every side of a hook.

They hold no behaviour beyond reading themselves. Times are timezone-aware UTC ``datetime`` objects; JSON-like settings
are plain mappings that nobody changes in place.
"""

from .answer import ApiToken, Finding, Page, Preview, Remnant, Result
from .endpoint import Backend, Endpoint, Policy, Space
from .event import Actor, ActorKind, Event, EventOutcome, Process, Subject, SubjectKind
from .health import BackendHealth, Reading
from .listing import Listing, Payload, PolicySummary, RemoteListing
from .marketplace import (
    Account,
    Availability,
    BackendKind,
    Capabilities,
    Limits,
    Marketplace,
    MarketplaceKind,
    SettingField,
)
from .network import (
    AddressCheck,
    AddressStatus,
    Connection,
    ConnectionStatus,
    DeploymentSource,
    NetworkView,
    TokenNeed,
)
from .pacing import BreakerState, Pace, Pacing, Standing
from .publication import ErrorInfo, Intent, Lease, Publication
from .values import (
    HealthState,
    Json,
    MarketplaceStatus,
    Operation,
    PublicationStatus,
    ResponseType,
    SyncPolicy,
    Visibility,
    Wanted,
)

__all__ = [
    "Account",
    "Actor",
    "ActorKind",
    "AddressCheck",
    "AddressStatus",
    "ApiToken",
    "Availability",
    "Backend",
    "BackendHealth",
    "BackendKind",
    "BreakerState",
    "Capabilities",
    "Connection",
    "ConnectionStatus",
    "DeploymentSource",
    "Endpoint",
    "ErrorInfo",
    "Event",
    "EventOutcome",
    "Finding",
    "HealthState",
    "Intent",
    "Json",
    "Lease",
    "Limits",
    "Listing",
    "Marketplace",
    "MarketplaceKind",
    "MarketplaceStatus",
    "NetworkView",
    "Operation",
    "Pace",
    "Pacing",
    "Page",
    "Payload",
    "Policy",
    "PolicySummary",
    "Preview",
    "Process",
    "Publication",
    "PublicationStatus",
    "Reading",
    "Remnant",
    "RemoteListing",
    "ResponseType",
    "Result",
    "SettingField",
    "Space",
    "Standing",
    "Subject",
    "SubjectKind",
    "SyncPolicy",
    "TokenNeed",
    "Visibility",
    "Wanted",
]
