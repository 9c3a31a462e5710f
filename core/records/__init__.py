"""The values that travel: frozen, slotted, and the same on every side of a hook.

They hold no behaviour beyond reading themselves. Times are timezone-aware UTC ``datetime`` objects; JSON-like settings
are plain mappings that nobody changes in place.
"""

from .answer import ApiToken, Finding, Page, Preview, Result
from .endpoint import Backend, Endpoint, Policy, Space
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
    "ApiToken",
    "Availability",
    "Backend",
    "BackendHealth",
    "BackendKind",
    "Capabilities",
    "Endpoint",
    "ErrorInfo",
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
    "Operation",
    "Page",
    "Payload",
    "Policy",
    "PolicySummary",
    "Preview",
    "Publication",
    "PublicationStatus",
    "Reading",
    "RemoteListing",
    "ResponseType",
    "Result",
    "SettingField",
    "Space",
    "SyncPolicy",
    "Visibility",
    "Wanted",
]
