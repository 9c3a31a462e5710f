"""Added checks and turns in the store, on both databases."""

from datetime import datetime, timedelta

from publicist.core.health.check_schedule import Due, Standing
from publicist.core.records import Check, Marketplace, Publication
from publicist.core.schemas import load_endpoint, new_endpoint
from publicist.core.secrets import Secret
from publicist.core.store import Store

from ...clock import START
from ...spaces import describe

LEASE = timedelta(seconds=80)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def add(store: Store, name: str = "a", **fields: object) -> None:
    described = describe(slug=f"endpoint-{name}", **fields)
    assert store.endpoints.add(new_endpoint(load_endpoint(described), name, START))


def list_on_hub(store: Store, endpoint_id: str, seconds: float) -> None:
    hub = Marketplace("m", "custom", "Hub", "http://hub", {}, {}, "full", "active", None, None, START, None, START)
    store.marketplaces.add(hub)
    row = Publication("1", endpoint_id, "m", "listed", 1, "published", remote_id="r", published_at=at(seconds))
    store.publications.add(row)


def standings(store: Store, seconds: float, owner: str = "one") -> list[Standing]:
    return sorted(store.looks.standings(owner, at(seconds), LEASE), key=lambda one: one.endpoint_id)


def take(store: Store, seen: Standing, seconds: float, owner: str = "one") -> bool:
    with store.write():
        return store.looks.take(Due(seen, at(seconds), at(seconds), "turn"), owner, at(seconds), at(seconds) + LEASE)


def give_back(store: Store, owner: str = "one") -> None:
    with store.write():
        store.looks.give_back(["a"], owner)


def test_checks_are_kept_with_their_secrets_sealed(store: Store) -> None:
    check = Check("1", "a", "http", "page", {"url": "http://a.example", "headers": {"X": Secret("hidden-1815")}}, START)
    other = Check("2", "b", "tcp", "door", {"address": "a:1"}, START)
    for each in (check, other):
        store.checks.save(each)

    (held,) = store.checks.of("a")
    assert held.settings == {"url": "http://a.example", "headers": {"X": "hidden-1815"}}
    sealed = store._connections.database.execute_sql("SELECT settings FROM added_check").fetchall()
    assert "hidden-1815" not in str(sealed)

    store.checks.save(Check("2", "b", "tcp", "gate", {"address": "a:2"}, START))
    assert [(each.name, each.settings) for each in store.checks.of("b")] == [("gate", {"address": "a:2"})]
    store.checks.remove("1")
    assert store.checks.of("a") == []
    assert store.checks.prune() == 1


def test_what_is_ready_or_listed_or_has_checks_is_watched(store: Store) -> None:
    for name, ready in (("a", True), ("b", False), ("c", False), ("d", False)):
        add(store, name, published=ready)
    list_on_hub(store, "c", 0)
    store.checks.save(Check("1", "d", "tcp", "door", {"address": "a:1"}, START))
    assert [one.endpoint_id for one in standings(store, 0)] == ["a", "c", "d"]
    store.endpoints.mark_deleted("a", START)
    assert [one.endpoint_id for one in standings(store, 0)] == ["c", "d"]


def test_a_turn_is_taken_by_one(store: Store) -> None:
    add(store)
    (seen,) = standings(store, 0)
    assert (seen.taken, seen.looked_at, seen.asked, seen.held) == (None, None, "", False)

    assert take(store, seen, 1)
    assert not take(store, seen, 1, "two")
    assert standings(store, 2)[0].held is False
    (elsewhere,) = standings(store, 2, "two")
    assert (elsewhere.held, elsewhere.taken, elsewhere.looked_at) == (True, at(1), at(1))
    assert not take(store, elsewhere, 2, "two")

    give_back(store, "two")
    assert not take(store, elsewhere, 2, "two")
    give_back(store)
    assert take(store, elsewhere, 2, "two")


def test_a_lease_runs_out_and_one_of_a_clock_set_back_holds_nobody_off(store: Store) -> None:
    add(store)
    assert take(store, standings(store, 0)[0], 0)
    for seconds in (81, -3600):
        (seen,) = standings(store, seconds, "two")
        assert not seen.held
    assert take(store, standings(store, -3600, "two")[0], -3600, "two")


def test_what_is_asked_for_is_asked_until_it_is_taken(store: Store) -> None:
    add(store)
    for why in ("first", "checks"):
        store.looks.ask("a", why)
    (seen,) = standings(store, 0)
    assert seen.asked == "checks"
    assert take(store, seen, 0)
    assert standings(store, 1)[0].asked == ""


def test_what_was_edited_or_listed_since_is_asked_for(store: Store) -> None:
    add(store)
    assert take(store, standings(store, 10)[0], 10)
    list_on_hub(store, "a", 20)
    assert [standings(store, seconds)[0].asked for seconds in (15, 25)] == ["", "listed"]
    assert take(store, standings(store, 30)[0], 30)
    store._connections.database.execute_sql(f"UPDATE endpoint SET updated_at = updated_at + {40 * 10**6}")
    assert [standings(store, seconds)[0].asked for seconds in (35, 45)] == ["", "edited"]


def test_what_is_reopened_is_to_be_made_up_for(store: Store) -> None:
    add(store)
    assert take(store, standings(store, 10)[0], 10)
    store.looks.reopen(["a", "no-such"])
    assert standings(store, 11)[0].taken is None


def test_turns_of_endpoints_that_are_gone_are_dropped(store: Store) -> None:
    store.looks.ask("gone", "first")
    assert store.looks.prune() == 1
