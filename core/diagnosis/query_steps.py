"""The guide's *Queries fail after publishing*: policies, rate limits, backends, satellite tokens. Pure."""

from collections.abc import Iterable

from ..errors import CAUSES
from ..moments import to_minute
from ..policies.access import takes_guests
from ..policies.shown import EVERYONE
from ..records import DiagnosisStep, Endpoint, Policy
from .publishing_steps import backends
from .symptoms import EndpointFacts, PlaceFacts, Topic

MANY = 0.2
"""What share of a day's queries may be refused before it looks like a fault in the policies."""

MOST = 0.5
BACKEND_STATUSES = (500, 502, 504)


def query_steps(facts: EndpointFacts) -> Iterable[DiagnosisStep]:
    """Yield the steps in the guide's order; after them a maintenance window and what people reported."""
    yield _access(facts)
    yield _limits(facts)
    yield _payment(facts)
    yield _backend(facts)
    yield from (_issuer(place, facts.endpoint) for place in facts.places if _in_use(place))
    yield _tokens(facts)
    yield _maintenance(facts)
    yield _reports(facts)


def _access(facts: EndpointFacts) -> DiagnosisStep:
    topic = Topic("queries", "access_denied", "Access policies")
    if closed := [one for one in _access_policies(facts.endpoint) if EVERYONE in one.config.get("denied_users", ())]:
        return topic.fail(f"The policy {closed[0].name!r} denies everybody.", "Take * out of its denied_users.")
    if facts.denials is None:
        return _uncounted(topic)
    denied = facts.denials.get("access_denied", 0)
    said = f"{_of(facts, denied)} denied by an access policy."
    remedy = "Try who is let in (`publicist policy try SLUG --email ADDRESS`), and adjust the access policies."
    if denied and denied >= MANY * _total(facts):
        return (topic.fail if denied == _total(facts) else topic.warn)(said, remedy)
    return topic.ok(said)


def _limits(facts: EndpointFacts) -> DiagnosisStep:
    topic = Topic("queries", "rate_limited", "Rate limits")
    remedy = "Raise the limits, or add tiers: a rate limit with `applied_to` for those who may ask more often."
    return _judged(topic, facts, "refused by a rate limit", remedy)


def _payment(facts: EndpointFacts) -> DiagnosisStep:
    topic = Topic("queries", "policy_violation", "Payment and other policies")
    if facts.denials is None:
        return _uncounted(topic)
    unpaid, violated = (facts.denials.get(name, 0) for name in ("payment_required", "policy_violation"))
    if not unpaid and not violated:
        return topic.ok("No query of the last day was refused for want of payment, or by a policy of a plugin.")
    said = f"Of the queries of the last day {unpaid} were not paid for, {violated} refused by other policies."
    return topic.warn(
        said, "See that the price and its `require_payment` are meant, and that the policies' plugins work."
    )


def _backend(facts: EndpointFacts) -> DiagnosisStep:
    step, topic = backends("queries", facts.health), Topic("queries", "endpoint_unhealthy", "Dataset and model")
    failed = sum((facts.statuses or {}).get(status, 0) for status in BACKEND_STATUSES)
    if step.state != "ok" or not failed:
        return step
    said = f"It answers now, but of {_total(facts)} queries of the last day {failed} failed."
    return topic.warn(said, "The log of the space tells why; see that dataset and model can keep up.")


def _issuer(place: PlaceFacts, endpoint: Endpoint) -> DiagnosisStep:
    topic, name = Topic("queries", "tokens", "Satellite tokens", place.marketplace), place.marketplace.name
    if not place.tokens:
        return _guests_only(topic, name, endpoint)
    if place.look.not_asked:
        return topic.unknown(place.look.not_asked)
    if place.issuer_error is not None:
        said = f"The keys by which its tokens are checked cannot be read: {place.issuer_error.message}"
        return topic.fail(said, place.issuer_error.remedy)
    return topic.ok("The keys by which its tokens are checked can be read.")


def _guests_only(topic: Topic, name: str, endpoint: Endpoint) -> DiagnosisStep:
    if takes_guests(endpoint.policies):
        return topic.ok(f"{name} vouches for nobody: its people ask as guests.")
    return topic.warn(
        f"{name} vouches for nobody, so its people ask as guests, and no access policy lets guests in.",
        "Add an access policy with `allow_guests: true`, or withdraw the endpoint from there.",
    )


def _tokens(facts: EndpointFacts) -> DiagnosisStep:
    topic = Topic("queries", "not_authenticated", "Tokens of those who ask")
    remedy = (
        "Who asks needs a token from a marketplace that lists the endpoint. If they have one, verify the "
        "marketplace's connection (`publicist marketplace test NAME`) and this machine's clock."
    )
    return _judged(topic, facts, "refused for want of a token that holds", remedy)


def _maintenance(facts: EndpointFacts) -> DiagnosisStep:
    topic = Topic("queries", "maintenance", "Maintenance")
    if facts.maintenance_until is None:
        return topic.ok("No maintenance window is open.")
    said = f"Queries are turned away until {to_minute(facts.maintenance_until)}: a maintenance window is open."
    return topic.warn(said, "End it when the work is done: `publicist maintenance list`, then `remove`.")


def _reports(facts: EndpointFacts) -> DiagnosisStep:
    topic = Topic("queries", "error_reports", "What people report")
    if not facts.reports:
        return topic.ok("Nobody reported an error in the last week.")
    said = f"{facts.reports} {'error was' if facts.reports == 1 else 'errors were'} reported in the last week."
    return topic.warn(said, f"Read them: `publicist feedback {facts.endpoint.slug} --kind error_report`.")


def _judged(topic: Topic, facts: EndpointFacts, how: str, remedy: str) -> DiagnosisStep:
    """Return what the refusals of the topic's code come to: any are worth a look, a share of MOST is a fault."""
    if facts.denials is None:
        return _uncounted(topic)
    refused = facts.denials.get(topic.code, 0)
    said = f"{_of(facts, refused)} {how}."
    if not refused:
        return topic.ok(said)
    return (topic.fail if refused >= MOST * _total(facts) else topic.warn)(said, remedy)


def _access_policies(endpoint: Endpoint) -> list[Policy]:
    return [policy for policy in endpoint.policies if policy.type == "access"]


def _in_use(place: PlaceFacts) -> bool:
    return place.marketplace.status != "disabled"


def _total(facts: EndpointFacts) -> int:
    return sum((facts.statuses or {}).values())


def _of(facts: EndpointFacts, number: int) -> str:
    total, were = _total(facts), "were" if number > 1 else "was"
    if not number or not total:
        return f"{number or 'No'} {'queries' if number > 1 else 'query'} of the last day {were}"
    return f"{number} of {total} {'query' if total == 1 else 'queries'} of the last day {were}"


def _uncounted(topic: Topic) -> DiagnosisStep:
    return topic.unknown("Queries are not counted, so it cannot be told.", CAUSES["configuration"])
