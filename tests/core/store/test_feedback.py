"""Feedback in the store, on both databases: each once, newest first, and what is old or without an endpoint dropped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from publicist.core.records import Feedback
from publicist.core.store import Store

from ...clock import START
from .test_store import endpoint

MINUTE = timedelta(minutes=1)


def said(endpoint_id: str, remote_id: str = "", **fields: Any) -> Feedback:
    given = Feedback(
        id=str(uuid4()),
        endpoint_id=endpoint_id,
        marketplace_id="m-1" if remote_id else "",
        remote_id=remote_id,
        kind="comment",
        rating=None,
        text="Good, \N{SNOWMAN} says so.",
        author="Ada",
        at=START,
    )
    return replace(given, **fields)


def test_it_comes_back_newest_first_and_by_kind(store: Store) -> None:
    old, new = said("e-1"), said("e-1", kind="rating", rating=4, at=START + MINUTE)
    for item in (old, new, said("e-2")):
        store.feedback.add(item)
    page = store.feedback.page("e-1", 1, 50)
    assert (page.items, page.total) == ([new, old], 2)
    assert store.feedback.page("e-1", 2, 1).items == [old]
    assert store.feedback.page("e-1", 1, 50, "rating").items == [new]


def test_the_numbers_count_kinds_and_stars(store: Store) -> None:
    for rating in (5, 5, 2, None):
        store.feedback.add(said("e-1", rating=rating))
    store.feedback.add(said("e-1", kind="rating", rating=4))
    store.feedback.add(said("e-2", rating=1))
    summary = store.feedback.summary("e-1")
    assert (summary.kinds, summary.ratings) == ({"comment": 4, "rating": 1}, {5: 2, 2: 1, 4: 1})
    assert summary.average == 4.0


def test_what_a_marketplace_tells_again_is_not_stored_again(store: Store) -> None:
    first = said("e-1", "r-1")
    with store.write():
        assert store.feedback.add_fetched("m-1", [first]) == 1
    with store.write():
        again, other = said("e-1", "r-1", text="Changed."), said("e-1", "r-2", at=START + MINUTE)
        assert store.feedback.add_fetched("m-1", [again, other]) == 1
    assert [item.text for item in store.feedback.page("e-1", 1, 50).items] == [other.text, first.text]
    assert store.feedback.newest("m-1") == START + MINUTE
    assert store.feedback.newest("m-2") is None


def test_two_marketplaces_may_use_one_id(store: Store) -> None:
    with store.write():
        store.feedback.add_fetched("m-1", [said("e-1", "r-1")])
        assert store.feedback.add_fetched("m-2", [said("e-1", "r-1", marketplace_id="m-2")]) == 1
    assert store.feedback.page("e-1", 1, 50).total == 2


def test_an_error_that_was_reported_stays_open_until_it_is_looked_into(store: Store) -> None:
    report = said("e-1", kind="error_report")
    later = said("e-1", kind="error_report", at=START + 3 * MINUTE)
    for item in (report, later, said("e-2")):
        store.feedback.add(item)
    assert store.feedback.reported(START) == ["e-1"]
    assert store.feedback.checked("e-1", START + MINUTE, START + 2 * MINUTE, "unhealthy: no answer") == 1
    found = store.feedback.page("e-1", 1, 50).items
    assert [(item.checked_at, item.finding) for item in found] == [
        (None, ""),
        (START + 2 * MINUTE, "unhealthy: no answer"),
    ]
    assert store.feedback.reported(START + MINUTE) == []
    assert store.feedback.reported(START + 2 * MINUTE) == ["e-1"]


def test_of_what_came_by_the_form_the_oldest_is_dropped_beyond_a_bound(store: Store) -> None:
    for minutes in range(5):
        store.feedback.add(said("e-1", text=str(minutes), at=START + minutes * MINUTE))
    store.feedback.add(said("e-2", text="other"))
    with store.write():
        store.feedback.add_fetched("m-1", [said("e-1", "r-1", text="fetched", at=START - MINUTE)])
    assert store.feedback.trim("e-1", 3) == 2
    assert [item.text for item in store.feedback.page("e-1", 1, 50).items] == ["4", "3", "2", "fetched"]
    assert store.feedback.trim("e-1", 3) == 0
    assert store.feedback.page("e-2", 1, 50).total == 1


def test_what_was_said_of_endpoints_that_are_gone_goes_too(store: Store) -> None:
    there = endpoint()
    store.endpoints.add(there)
    for endpoint_id in (there.id, "gone"):
        store.feedback.add(said(endpoint_id))
    assert store.feedback.prune() == 1
    assert store.feedback.page(there.id, 1, 50).total == 1
