"""Feedback in a whole space: taken in for listed endpoints, fetched in turns, and reports of errors looked into."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from publicist.core.errors import NotFound
from publicist.core.queries.refusals import QueryRefused
from publicist.core.records import Feedback
from publicist.core.running.runner import Runner
from publicist.core.schemas import load_feedback
from publicist.core.services import Services
from publicist.core.usage.feedback_sorting import sorted_in
from pytest_httpserver import HTTPServer

from ...clock import START, Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish, unpublish
from ..running.test_runner import until

Start = Callable[..., Counterpart]
SLUG = "research-qa"


@pytest.fixture
def there(services: Services, catalogues: Start) -> Counterpart:
    """A catalogue on which an endpoint is listed."""
    counterpart = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", counterpart.url, test=True)
    publish(services)
    return counterpart


def give(services: Services, address: str = "192.0.2.1", **fields: Any) -> Feedback:
    said = load_feedback({"kind": "comment", "text": "Good.", **fields})
    return services.feedback.add(SLUG, said, address)


def say(counterpart: Counterpart, number: int = 1, **fields: Any) -> None:
    given = {"slug": SLUG, "at": "2026-03-01T10:00:00Z", "kind": "rating", "rating": 5, "text": "Quick.", "author": "G"}
    with counterpart.catalogue.lock:
        counterpart.catalogue.feedback.append({"id": f"feedback-{number}", **given, **fields})


def asked(counterpart: Counterpart) -> list[str]:
    """Return from when on the catalogue was asked, each time."""
    return [seen.query["since"] for seen in counterpart.requests if seen.path == "/feedback"]


def items(services: Services) -> list[Feedback]:
    return list(services.feedback.page(SLUG).items)


@pytest.mark.usefixtures("there")
def test_what_is_said_of_a_listed_endpoint_is_shown_to_its_owner(services: Services, clock: Clock) -> None:
    given = give(services, kind="rating", rating=4, text="", author="Ada")
    assert items(services) == [given]
    assert (given.at, given.marketplace_id, given.author) == (clock.now, "", "Ada")
    assert services.feedback.summary(SLUG).average == 4.0


def test_an_endpoint_that_is_listed_nowhere_takes_none(services: Services, there: Counterpart) -> None:
    unpublish(services)
    with pytest.raises(NotFound):
        give(services)
    add_endpoint(services, slug="a-draft")
    with pytest.raises(NotFound):
        services.feedback.open_to_all("a-draft")
    assert there.listings == {}


@pytest.mark.usefixtures("there")
def test_little_is_taken_from_one_address(services: Services) -> None:
    for _ in range(5):
        give(services)
    with pytest.raises(QueryRefused) as caught:
        give(services)
    assert (caught.value.status, caught.value.cause_code) == (429, "busy")
    assert caught.value.retry_after
    assert 0 < caught.value.retry_after <= 600
    give(services, "192.0.2.2")
    assert len(items(services)) == 6


def test_a_marketplace_s_feedback_is_fetched_once_however_often_it_is_told(
    services: Services, there: Counterpart, clock: Clock
) -> None:
    say(there, 1)
    say(there, 2, slug="of-somebody-else")
    assert services.feedback.fetch_round() == 1
    clock.move(minutes=5)
    say(there, 3, kind="question", rating=None, at="2026-03-01T11:00:00Z")
    assert services.feedback.fetch_round() == 1
    assert [(item.kind, item.remote_id) for item in items(services)] == [
        ("comment", "feedback-3"),
        ("rating", "feedback-1"),
    ]
    assert asked(there) == ["1970-01-01T00:00:00Z", "2026-02-28T10:00:00Z"]


def test_a_marketplace_is_asked_when_its_turn_comes_and_not_before(
    services: Services, there: Counterpart, clock: Clock
) -> None:
    for _ in range(3):
        services.feedback.fetch_round()
    assert len(asked(there)) == 1
    clock.move(minutes=5)
    services.feedback.fetch_round()
    assert len(asked(there)) == 2
    clock.move(days=-30)  # a clock that is set back freezes nothing
    services.feedback.fetch_round()
    assert len(asked(there)) == 3


def test_only_marketplaces_that_offer_it_and_hold_a_listing_are_asked(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    without, empty, off = catalogues(features={"health": True}), catalogues(), catalogues()
    add_endpoint(services)
    for name, counterpart in (("Without", without), ("Empty", empty), ("Off", off)):
        add_marketplace(services, name, counterpart.url, test=True)
    publish(services, marketplace_ids=[services.marketplaces.get(name).id for name in ("Without", "Off")])
    services.marketplaces.disable("Off")
    services.feedback.fetch_round()
    assert [asked(each) for each in (without, empty, off)] == [[], [], []]
    services.marketplaces.enable("Off")
    clock.move(minutes=5)
    services.feedback.fetch_round()
    assert len(asked(off)) == 1


def test_a_marketplace_that_fails_delays_no_other_and_stays_active(
    services: Services, there: Counterpart, catalogues: Start, caplog: pytest.LogCaptureFixture
) -> None:
    other = catalogues()
    add_marketplace(services, "Other", other.url, test=True)
    publish(services)
    there.faults.add("html", path="/feedback")
    say(other)
    assert services.feedback.fetch_round() == 1
    assert "The feedback on Hub could not be read" in caplog.text
    assert services.marketplaces.get("Hub").status == "active"


def test_a_marketplace_that_asks_for_a_pause_gets_it(services: Services, there: Counterpart, clock: Clock) -> None:
    there.faults.add("problem", status=429, path="/feedback", headers={"Retry-After": "1200"})
    services.feedback.fetch_round()
    clock.move(minutes=10)
    services.feedback.fetch_round()
    assert len(asked(there)) == 1
    clock.move(minutes=15)
    services.feedback.fetch_round()
    assert len(asked(there)) == 2


@pytest.mark.usefixtures("there")
def test_an_error_that_is_reported_has_the_endpoint_tried(services: Services, clock: Clock) -> None:
    give(services, kind="error_report", text="No answer.")
    give(services, text="Good.")
    assert services.feedback.look_into_reports() == 1
    report, other = sorted(items(services), key=lambda item: item.kind != "error_report")
    assert report.checked_at == clock.now
    assert report.finding.startswith("offline: dataset, query: ")
    assert (other.checked_at, other.finding) == (None, "")
    assert services.feedback.look_into_reports() == 0


@pytest.mark.usefixtures("there")
def test_many_reports_have_it_tried_once_a_minute(services: Services, clock: Clock, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/health").respond_with_data("fine")
    services.endpoints.edit(
        SLUG,
        {"dataset": add_endpoint(services, slug="other-one", url=httpserver.url_for("/health")).dataset},
    )
    tried = []
    for number in range(10):
        give(services, f"192.0.2.{number}", kind="error_report", text="No answer.")
        clock.move(seconds=15)
        tried.append(services.feedback.look_into_reports())
    assert sum(tried) == 3
    clock.move(minutes=1)
    services.feedback.look_into_reports()
    assert all(item.checked_at and item.finding.startswith("healthy") for item in items(services))


def test_the_runner_fetches_and_looks_into_what_was_reported(services: Services, there: Counterpart) -> None:
    say(there, kind="error_report", rating=None, text="It times out.")
    runner = Runner(services)
    runner.start()
    try:
        until(lambda: [bool(item.checked_at) for item in items(services)] == [True])
        until(lambda: SLUG in there.catalogue.health)
    finally:
        runner.stop()


def test_feedback_goes_with_its_endpoint(services: Services, there: Counterpart) -> None:
    endpoint = services.endpoints.get(SLUG)
    give(services)
    assert services.publisher.delete(SLUG, unpublish=True, wait=10)
    assert services.feedback.prune() == 1
    with services.store.session():
        assert services.store.feedback.page(endpoint.id, 1, 1).total == 0
    assert there.listings == {}


def remote(**fields: Any) -> Feedback:
    given = {"kind": "rating", "rating": 5, "text": "Quick.", "author": "Grace", "at": START, **fields}
    return Feedback(**{"id": "", "endpoint_id": "e-1", "marketplace_id": "?", "remote_id": "r-1", **given})


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"marketplace_id": "another"}, {"marketplace_id": "m-1"}),
        ({"kind": "praise"}, {"kind": "comment"}),
        ({"kind": None}, {"kind": "comment"}),
        ({"rating": 17}, {"rating": None}),
        ({"text": "a\0b\x1b[2J\r\nc"}, {"text": "ab[2J\nc"}),
        ({"text": "x" * 9_000}, {"text": "x" * 2_000}),
        ({"text": None}, {"text": ""}),
        ({"author": "Ada\u202e\nL"}, {"author": "AdaL"}),
        ({"at": START + timedelta(days=400)}, {"at": START}),
        ({"checked_at": START, "finding": "made up"}, {"checked_at": None, "finding": ""}),
    ],
)
def test_what_a_marketplace_gives_is_made_fit(fields: dict[str, Any], kept: dict[str, Any]) -> None:
    (found,) = sorted_in([remote(**fields)], "m-1", {"listing-1": "e-1"}, START)
    assert {name: getattr(found, name) for name in kept} == kept


@pytest.mark.parametrize("fields", [{"endpoint_id": "e-2"}, {"remote_id": ""}, {"at": START.replace(tzinfo=None)}])
def test_what_is_of_nobody_or_of_no_time_is_left_out(fields: dict[str, Any]) -> None:
    assert sorted_in([remote(**fields)], "m-1", {"listing-1": "e-1"}, START) == []


def test_the_same_is_kept_once() -> None:
    found = sorted_in([remote(), remote(text="Again."), remote(remote_id="r-2")], "m-1", {"listing-1": "e-1"}, START)
    assert [(item.remote_id, item.text) for item in found] == [("r-1", "Again."), ("r-2", "Quick.")]
    assert len({item.id for item in found}) == 2
