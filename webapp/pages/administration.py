"""The pages of settings that are more than a form, of the plan, the activity and the API's reference."""

from . import (
    activity,
    alert_rules,
    backups,
    marketplace,
    marketplaces,
    notifications,
    plans,
    plugins,
    reference,
    removals,
    status_settings,
    unowned,
    windows,
)
from .page import Pages

areas: tuple[Pages, ...] = (
    marketplaces.pages, marketplace.pages, removals.pages, unowned.pages, notifications.pages, alert_rules.pages,
    windows.pages, status_settings.pages, plugins.pages, backups.pages, activity.pages, plans.pages, reference.pages,
)  # fmt: skip
