"""Maintenance windows in the store, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

from publicist.core.records import MaintenanceRule, MaintenanceWindow, Recurrence
from publicist.core.store import Store

from ...clock import START


def window(store: Store, name: str, starts: float, ends: float, endpoint: str | None = None) -> MaintenanceWindow:
    made = MaintenanceWindow(name, endpoint, hours(starts), hours(ends), f"Note {name}", START)
    store.maintenance.add(made)
    return made


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def test_the_window_that_holds_is_the_one_that_ends_last(store: Store) -> None:
    short, long = window(store, "a", 0, 2, "mine"), window(store, "b", 1, 3)
    window(store, "c", 0, 9, "another")

    assert store.maintenance.holding("mine", hours(-0.1)) is None
    assert store.maintenance.holding("mine", hours(0)) == short
    assert store.maintenance.holding("mine", hours(1)) == long
    assert store.maintenance.holding("mine", hours(3)) is None


def test_what_is_taken_back_or_long_over_is_gone(store: Store) -> None:
    first, second, third = window(store, "a", 0, 1), window(store, "b", -1, 2), window(store, "c", 4, 5)

    assert store.maintenance.coming(hours(0)) == [second, first, third]
    assert store.maintenance.coming(hours(2)) == [third]
    longer = replace(first, ends_at=hours(3), note="Longer")
    store.maintenance.save(longer)
    assert store.maintenance.by_id("a") == longer
    store.maintenance.remove("a")
    assert store.maintenance.prune(hours(2)) == 0
    assert store.maintenance.prune(hours(3)) == 1
    assert store.maintenance.coming(hours(-9)) == [third]
    assert store.maintenance.by_id("a") is None
    assert store.maintenance.by_id("c") == third


def test_rules_are_kept_and_found_for_whom_they_hold(store: Store) -> None:
    recurrence = Recurrence("daily", "0 2 * * *", "Europe/Berlin", 30)
    mine = MaintenanceRule("a", "mine", recurrence, START, hours(100), "Note", START)
    everybody = MaintenanceRule("b", None, recurrence, START, None, "", START)
    for rule in (mine, everybody):
        store.maintenance.add_rule(rule)

    assert store.maintenance.rules() == [mine, everybody]
    assert sorted(store.maintenance.rules_of("mine"), key=lambda rule: rule.id) == [mine, everybody]
    assert store.maintenance.rules_of("another") == [everybody]
    shorter = replace(mine, ends_at=hours(98), note="Nearly done")
    store.maintenance.save(shorter)
    assert store.maintenance.rules() == [shorter, everybody]
    store.maintenance.save(mine)
    assert store.maintenance.prune(hours(99)) == 0
    assert store.maintenance.prune(hours(101)) == 1
    store.maintenance.remove("b")
    assert store.maintenance.rules() == []
    assert store.maintenance.rule("a") is None
