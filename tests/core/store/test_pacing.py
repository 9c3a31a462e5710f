"""The pace towards each marketplace in the store: what the claims ask of it, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from publicist.core.publishing import publication as life
from publicist.core.records import ErrorInfo, Lease, Pacing
from publicist.core.store import Store

from ...clock import START
from .test_store import due_row, marketplace

LATER = START + timedelta(seconds=30)
WHY = ErrorInfo("marketplace_unavailable", "It is away.", "Wait.")


def hub(store: Store, name: str = "Hub", **pacing: Any) -> Any:
    made = marketplace(name)
    store.marketplaces.add(made)
    store.pacing.save(Pacing(made.id, **pacing))
    return made


@pytest.mark.parametrize(
    ("held", "ready"),
    [
        ({}, True),
        ({"breaker": "open", "next_try": LATER}, False),
        ({"breaker": "half_open", "next_try": LATER}, False),
        ({"breaker": "open", "next_try": START}, True),
        ({"blocked_until": LATER}, False),
        ({"blocked_until": START}, True),
        ({"refused": True}, False),
        ({"breaker": "open", "next_try": START + timedelta(days=1)}, True),
    ],
)
def test_a_marketplace_that_may_not_be_called_is_skipped(store: Store, held: dict[str, Any], ready: bool) -> None:
    made = hub(store, **held)
    assert store.pacing.ready([made.id], START) == ({made.id: "custom"} if ready else {})


def test_a_pacing_comes_and_goes_with_its_marketplace(store: Store) -> None:
    made = marketplace()
    store.marketplaces.add(made)
    assert store.pacing.of_all([made.id]) == {made.id: Pacing(made.id)}
    store.marketplaces.remove(made.id)
    assert store.pacing.of_all([made.id]) == {}


def test_what_was_saved_is_given_back(store: Store) -> None:
    made = marketplace()
    store.marketplaces.add(made)
    full = Pacing(made.id, "open", 7, 3, START, LATER, LATER, True, LATER, START)
    with store.write():
        store.pacing.save(full)
        assert store.pacing.lock([made.id]) == {made.id: full}
    store.pacing.accept_credentials(made.id)
    assert store.pacing.of(made.id) == replace(full, refused=False)


def test_only_what_is_named_is_saved(store: Store) -> None:
    made = hub(store, paid_until=LATER)
    store.pacing.save(Pacing(made.id, failures=2), only=["failures"])
    assert store.pacing.of(made.id) == Pacing(made.id, failures=2, paid_until=LATER)


def test_the_calls_under_way_are_counted_for_each_marketplace(store: Store) -> None:
    first, second = hub(store, "First"), hub(store, "Second")
    due_row(store, "one", first, lease=Lease("w", LATER, 1), fence=1)
    due_row(store, "two", first, lease=Lease("w", START, 1), fence=1)
    due_row(store, "three", first)
    due_row(store, "four", second, lease=Lease("w", START + 2 * life.MAX_LEASE, 1), fence=1)
    assert store.pacing.live([first.id, second.id], START) == {first.id: 1}


def test_no_more_rows_are_due_of_a_marketplace_than_may_be_called_and_people_go_first(store: Store) -> None:
    first, second, third = hub(store, "First"), hub(store, "Second"), hub(store, "Third")
    for number in range(4):
        due_row(store, f"one-{number}", first, by_person=number == 3)
        due_row(store, f"two-{number}", second, by_person=False)
        due_row(store, f"three-{number}", third)
    assert sorted(store.publications.waiting(START)) == sorted([first.id, second.id, third.id])
    found = store.publications.due(START, 100, most={first.id: 2, second.id: 1})
    assert [row.marketplace_id for row in found].count(first.id) == 2
    assert [row.marketplace_id for row in found].count(second.id) == 1
    assert len(found) == 3
    assert found[0].by_person


def test_what_is_held_back_says_why_and_spends_no_attempt(store: Store) -> None:
    made = hub(store)
    row = due_row(store, "one", made)
    busy = due_row(store, "two", made, lease=Lease("w", LATER, 1), fence=1)
    store.publications.hold_back(made.id, LATER, WHY, START)
    held, working = store.publications.by_ids([row.id])[0], store.publications.by_ids([busy.id])[0]
    assert (held.due_at, held.error, held.attempts) == (LATER, WHY, 0)
    assert (working.due_at, working.error) == (START, None)
    assert store.publications.waiting(START) == []


def test_only_the_rows_that_are_meant_are_held_back_and_brought_forward(store: Store) -> None:
    made, other = hub(store, "Hub"), hub(store, "Other")
    one, two = due_row(store, "one", made), due_row(store, "two", made)
    away = due_row(store, "three", other, due_at=LATER)
    store.publications.hold_back(made.id, LATER, WHY, START, [one.id])
    assert store.publications.by_ids([two.id])[0].due_at == START
    store.publications.bring_forward(made.id, START)
    assert [store.publications.by_ids([row.id])[0].due_at for row in (one, away)] == [START, LATER]
