"""The words that records use for their states."""

from typing import Any, Literal

Json = Any
ResponseType = Literal["raw", "summary", "both"]
Visibility = Literal["public", "private", "internal"]
SyncPolicy = Literal["full", "no_withdraw", "create_only"]
MarketplaceStatus = Literal["active", "error", "disabled"]
PublicationStatus = Literal["published", "pending", "failed", "not_published"]
Wanted = Literal["listed", "absent"]
Operation = Literal["create", "update", "withdraw", "look"]
HealthState = Literal["healthy", "degraded", "unhealthy", "offline", "unknown"]
BackendRole = Literal["dataset", "model"]
