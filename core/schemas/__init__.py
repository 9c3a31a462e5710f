"""The only door for outside data: JSON, YAML and forms come in here and leave as records or drafts.

Schemas are ordinary marshmallow classes, so that the API's description is made from them; views call the
``load_…`` functions, which need what only the running program knows (kinds, policy types) and raise
:class:`publicist.core.errors.InvalidInput`. The ``…_json`` functions are the way out.
"""

from .account import ROLES, UserDraft, UserSchema, load_user, user_json
from .alert import (
    AlertRulePatchSchema,
    AlertRuleSchema,
    ChannelDraft,
    ChannelPatchSchema,
    ChannelSchema,
    alert_rule_json,
    channel_json,
    incident_json,
    load_alert_rule,
    load_channel,
)
from .apply import ApplySchema, Wish, load_apply
from .base import Strict, flatten, load, under
from .check import CheckDraft, CheckPatchSchema, CheckSchema, check_json, check_result_json, load_check
from .diagnosis import diagnosis_json
from .draft import EndpointDraft, as_patch, fitting, misfit, new_endpoint, patched
from .dry_run import DryRunSchema, dry_run_json, load_dry_run
from .dump import (
    address_check_json,
    endpoint_json,
    marketplace_json,
    network_json,
    publication_json,
    remnant_json,
    result_json,
    sync_state,
    token_json,
)
from .endpoint import BackendSchema, EndpointPatchSchema, EndpointSchema, load_endpoint, load_patch
from .event import event_json
from .feedback import (
    FeedbackDraft,
    FeedbackSchema,
    feedback_json,
    feedback_summary_json,
    load_feedback,
    load_feedback_form,
)
from .health import health_json, outage_json
from .maintenance import (
    MaintenanceDraft,
    MaintenancePatchSchema,
    MaintenanceSchema,
    load_maintenance,
    load_maintenance_patch,
    maintenance_json,
)
from .marketplace import (
    MarketplaceDraft,
    MarketplacePatchSchema,
    MarketplaceSchema,
    load_marketplace,
    load_marketplace_patch,
)
from .policy import PolicySchema, load_policy
from .publish import PublishSchema, Targets, UnpublishSchema, load_publish, load_unpublish
from .query import Asking, QuerySchema, load_query
from .query_answer import ending_json, query_answer_json, references_json, refusal_json
from .settings import SHOWN, masked, restored, setting_faults
from .space import NetworkSchema, load_network
from .sync import (
    AdoptSchema,
    ListingSchema,
    SyncSchema,
    SyncWish,
    load_adopt,
    load_listing,
    load_sync,
    plan_json,
    unowned_json,
)
from .token import SCOPES, TokenDraft, TokenSchema, load_token
from .url import read_url
from .usage import hours_csv, queries_csv, usage_json

__all__ = [
    "ROLES",
    "SCOPES",
    "SHOWN",
    "AdoptSchema",
    "AlertRulePatchSchema",
    "AlertRuleSchema",
    "ApplySchema",
    "Asking",
    "BackendSchema",
    "ChannelDraft",
    "ChannelPatchSchema",
    "ChannelSchema",
    "CheckDraft",
    "CheckPatchSchema",
    "CheckSchema",
    "DryRunSchema",
    "EndpointDraft",
    "EndpointPatchSchema",
    "EndpointSchema",
    "FeedbackDraft",
    "FeedbackSchema",
    "ListingSchema",
    "MaintenanceDraft",
    "MaintenancePatchSchema",
    "MaintenanceSchema",
    "MarketplaceDraft",
    "MarketplacePatchSchema",
    "MarketplaceSchema",
    "NetworkSchema",
    "PolicySchema",
    "PublishSchema",
    "QuerySchema",
    "Strict",
    "SyncSchema",
    "SyncWish",
    "Targets",
    "TokenDraft",
    "TokenSchema",
    "UnpublishSchema",
    "UserDraft",
    "UserSchema",
    "Wish",
    "address_check_json",
    "alert_rule_json",
    "as_patch",
    "channel_json",
    "check_json",
    "check_result_json",
    "diagnosis_json",
    "dry_run_json",
    "ending_json",
    "endpoint_json",
    "event_json",
    "feedback_json",
    "feedback_summary_json",
    "fitting",
    "flatten",
    "health_json",
    "hours_csv",
    "incident_json",
    "load",
    "load_adopt",
    "load_alert_rule",
    "load_apply",
    "load_channel",
    "load_check",
    "load_dry_run",
    "load_endpoint",
    "load_feedback",
    "load_feedback_form",
    "load_listing",
    "load_maintenance",
    "load_maintenance_patch",
    "load_marketplace",
    "load_marketplace_patch",
    "load_network",
    "load_patch",
    "load_policy",
    "load_publish",
    "load_query",
    "load_sync",
    "load_token",
    "load_unpublish",
    "load_user",
    "maintenance_json",
    "marketplace_json",
    "masked",
    "misfit",
    "network_json",
    "new_endpoint",
    "outage_json",
    "patched",
    "plan_json",
    "publication_json",
    "queries_csv",
    "query_answer_json",
    "read_url",
    "references_json",
    "refusal_json",
    "remnant_json",
    "restored",
    "result_json",
    "setting_faults",
    "sync_state",
    "token_json",
    "under",
    "unowned_json",
    "usage_json",
    "user_json",
]
