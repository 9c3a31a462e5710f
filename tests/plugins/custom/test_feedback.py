"""Reading what people said of our listings in a `rest-v1` catalogue."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.records import Feedback
from publicist.plugins import custom

from .conftest import Connection
from .counterpart import Counterpart
from .faults import Seen

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def say(counterpart: Counterpart, number: int = 1, **fields: Any) -> None:
    given = {"slug": "one", "at": "2026-03-01T12:30:00Z", "kind": "rating", "rating": 5, "text": "Quick.", "author": ""}
    with counterpart.catalogue.lock:
        counterpart.catalogue.feedback.append({"id": f"feedback-{number}", **given, **fields})


def fetch(hub: Connection, listed: dict[str, str], since: datetime | None = None) -> list[Feedback]:
    return list(custom.fetch_feedback(hub.marketplace, listed, since, hub.call()))


def test_feedback_comes_with_the_endpoint_it_is_about(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    say(counterpart, author="Grace", at="2026-03-01T15:30:00+03:00")
    assert fetch(hub, {listing: "e-1"}) == [
        Feedback("", "e-1", "m-1", "feedback-1", "rating", 5, "Quick.", "Grace", AT),
    ]


def test_a_catalogue_is_asked_from_the_given_time_on(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    say(counterpart, 1)
    say(counterpart, 2, at="2026-03-02T12:30:00Z")
    nairobi = datetime(2026, 3, 2, 3, 0, tzinfo=timezone(timedelta(hours=3)))
    assert [item.remote_id for item in fetch(hub, {listing: "e-1"}, nairobi)] == ["feedback-2"]
    asked = next(seen for seen in counterpart.requests if seen.path == "/feedback")
    assert asked.query["since"] == "2026-03-02T00:00:00Z"


def test_without_a_time_everything_is_asked_for(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    say(counterpart, at="1999-01-01T00:00:00Z")
    assert len(fetch(hub, {listing: "e-1"})) == 1


def test_every_page_is_read(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    for number in range(250):
        say(counterpart, number)
    assert [item.remote_id for item in fetch(hub, {listing: "e-1"})] == [f"feedback-{number}" for number in range(250)]


def test_what_is_of_no_listing_of_ours_is_left_out(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    counterpart.insert("theirs", account="grace")
    counterpart.insert("adopted-by-nobody", account="ada")
    for number, slug in enumerate(["theirs", "adopted-by-nobody", "long-gone", "one"]):
        say(counterpart, number, slug=slug)
    assert [item.remote_id for item in fetch(hub, {listing: "e-1"})] == ["feedback-3"]


def test_no_listing_is_read_where_nothing_was_said(hub: Connection, counterpart: Counterpart) -> None:
    assert fetch(hub, {"listing-1": "e-1"}) == []
    assert [seen.path for seen in counterpart.requests] == ["/feedback"]


def test_a_kind_of_a_later_version_is_passed_on(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    say(counterpart, kind="question", rating=None)
    assert [(item.kind, item.rating) for item in fetch(hub, {listing: "e-1"})] == [("question", None)]


ITEM = {"id": "f-1", "slug": "one", "at": "2026-03-01T12:30:00Z", "kind": "comment"}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"items": [], "total": "0", "revision": "1"},
        {"items": [{**ITEM, "id": "no id"}], "total": 1, "revision": "1"},
        {"items": [{**ITEM, "at": "2026-03-01T12:30:00"}], "total": 1, "revision": "1"},
        {"items": [{**ITEM, "rating": 6}], "total": 1, "revision": "1"},
        {"items": [{**ITEM, "rating": True}], "total": 1, "revision": "1"},
        {"items": [{**ITEM, "text": ["a"]}], "total": 1, "revision": "1"},
        {"items": [], "total": 7, "revision": "1"},
    ],
)
def test_an_answer_of_another_shape_is_a_failed_read(hub: Connection, counterpart: Counterpart, answer: Any) -> None:
    counterpart.faults.add("wrong_shape", path="/feedback", body=answer)
    with pytest.raises(MarketplaceUnavailable):
        fetch(hub, {"listing-1": "e-1"})


def test_feedback_that_arrives_while_pages_are_read_does_no_harm(hub: Connection, counterpart: Counterpart) -> None:
    listing = counterpart.insert("one", account="ada")
    for number in range(150):
        say(counterpart, number)

    def meanwhile(seen: Seen) -> None:
        if seen.query["page"] == "2":
            say(counterpart, 150)

    counterpart.faults.add("meanwhile", path="/feedback", action=meanwhile)
    assert len(fetch(hub, {listing: "e-1"})) == 151


def test_connecting_finds_out_whether_there_is_feedback(hub: Connection) -> None:
    found = custom.connect(hub.marketplace, hub.call()).capabilities
    assert found is not None
    assert found.feedback
