"""The publishing guide's *Troubleshooting*, walked through on what was seen. Pure: facts in, ordered steps out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..errors import CAUSES
from ..moments import to_minute
from ..records import AddressCheck, Diagnosis, DiagnosisStep, Marketplace
from .discovery_steps import discovery_steps
from .publishing_steps import publishing_steps
from .query_steps import query_steps
from .symptoms import EndpointFacts, Topic

OVERDUE = timedelta(minutes=2)
"""How long work that is due may wait before it looks as if nobody does it."""


def diagnose(facts: EndpointFacts) -> Diagnosis:
    """Return what troubles an endpoint: why it may not get published, why queries may fail, why nobody finds it."""
    steps = [*publishing_steps(facts), *query_steps(facts), *discovery_steps(facts)]
    return Diagnosis(facts.endpoint.slug, facts.now, steps)


def diagnose_space(
    marketplaces: Iterable[Marketplace],
    address: AddressCheck | None,
    due_since: datetime | None,
    now: datetime,
    problems: Iterable[str] = (),
) -> Diagnosis:
    """Return what troubles the space as a whole.

    Args:
        address: who answers at the public URL, None where there is none.
        due_since: since when the oldest work waits, None where nothing does.
        problems: sentences about parts that are configured and do not work.
    """
    steps = [_marketplaces(list(marketplaces)), _runner(due_since, now)]
    if address is not None:
        steps.append(_address(address))
    topic = Topic("space", "configuration", "Configuration")
    return Diagnosis(None, now, [*steps, *(topic.warn(said, CAUSES["configuration"]) for said in problems)])


def _marketplaces(there: list[Marketplace]) -> DiagnosisStep:
    topic = Topic("space", "no_marketplace", "Marketplaces")
    used = [item for item in there if item.status != "disabled"]
    failing = [item for item in used if item.status == "error"]
    if not used:
        return topic.fail("This space is connected to no active marketplace.", "Add one: `publicist marketplace add`.")
    if failing:
        said = " ".join(f"{item.name}: {item.status_reason or 'in error.'}" for item in failing)
        return topic.fail(said, "Test the connection: `publicist marketplace test NAME`.")
    return topic.ok(f"In use: {', '.join(item.name for item in used)}.")


def _runner(due_since: datetime | None, now: datetime) -> DiagnosisStep:
    topic = Topic("space", "runner", "Work in the background")
    if due_since is None or now - due_since < OVERDUE:
        return topic.ok("Nothing waits that is due.")
    said = f"Work is due since {to_minute(due_since)}, and nobody does it."
    return topic.fail(said, "Run `publicist serve`, or `publicist runner` beside `serve --no-runner`.")


def _address(address: AddressCheck) -> DiagnosisStep:
    topic = Topic("space", "network_unreachable", "Public URL")
    if address.status == "reachable":
        return topic.ok(address.message)
    return (topic.fail if address.status == "another_service" else topic.warn)(address.message, address.remedy)
