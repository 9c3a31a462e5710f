"""Alerts and the outbox in the store, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

from publicist.core.records import AlertRule, Channel, Delivery, Incident
from publicist.core.store import Store

from ...clock import START


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


def delivery(key: str, channel: str = "a", made: float = 0.0) -> Delivery:
    return Delivery(key, channel, {"title": "T"}, minutes(made), minutes(made))


def incident(name: str, batch: str = "batch", opened: float = 0.0) -> Incident:
    return Incident(name, batch, "rule", "state", "subject", "Name", "Title", "Text", "", minutes(opened))


def test_channels_come_back_with_their_secrets(store: Store) -> None:
    channel = Channel("a", "webhook", "ops", {"url": "https://a.example", "secret": "signed-1815"}, START)
    store.alerts.add_channel(channel)
    assert store.alerts.channels() == [channel]
    raw = store._connections.database.execute_sql("SELECT settings FROM alert_channel").fetchone()[0]
    assert "signed-1815" not in raw
    store.alerts.save_channel(replace(channel, name="pager"))
    assert store.alerts.channel("a") == replace(channel, name="pager")
    store.alerts.remove_channel("a")
    assert store.alerts.channel("a") is None


def test_rules_come_back_as_they_were(store: Store) -> None:
    rule = AlertRule("a", "R", "state", START, ("offline",), 5, 0, "endpoint", "", 60, ("a", "b"))
    store.alerts.add_rule(rule)
    assert store.alerts.rules() == [rule]
    store.alerts.save_rule(replace(rule, channels=()))
    assert store.alerts.rules() == [replace(rule, channels=())]
    assert store.alerts.remove_rule("a") is True
    assert store.alerts.remove_rule("a") is False


def test_the_memory_comes_back_as_it_was(store: Store) -> None:
    with store.write():
        assert store.alerts.clock() == (None, 0.0, {})
    assert store.alerts.last_round() is None
    for lived in (1.5, 2.5):
        store.alerts.set_clock(START, lived, {"rule": 1.25})
    with store.write():
        assert store.alerts.clock() == (START, 2.5, {"rule": 1.25})
    assert store.alerts.last_round() == START
    store.alerts.keep_episodes({f"key-{number}": {"bad": True} for number in range(250)}, [])
    store.alerts.keep_episodes({"key-1": {"bad": False}}, ["key-2"])
    kept = store.alerts.episodes()
    assert len(kept) == 249
    assert kept["key-1"] == {"bad": False}


def test_incidents_are_paged_closed_acknowledged_and_forgotten(store: Store) -> None:
    store.alerts.open_incidents([incident(f"i-{number:03}", opened=number) for number in range(150)])
    assert store.alerts.incidents(1, 2).items[0].id == "i-149"
    assert len(store.alerts.incidents_of("batch")) == 150
    store.alerts.close_incidents(["i-000", "i-001"], minutes(200))
    assert store.alerts.incidents(1, 50, open_only=True).total == 148
    assert store.alerts.acknowledge(["i-001", "i-002"], "ada", minutes(201)) == 2
    assert store.alerts.acknowledge(["i-002"], "bob", minutes(202)) == 0
    assert store.alerts.incidents_of("i-002")[0].acknowledged_by == "ada"
    assert store.alerts.prune(minutes(300), 1) == 1
    assert store.alerts.prune(minutes(300), 500) == 1
    assert store.alerts.prune(minutes(300), 500) == 0


def test_a_delivery_is_there_once_and_one_alone_holds_it(store: Store) -> None:
    first = delivery("k")
    store.deliveries.add([first, delivery("k", "b")])
    store.deliveries.add([replace(first, notice={"title": "Another"})])
    assert store.deliveries.next_of("a", START) == first
    assert sorted(store.deliveries.waiting(START)) == ["a", "b"]
    assert store.deliveries.claim(first, "me", minutes(2), START) is True
    assert store.deliveries.claim(first, "you", minutes(2), START) is False
    assert store.deliveries.next_of("a", START) is None
    assert store.deliveries.settle(first, "you", sent_at=START, due_at=None, error="") is False
    assert store.deliveries.settle(first, "me", sent_at=START, due_at=None, error="") is True
    assert store.deliveries.waiting(START) == ["b"]


def test_a_claim_that_ran_out_or_whose_owner_is_gone_is_free(store: Store) -> None:
    store.deliveries.add([delivery("k")])
    store.deliveries.claim(delivery("k"), "me", minutes(2), START)
    assert store.deliveries.next_of("a", minutes(1)) is None
    later = store.deliveries.next_of("a", minutes(2))
    assert later is not None
    assert later.attempts == 1
    assert store.deliveries.owners() == ["me"]
    assert store.deliveries.release("me") == 1
    assert store.deliveries.next_of("a", START) is not None


def test_what_a_clock_set_back_has_written_does_not_wait_for_ever(store: Store) -> None:
    store.deliveries.add([delivery("k", made=600)])
    store.deliveries.claim(delivery("k", made=600), "me", minutes(602), minutes(600))
    assert store.deliveries.next_of("a", START) is not None


def test_a_channel_rests_and_what_is_too_old_is_given_up(store: Store) -> None:
    store.deliveries.add([delivery("old"), delivery("new", made=60)])
    store.deliveries.put_off("a", minutes(90), minutes(61))
    assert store.deliveries.next_of("a", minutes(89)) is None
    assert store.deliveries.standing("a") == (2, "")
    store.deliveries.hasten("a", minutes(70))
    assert store.deliveries.next_of("a", minutes(70)) is not None
    assert store.deliveries.give_up("b", START, minutes(90)) == []
    assert [item.key for item in store.deliveries.give_up("a", START, minutes(90))] == ["old"]
    assert store.deliveries.give_up("a", START, minutes(90)) == []
    assert store.deliveries.prune(minutes(30)) == 1
    store.deliveries.forget("a")
    assert store.deliveries.standing("a") == (0, "")
