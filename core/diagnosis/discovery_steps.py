"""The guide's *Users can't find your endpoint*: indexing, health, metadata, and whether it is published. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..errors import CAUSES
from ..moments import to_minute
from ..publishing.preflight import check_endpoint
from ..records import DiagnosisStep, Endpoint, Publication
from .symptoms import EndpointFacts, PlaceFacts, Topic

INDEXING = timedelta(minutes=10)
"""How long a marketplace may take to show what was published."""

THIN = ("thin_description", "no_tags")


def discovery_steps(facts: EndpointFacts) -> Iterable[DiagnosisStep]:
    """Yield the steps for every marketplace on which the endpoint is, or should be; then what holds everywhere."""
    wanted = [place for place in facts.places if place.row is not None and _concerns(place.row)]
    if not wanted:
        topic = Topic("discovery", "not_published", "Publication")
        yield topic.warn("It is published nowhere.", f"Publish it: `publicist publish {facts.endpoint.slug}`.")
    for place in wanted:
        yield _publication(place)
        if place.row is not None and place.row.remote_id is not None:
            yield _found(place, place.row, facts.now)
            yield _health(place, facts)
    yield _visibility(facts.endpoint)
    yield _metadata(facts.endpoint)


def _concerns(row: Publication) -> bool:
    return row.wanted == "listed" or row.remote_id is not None


def _publication(place: PlaceFacts) -> DiagnosisStep:
    topic, row = Topic("discovery", "not_published", "Publication", place.marketplace), place.row
    if row is None or (row.wanted == "absent" and row.remote_id is not None):
        return topic.warn("It is being withdrawn.", "Publish it again if that was not meant.")
    if row.error is not None and (row.gave_up or row.status != "published"):
        judged = topic.fail if row.gave_up else topic.warn
        return judged(f"It is {row.status}: {row.error.message}", row.error.remedy)
    if row.status != "published":
        return topic.warn(
            f"It is {row.status}.", "Wait a moment; see that `publicist serve` or `publicist runner` runs."
        )
    since = f" since {to_minute(row.published_at)}" if row.published_at else ""
    return topic.ok(f"It is published{since}.")


def _found(place: PlaceFacts, row: Publication, now: datetime) -> DiagnosisStep:
    topic, name = Topic("discovery", "not_found", "Found on the marketplace", place.marketplace), place.marketplace.name
    fresh = row.published_at is not None and now - row.published_at < INDEXING
    if not place.look.answered:
        return topic.unknown("The marketplace could not be asked for the listing.")
    if place.look.listing is None:
        said = f"{name} does not show {row.remote_slug}, though it was listed there."
        return topic.fail(said, "`publicist sync` lists it again; if it goes again, ask the marketplace why.")
    if fresh:
        return topic.warn(f"{name} has had it for less than ten minutes.", "Allow it 5 to 10 minutes for indexing.")
    return topic.ok(f"{name} shows it as {row.remote_slug}.")


def _health(place: PlaceFacts, facts: EndpointFacts) -> DiagnosisStep:
    topic, listing = (
        Topic("discovery", "deprioritised", "Health on the marketplace", place.marketplace),
        place.look.listing,
    )
    if listing is not None and listing.active is False:
        said = f"{place.marketplace.name} has switched the listing off: nobody finds it."
        return topic.fail(
            said, "See that dataset and model answer, and that `publicist serve` or a runner reports health."
        )
    if any(not one.ok for one in facts.health.values()):
        said = "Dataset or model do not answer: unhealthy endpoints are shown last, or not at all."
        return topic.fail(said, CAUSES["endpoint_unhealthy"])
    if listing is None:
        return topic.unknown("Without the listing it cannot be told how the marketplace sees it.")
    return topic.ok("It is healthy, and the listing is switched on.")


def _visibility(endpoint: Endpoint) -> DiagnosisStep:
    topic = Topic("discovery", "visibility", "Visibility")
    if endpoint.visibility == "public":
        return topic.ok("It is public.")
    shown = "people with an account" if endpoint.visibility == "internal" else "yourself"
    return topic.warn(
        f"It is {endpoint.visibility}: marketplaces show it to {shown} only.",
        "Set its visibility to public, if you like.",
    )


def _metadata(endpoint: Endpoint) -> DiagnosisStep:
    topic = Topic("discovery", "metadata", "Tags and description")
    thin = [found for found in check_endpoint(endpoint, {}) if found.code in THIN]
    if not thin:
        return topic.ok(
            f"It has a description and {len(endpoint.tags)} {'tag' if len(endpoint.tags) == 1 else 'tags'}."
        )
    return topic.warn(" ".join(one.message for one in thin), " ".join(one.remedy for one in thin))
