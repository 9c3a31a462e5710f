"""The guide's *Publication fails*: slug, network, authentication, and the endpoint's own health. Pure."""

from collections.abc import Iterable, Mapping

from ..errors import CAUSES, AuthenticationFailed, NotSupported, RateLimited
from ..records import AddressCheck, BackendHealth, DiagnosisStep, ErrorInfo, Marketplace
from ..space.network import is_local
from .symptoms import EndpointFacts, PlaceFacts, Topic


def publishing_steps(facts: EndpointFacts) -> Iterable[DiagnosisStep]:
    """Yield the steps, marketplace by marketplace, then what concerns the endpoint itself."""
    for place in facts.places:
        if place.marketplace.status == "disabled":
            yield _disabled(place.marketplace)
            continue
        yield _slug(place, facts.endpoint.slug)
        yield _network(place, facts.address)
        yield _answers(place)
        yield _authentication(place)
    yield backends("publishing", facts.health)


def backends(part: str, health: Mapping[str, BackendHealth]) -> DiagnosisStep:
    """Return how dataset and model were found just now."""
    topic = Topic("queries" if part == "queries" else "publishing", "endpoint_unhealthy", "Dataset and model")
    if not health:
        return topic.fail("The endpoint has neither a dataset nor a model.", "Configure what answers its queries.")
    said = " ".join(f"The {side} {'answers' if one.ok else 'fails'}: {one.message}" for side, one in health.items())
    if all(one.ok for one in health.values()):
        return topic.ok(said)
    return topic.fail(said, CAUSES["endpoint_unhealthy"])


def _disabled(marketplace: Marketplace) -> DiagnosisStep:
    topic = Topic("publishing", "marketplace_disabled", "Marketplace in use", marketplace)
    return topic.warn(f"{marketplace.name} is disabled.", CAUSES["marketplace_disabled"])


def _slug(place: PlaceFacts, slug: str) -> DiagnosisStep:
    topic, row, said = Topic("publishing", "slug_conflict", "Slug", place.marketplace), place.row, place.availability
    if error := _failure(place, "slug_conflict"):
        return topic.fail(error.message, error.remedy)
    if row is not None and row.remote_id is not None:
        return topic.ok(f"This endpoint holds {row.remote_slug} there.")
    if said is None:
        return topic.unknown("Whether it is free was not asked.")
    if said.available is None:
        return topic.unknown(said.reason)
    return topic.ok(f"{slug} is free there.") if said.available else topic.fail(said.reason, CAUSES["slug_conflict"])


def _network(place: PlaceFacts, address: AddressCheck | None) -> DiagnosisStep:
    topic, reach = Topic("publishing", "network_unreachable", "Network", place.marketplace), place.reach
    remedy = reach.remedy or CAUSES["network_unreachable"]
    if not reach.ok:
        return topic.fail(reach.message or "The marketplace cannot reach this space.", remedy)
    if error := _failure(place, "network_unreachable"):
        return topic.fail(error.message, error.remedy)
    afar = not is_local(place.marketplace.url)
    if afar and address is not None and address.status == "another_service":
        return topic.fail(address.message, address.remedy)
    if reach.warning:
        return topic.warn(reach.warning, remedy)
    if afar and address is not None and address.status == "not_reachable":
        return topic.warn(address.message, address.remedy)
    return topic.ok("It has an address at which it can reach this space.")


def _answers(place: PlaceFacts) -> DiagnosisStep:
    topic = Topic("publishing", "marketplace_unavailable", "Marketplace answers", place.marketplace)
    look, error = place.look, place.look.error
    if look.not_asked:
        return topic.unknown(look.not_asked)
    if error is None or isinstance(error, AuthenticationFailed):
        return topic.ok("It answers.")
    if isinstance(error, NotSupported):
        return topic.unknown(error.message, error.remedy)
    return (topic.warn if isinstance(error, RateLimited) else topic.fail)(error.message, error.remedy)


def _authentication(place: PlaceFacts) -> DiagnosisStep:
    topic, held = Topic("publishing", "authentication_failed", "Authentication", place.marketplace), place.marketplace
    if isinstance(place.look.error, AuthenticationFailed):
        return topic.fail(place.look.error.message, place.look.error.remedy)
    if place.look.answered:
        return topic.ok(f"It knows this space as {held.account}." if held.account else "It takes the credentials.")
    if held.status == "error" and held.status_cause == "authentication_failed":
        return topic.fail(held.status_reason or "The credentials were refused.", CAUSES["authentication_failed"])
    return topic.unknown("It gave no answer by which the credentials could be judged.")


def _failure(place: PlaceFacts, cause: str) -> ErrorInfo | None:
    """Return the publication's last error, if it is of that cause and stands."""
    row = place.row
    return row.error if row is not None and row.error is not None and row.error.cause == cause else None
