"""How a publication is put in words, wherever a page shows one."""

from collections.abc import Mapping, Sequence

from ...core.records import Publication

CAUSES: Mapping[str, str] = {
    "slug_conflict": "Slug taken",
    "network_unreachable": "Space not reachable",
    "authentication_failed": "Credentials refused",
    "endpoint_unhealthy": "Endpoint not healthy",
    "validation": "Not accepted",
    "rate_limited": "Asked to wait",
    "marketplace_unavailable": "Marketplace not answering",
    "marketplace_disabled": "Marketplace disabled",
    "plugin_fault": "Plugin fault",
    "outcome_unknown": "Outcome not known yet",
    "conflict": "In conflict",
    "not_found": "Not found there",
    "not_supported": "Not supported there",
}
"""Each cause in two or three words."""

FIELDS: Mapping[str, str] = {
    "name": "Name",
    "slug": "Slug",
    "summary": "Summary",
    "description": "Description",
    "tags": "Tags",
    "type": "Dataset or model",
    "response_type": "Response type",
    "dataset": "Dataset",
    "model": "Model",
    "policies": "Policies",
    "version": "Version",
    "visibility": "Visibility",
    "category": "Category",
    "language": "Language",
    "published": "Ready to be listed",
}
"""The fields of an endpoint as people read them."""

_LISTING = {
    "published": "Published and active",
    "pending": "Publication pending",
    "failed": "Publication failed",
    "not_published": "Not published",
}
_WITHDRAWING = {**_LISTING, "pending": "Being withdrawn", "failed": "Withdrawal failed"}


def state(row: Publication | None) -> str:
    """Return what chooses shape and colour: published, pending, failed or absent."""
    return "absent" if row is None or row.status == "not_published" else row.status


def guide_word(row: Publication | None) -> str:
    """Return the publishing guide's words for where an endpoint stands on a marketplace."""
    if row is None:
        return "Not published"
    if row.status == "published" and row.active is False:
        return "Published, switched off there"
    return (_WITHDRAWING if row.wanted == "absent" else _LISTING)[row.status]


def notes(row: Publication, changed: Sequence[str]) -> list[str]:
    """Return what else there is to know of a listing that is there; ``changed`` are fields it shows as they were."""
    told = []
    if row.active is False:
        told.append("Switched off by the marketplace.")
    if changed:
        told.append(f"Publish again to update: {', '.join(changed)}.")
    if row.gave_up:
        told.append("The last update failed.")
    elif row.due_at is not None:
        told.append("An update is under way.")
    return told


def named(field: str) -> str:
    """Return a field's name for people; a plugin's own fields keep theirs."""
    return FIELDS.get(field, field.replace("_", " ").capitalize())
