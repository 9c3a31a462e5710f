"""The guide's *Troubleshooting*, on facts made up: each cause by itself, and the order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.diagnosis.diagnosis import diagnose, diagnose_space
from publicist.core.diagnosis.symptoms import EndpointFacts, Look, PlaceFacts
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, NotSupported, RateLimited
from publicist.core.records import (
    AddressCheck,
    Availability,
    BackendHealth,
    Diagnosis,
    DiagnosisStep,
    Endpoint,
    ErrorInfo,
    Policy,
    Publication,
    RemoteListing,
)
from publicist.core.space.network import Reach

from ...clock import START
from ..store.test_store import endpoint, marketplace

HUB = marketplace(url="https://hub.example")
LONG = "Answers from open papers on methods and their limits, with the sources it used."
ROW = Publication(
    "p-1", "e-1", HUB.id, "listed", 1, "published", remote_id="r-1", remote_slug="research-qa",
    published_at=START - timedelta(days=1),
)  # fmt: skip
LISTING = RemoteListing("r-1", "research-qa", {}, active=True)
OK = BackendHealth(ok=True, message="It answers.")
BAD = BackendHealth(ok=False, message="No connection.")
ELSEWHERE = AddressCheck("https://space.example", "another_service", "Something else answers.", "Correct it.", START)
SILENT = replace(ELSEWHERE, status="not_reachable", message="Nothing answers.")


def place(**fields: Any) -> PlaceFacts:
    return PlaceFacts(**{"marketplace": HUB, "row": ROW, "reach": Reach(ok=True), "look": Look(LISTING), **fields})


def facts(*places: PlaceFacts, **fields: Any) -> EndpointFacts:
    held: dict[str, Any] = {
        "endpoint": described(),
        "now": START,
        "health": {"dataset": OK},
        "places": places or [place(tokens=True)],
        "denials": {},
        "statuses": {200: 10},
        **fields,
    }
    return EndpointFacts(**held)


def described(**fields: Any) -> Endpoint:
    return endpoint(**{"description": LONG, "policies": (), **fields})


def step(found: Diagnosis, code: str, part: str | None = None) -> DiagnosisStep:
    """Return the one step of that code, in that part."""
    (one,) = [each for each in found.steps if each.code == code and part in (None, each.part)]
    return one


def state(code: str, seen: EndpointFacts, part: str | None = None) -> str:
    return step(diagnose(seen), code, part).state


def failed(cause: str) -> Publication:
    return replace(
        ROW, remote_id=None, status="failed", gave_up=True, error=ErrorInfo(cause, "It went wrong.", "Do it.")
    )


def test_where_all_is_well_every_step_says_so_in_the_guide_s_order() -> None:
    found = diagnose(facts())
    assert {each.state for each in found.steps} == {"ok"}
    assert [each.code for each in found.steps] == [
        *("slug_conflict", "network_unreachable", "marketplace_unavailable", "authentication_failed"),
        "endpoint_unhealthy",
        *("access_denied", "rate_limited", "policy_violation", "endpoint_unhealthy", "tokens", "not_authenticated"),
        *("maintenance", "error_reports"),
        *("not_published", "not_found", "deprioritised", "visibility", "metadata"),
    ]
    assert [each.part for each in found.steps] == ["publishing"] * 5 + ["queries"] * 8 + ["discovery"] * 5
    assert all(each.seen and not each.remedy for each in found.steps)
    assert found.state == "ok"


def test_each_marketplace_has_its_own_steps() -> None:
    other = marketplace("Other", url="https://other.example")
    found = diagnose(facts(place(), place(marketplace=other, row=replace(ROW, marketplace_id=other.id))))
    slugs = [each for each in found.steps if each.code == "slug_conflict"]
    assert [(each.marketplace_id, each.marketplace_name) for each in slugs] == [
        (HUB.id, "Hub"),
        (other.id, "Other"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"row": None, "availability": Availability(True, "Free.")}, "ok"),
        ({"row": None, "availability": Availability(False, "Taken by somebody.")}, "fail"),
        ({"row": None, "availability": Availability(None, "It does not tell.")}, "unknown"),
        ({"row": None}, "unknown"),
        ({"row": failed("slug_conflict"), "availability": Availability(True, "Free.")}, "fail"),
        ({"row": failed("validation"), "availability": Availability(True, "Free.")}, "ok"),
        ({}, "ok"),
    ],
)
def test_slug_conflict(fields: dict[str, Any], expected: str) -> None:
    assert state("slug_conflict", facts(place(**fields))) == expected


BLOCKED = Reach(ok=False, cause="network_unreachable", message="No public address.", remedy="Enter one.")
NEAR = marketplace(url="http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("fields", "address", "expected"),
    [
        ({"reach": BLOCKED}, None, "fail"),
        ({"row": failed("network_unreachable")}, None, "fail"),
        ({"reach": Reach(ok=True, warning="No tunnel runs.")}, None, "warn"),
        ({}, ELSEWHERE, "fail"),
        ({}, SILENT, "warn"),
        ({}, replace(ELSEWHERE, status="reachable"), "ok"),
        ({"marketplace": NEAR}, ELSEWHERE, "ok"),
    ],
)
def test_network_unreachable(fields: dict[str, Any], address: AddressCheck | None, expected: str) -> None:
    assert state("network_unreachable", facts(place(**fields), address=address)) == expected


@pytest.mark.parametrize(
    ("look", "answers", "authentication"),
    [
        (Look(None), "ok", "ok"),
        (Look(error=AuthenticationFailed("Refused.")), "ok", "fail"),
        (Look(error=MarketplaceUnavailable("No connection.")), "fail", "unknown"),
        (Look(error=RateLimited("Slow down.")), "warn", "unknown"),
        (Look(error=NotSupported("There is no such hook.")), "unknown", "unknown"),
        (Look(not_asked="It asked to be left alone."), "unknown", "unknown"),
    ],
)
def test_whether_the_marketplace_answers_and_knows_us(look: Look, answers: str, authentication: str) -> None:
    seen = facts(place(look=look))
    assert (state("marketplace_unavailable", seen), state("authentication_failed", seen)) == (answers, authentication)


def test_credentials_that_were_refused_before_still_count_where_it_is_not_asked() -> None:
    refused = replace(HUB, status="error", status_cause="authentication_failed", status_reason="The key is wrong.")
    found = diagnose(facts(place(marketplace=refused, look=Look(not_asked="It asked to be left alone."))))
    assert step(found, "authentication_failed").seen == "The key is wrong."
    assert step(found, "authentication_failed").state == "fail"


def test_a_disabled_marketplace_is_said_to_be_and_no_more() -> None:
    found = diagnose(facts(place(marketplace=replace(HUB, status="disabled"), row=None)))
    assert [each.code for each in found.steps if each.marketplace_id][:1] == ["marketplace_disabled"]
    assert step(found, "marketplace_disabled").state == "warn"
    assert "slug_conflict" not in {each.code for each in found.steps}


@pytest.mark.parametrize(
    ("health", "expected"),
    [({}, "fail"), ({"dataset": OK}, "ok"), ({"dataset": OK, "model": BAD}, "fail")],
)
def test_endpoint_unhealthy(health: dict[str, BackendHealth], expected: str) -> None:
    seen = facts(health=health)
    assert [state("endpoint_unhealthy", seen, part) for part in ("publishing", "queries")] == [expected, expected]


@pytest.mark.parametrize(
    ("code", "denials", "statuses", "expected"),
    [
        ("access_denied", {"access_denied": 1}, {200: 9, 403: 1}, "ok"),
        ("access_denied", {"access_denied": 2}, {200: 8, 403: 2}, "warn"),
        ("access_denied", {"access_denied": 4}, {403: 4}, "fail"),
        ("rate_limited", {"rate_limited": 1}, {200: 99, 429: 1}, "warn"),
        ("rate_limited", {"rate_limited": 5}, {200: 5, 429: 5}, "fail"),
        ("policy_violation", {"payment_required": 1}, {200: 9, 402: 1}, "warn"),
        ("policy_violation", {"policy_violation": 1}, {200: 9, 403: 1}, "warn"),
        ("not_authenticated", {"not_authenticated": 1}, {200: 9, 401: 1}, "warn"),
        ("not_authenticated", {"not_authenticated": 9}, {200: 1, 401: 9}, "fail"),
        ("endpoint_unhealthy", {}, {200: 9, 502: 1}, "warn"),
        ("endpoint_unhealthy", {}, {200: 9, 503: 1}, "ok"),
    ],
)
def test_what_a_day_s_queries_tell(code: str, denials: dict[str, int], statuses: dict[int, int], expected: str) -> None:
    assert state(code, facts(denials=denials, statuses=statuses), "queries") == expected


def test_where_nobody_counts_queries_it_is_not_known() -> None:
    seen = facts(denials=None, statuses=None)
    codes = ("access_denied", "rate_limited", "policy_violation", "not_authenticated")
    assert {state(code, seen) for code in codes} == {"unknown"}


def test_a_policy_that_denies_everybody_is_found_without_a_query() -> None:
    closed = described(policies=(Policy("Closed", "access", {"denied_users": ["*"]}),))
    found = step(diagnose(facts(endpoint=closed, denials=None)), "access_denied")
    assert (found.state, "'Closed'" in found.seen) == ("fail", True)


@pytest.mark.parametrize(
    ("fields", "policies", "expected"),
    [
        ({"tokens": True, "issuer_error": MarketplaceUnavailable("No keys.")}, (), "fail"),
        ({"tokens": True, "look": Look(not_asked="It is left alone.")}, (), "unknown"),
        ({"tokens": False}, (), "warn"),
        ({"tokens": False}, (Policy("a", "access", {"allow_guests": True}),), "ok"),
        ({"tokens": False}, (Policy("a", "access", {"allow_guests": False}),), "warn"),
    ],
)
def test_satellite_tokens(fields: dict[str, Any], policies: tuple[Policy, ...], expected: str) -> None:
    assert state("tokens", facts(place(**fields), endpoint=described(policies=policies))) == expected


def test_an_open_maintenance_window_and_reports_are_told() -> None:
    found = diagnose(facts(maintenance_until=START + timedelta(hours=1), reports=2))
    assert "2026-03-01 13:00" in step(found, "maintenance").seen
    assert step(found, "maintenance").state == "warn"
    assert "2 errors were reported" in step(found, "error_reports").seen
    assert "publicist feedback research-qa" in step(found, "error_reports").remedy


FRESH = replace(ROW, published_at=START - timedelta(minutes=3))
OFF = RemoteListing("r-1", "research-qa", {}, active=False)
WAITS = replace(ROW, remote_id=None, status="pending")


@pytest.mark.parametrize(
    ("fields", "code", "expected"),
    [
        ({"row": failed("validation")}, "not_published", "fail"),
        ({"row": WAITS}, "not_published", "warn"),
        ({"row": replace(WAITS, error=ErrorInfo("rate_limited", "Slow down.", "Wait."))}, "not_published", "warn"),
        ({"row": replace(ROW, wanted="absent")}, "not_published", "warn"),
        ({"row": None}, "not_published", "warn"),
        ({"row": FRESH}, "not_found", "warn"),
        ({"look": Look(None)}, "not_found", "fail"),
        ({"look": Look(error=MarketplaceUnavailable("No."))}, "not_found", "unknown"),
        ({"look": Look(OFF)}, "deprioritised", "fail"),
        ({"look": Look(None)}, "deprioritised", "unknown"),
    ],
)
def test_what_keeps_people_from_finding_it(fields: dict[str, Any], code: str, expected: str) -> None:
    assert state(code, facts(place(**fields))) == expected


def test_an_unhealthy_endpoint_is_shown_last() -> None:
    assert state("deprioritised", facts(health={"dataset": BAD})) == "fail"


@pytest.mark.parametrize(
    ("fields", "code", "expected"),
    [
        ({"tags": ()}, "metadata", "warn"),
        ({"description": "Short.", "summary": ""}, "metadata", "warn"),
        ({"visibility": "private"}, "visibility", "warn"),
        ({"visibility": "internal"}, "visibility", "warn"),
    ],
)
def test_thin_metadata_and_visibility(fields: dict[str, Any], code: str, expected: str) -> None:
    found = step(diagnose(facts(endpoint=described(**fields))), code)
    assert (found.state, bool(found.remedy)) == (expected, True)


errors = st.sampled_from([AuthenticationFailed("No."), MarketplaceUnavailable("No."), NotSupported("No."), None])
looks = st.builds(Look, st.sampled_from([None, LISTING, OFF]), errors, st.sampled_from(["", "It was left alone."]))
rows = st.sampled_from([None, ROW, FRESH, WAITS, failed("slug_conflict"), replace(ROW, wanted="absent")])
places = st.builds(
    PlaceFacts,
    st.sampled_from([HUB, NEAR, replace(HUB, status="disabled")]),
    rows,
    st.sampled_from([Reach(ok=True), BLOCKED, Reach(ok=True, warning="No tunnel.")]),
    looks,
    st.sampled_from([None, Availability(True, "Free."), Availability(False, "Taken."), Availability(None, "?")]),
    st.booleans(),
    errors,
)


@given(
    st.lists(places, max_size=3),
    st.dictionaries(st.sampled_from(["dataset", "model"]), st.sampled_from([OK, BAD])),
    st.none()
    | st.dictionaries(st.sampled_from(["access_denied", "rate_limited", "not_authenticated"]), st.integers(0, 9)),
    st.none() | st.dictionaries(st.sampled_from([200, 401, 403, 429, 500]), st.integers(0, 9)),
)
def test_whatever_was_seen_every_step_says_what_and_each_fault_what_to_do(
    there: list[PlaceFacts], health: dict[str, BackendHealth], denials: Any, statuses: Any
) -> None:
    found = diagnose(EndpointFacts(described(), START, health, there, None, denials, statuses))
    assert all(each.seen and each.title and each.code for each in found.steps)
    assert all(each.remedy for each in found.steps if each.state in ("fail", "warn"))
    parts = [each.part for each in found.steps]
    assert parts == sorted(parts, key=["publishing", "queries", "discovery"].index)
    told = {(each.part, each.code) for each in found.steps if each.marketplace_id is None}
    assert len(told) == sum(each.marketplace_id is None for each in found.steps)


@pytest.mark.parametrize(
    ("there", "code", "expected"),
    [
        ([HUB], "no_marketplace", "ok"),
        ([], "no_marketplace", "fail"),
        ([replace(HUB, status="disabled")], "no_marketplace", "fail"),
        ([replace(HUB, status="error", status_reason="No.")], "no_marketplace", "fail"),
    ],
)
def test_the_space_s_marketplaces(there: list[Any], code: str, expected: str) -> None:
    assert step(diagnose_space(there, None, None, START), code).state == expected


@pytest.mark.parametrize(("waiting", "expected"), [(None, "ok"), (1, "ok"), (3, "fail"), (-30, "ok")])
def test_work_that_waits_for_too_long_shows_that_nobody_does_it(waiting: int | None, expected: str) -> None:
    since = None if waiting is None else START - timedelta(minutes=waiting)
    assert step(diagnose_space([HUB], None, since, START), "runner").state == expected


def test_the_space_s_address_and_what_is_configured_wrong() -> None:
    found = diagnose_space([HUB], ELSEWHERE, None, START, ["The file of countries cannot be read."])
    assert step(found, "network_unreachable").state == "fail"
    assert step(found, "configuration").seen == "The file of countries cannot be read."
    assert (found.slug, found.state) == (None, "fail")
    assert step(diagnose_space([HUB], SILENT, None, START), "network_unreachable").state == "warn"
