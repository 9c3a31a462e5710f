"""The kind of marketplace: what SyftHub is called, asks for, accepts and can do."""

from ...core.records import Capabilities, Limits, MarketplaceKind, SettingField

NAME = "syfthub"
HEALTH_TTL = 90
"""Seconds for which a health report holds; the hub takes at most 1800.

Reports come three times in that. A listing whose space is gone goes dark at the third step of the hub's monitor after.
"""

HEALTH_BATCH = 300
"""The most readings that the hub takes in one report."""

_RESERVED = """
about admin api auth blog contact dashboard docs explore ftp health help login mail openapi.json privacy
profile redoc register search settings support terms www
"""
RESERVED_SLUGS = frozenset(_RESERVED.split())
"""Words that the hub keeps for its own pages."""

SYFTHUB = MarketplaceKind(
    name=NAME,
    title="SyftHub",
    description="The marketplace of the Syft network: an API token, or a user and password.",
    default_url="https://syfthub.openmined.org",
    settings=(
        SettingField(
            "api_key",
            "API token",
            secret=True,
            help="A personal access token (syft_pat_…), made on the hub under Settings, API tokens.",
        ),
        SettingField("username", "User or e-mail", help="Only without an API token."),
        SettingField("password", "Password", secret=True, help="Only without an API token."),
        SettingField(
            "take_over",
            "Take over this address",
            help="Another space's address in the account's profile, which this space's may replace. The "
            "other space is then no longer reachable through the hub.",
        ),
    ),
    limits=Limits(reserved_slugs=RESERVED_SLUGS),
    capabilities=Capabilities(
        health_push=True,
        health_ttl_seconds=HEALTH_TTL,
        health_batch=HEALTH_BATCH,
        tokens=True,
        developer_token=True,
    ),
)
