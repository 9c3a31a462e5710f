"""Alerts on their way: decided once, sent once to each channel, whatever happens in between."""

import threading
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from publicist.core.errors import AuthenticationFailed, Conflict, NotFound
from publicist.core.records import Endpoint
from publicist.core.schemas import load_maintenance
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint, opened
from ..telling import WAIT, Receiver, found, only_rule, watch


@pytest.fixture
def endpoint(services: Services) -> Endpoint:
    return add_endpoint(services)


def test_an_incident_and_its_end_are_told(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services)
    only_rule(services)
    found(services, endpoint.id, well=True)
    assert watch(services, clock) == 0
    found(services, endpoint.id, well=False)
    assert watch(services, clock) == 1
    found(services, endpoint.id, well=True)
    assert watch(services, clock) == 1

    alert, recovery = receiver.came
    assert (alert["kind"], alert["title"]) == ("alert", "research-qa: offline")
    assert "Nothing answers." in alert["text"]
    assert (alert["endpoint_slug"], alert["facts"]) == ("research-qa", {"rule": "Rule", "state": "offline"})
    assert (recovery["kind"], recovery["incident"]) == ("recovery", alert["incident"])
    (incident,) = services.alerts.incidents().items
    assert incident.id == alert["incident"]
    assert incident.closed_at is not None
    assert services.alerts.incidents(open_only=True).total == 0


def test_a_restart_in_the_middle_of_an_incident_sends_nothing_again(
    tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    told = []
    for turn in range(5):
        with opened(tmp_path / "space", clock) as services:
            if turn == 0:
                receiver.channel(services)
                only_rule(services)
                endpoint = add_endpoint(services)
            found(services, endpoint.id, well=turn in (0, 4))
            watch(services, clock, 120)
            told.append(receiver.kinds())

    assert told == [[], ["alert"], ["alert"], ["alert"], ["alert", "recovery"]]


def test_a_slow_channel_delays_no_other(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services, "/slow")
    receiver.channel(services, "/quick")
    only_rule(services)
    found(services, endpoint.id, well=False)
    services.alerts.round()
    clock.move(seconds=60)
    gate = receiver.gates["/slow"] = threading.Event()
    try:
        services.alerts.round()
        quick = next(lane for name, lane in services.outbox._lanes.items() if channel_name(services, name) == "quick")
        quick.join(1.5)
        assert receiver.kinds("/quick") == ["alert"]
        found(services, endpoint.id, well=True)
        services.alerts.round()
        clock.move(seconds=60)
        services.alerts.round()
        lanes = dict(services.outbox._lanes)
        assert any(lane.is_alive() for lane in lanes.values())
        next(lane for name, lane in lanes.items() if channel_name(services, name) == "quick").join(1.5)
        assert receiver.kinds("/quick") == ["alert", "recovery"]
    finally:
        gate.set()
        assert services.outbox.settle(WAIT)


def channel_name(services: Services, channel_id: str) -> str:
    return services.alert_book.channel(channel_id).name


def test_a_channel_that_is_down_is_tried_again_until_it_is_back(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    channel = receiver.channel(services)
    only_rule(services)
    receiver.status["/hook"] = 500
    found(services, endpoint.id, well=False)
    watch(services, clock, 3600, step=120)
    tries = len(receiver.came)
    assert 4 <= tries <= 20
    waiting, error = services.outbox.standing(channel.id)
    assert waiting == 1
    assert "500" in error
    receiver.status["/hook"] = 204
    watch(services, clock, 3600, step=1800)

    assert services.outbox.standing(channel.id) == (0, "")
    assert len(receiver.came) == tries + 1
    assert len({item["key"] for item in receiver.came}) == 1


def test_a_channel_that_asks_for_time_gets_it(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services)
    only_rule(services)
    receiver.status["/hook"] = 429
    found(services, endpoint.id, well=False)
    watch(services, clock, 60)
    assert len(receiver.came) == 1
    watch(services, clock, 60)
    assert len(receiver.came) == 1


def test_what_cannot_be_sent_for_a_day_is_given_up_and_the_others_are_told(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    dead, _ = receiver.channel(services, "/dead"), receiver.channel(services, "/alive")
    only_rule(services)
    receiver.status["/dead"] = 404
    found(services, endpoint.id, well=False)
    watch(services, clock, 60)
    watch(services, clock, 28 * 3600, step=3 * 3600)

    assert receiver.titles("/alive") == ["research-qa: offline", "Notices do not reach dead"]
    assert services.outbox.standing(dead.id) == (0, "")
    tries = len(receiver.kinds("/dead"))
    watch(services, clock, 3600, step=900)
    assert len(receiver.kinds("/dead")) == tries
    events = services.trail.page(action="space.alerts_lost").items
    assert ["dead" in event.what for event in events] == [True]


def test_a_clock_set_back_leaves_nothing_waiting_for_ever(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services)
    only_rule(services)
    receiver.status["/hook"] = 503
    found(services, endpoint.id, well=False)
    watch(services, clock, 60)
    receiver.status["/hook"] = 204
    clock.move(hours=-5)
    watch(services, clock, 60)

    assert len({item["key"] for item in receiver.came}) == 1
    assert len(receiver.came) == 2


def test_nothing_is_told_in_maintenance(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services)
    only_rule(services)
    ends = (clock() + timedelta(hours=1)).isoformat()
    services.maintenance.add(load_maintenance({"endpoint_slug": "research-qa", "ends_at": ends}, clock()))
    found(services, endpoint.id, well=False)
    assert watch(services, clock, 600) == 0
    clock.move(hours=1)
    found(services, endpoint.id, well=False)
    assert watch(services, clock) == 1


def test_who_knows_is_not_reminded(services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint) -> None:
    receiver.channel(services)
    only_rule(services, remind_minutes=5)
    found(services, endpoint.id, well=False)
    watch(services, clock, 600)
    assert receiver.kinds() == ["alert", "reminder"]
    (known,) = services.alerts.acknowledge(receiver.came[0]["incident"])
    assert known.acknowledged_at == clock()
    found(services, endpoint.id, well=False)
    watch(services, clock, 800)
    assert receiver.kinds() == ["alert", "reminder"]
    found(services, endpoint.id, well=True)
    watch(services, clock)
    assert receiver.kinds() == ["alert", "reminder", "recovery"]
    with pytest.raises(NotFound):
        services.alerts.acknowledge("no-such")


def test_many_at_once_are_one_notice_and_are_acknowledged_together(
    services: Services, clock: Clock, receiver: Receiver
) -> None:
    receiver.channel(services)
    only_rule(services)
    for number in range(23):
        found(services, add_endpoint(services, slug=f"endpoint-{number}", name=f"Endpoint {number}").id, well=False)
    watch(services, clock, 300)

    assert receiver.titles() == ["23 at once: offline"]
    assert "and 3 more" in receiver.came[0]["text"]
    assert len(services.alerts.acknowledge(receiver.came[0]["incident"])) == 23
    assert services.alerts.incidents(1, 10).total == 23


def test_a_rule_tells_only_its_channels(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services, "/one")
    two = receiver.channel(services, "/two")
    only_rule(services, channels=["two"])
    found(services, endpoint.id, well=False)
    watch(services, clock)

    assert [item["path"] for item in receiver.came] == ["/two"]
    with pytest.raises(Conflict, match="tells this channel only"):
        services.alert_book.remove_channel(two.id)


def test_the_first_channel_brings_the_usual_rules_and_no_later_one(services: Services, receiver: Receiver) -> None:
    receiver.channel(services)
    rules = services.alert_book.rules()
    assert [rule.trigger for rule in rules] == [
        "state",
        "publication",
        "marketplace",
        "expiry",
        "credential_age",
        "usage",
        "network",
    ]
    services.alert_book.remove_rule(rules[0].id)
    receiver.channel(services, "/another")
    assert len(services.alert_book.rules()) == 6
    with pytest.raises(Conflict, match="another"):
        receiver.channel(services, "/another")


def test_a_test_is_sent_at_once_and_says_what_is_wrong(services: Services, receiver: Receiver) -> None:
    channel = receiver.channel(services)
    services.alert_book.send_test("hook")
    assert receiver.kinds() == ["test"]
    receiver.status["/hook"] = 403
    with pytest.raises(AuthenticationFailed, match="403"):
        services.alert_book.send_test(channel.id)


def test_a_removed_channel_takes_what_waits_for_it_along(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    channel = receiver.channel(services)
    only_rule(services)
    receiver.status["/hook"] = 500
    found(services, endpoint.id, well=False)
    watch(services, clock)
    tries = len(receiver.came)
    services.alert_book.remove_channel(channel.id)
    watch(services, clock, 3600, step=900)

    assert len(receiver.came) == tries
    assert services.outbox.standing(channel.id) == (0, "")


def test_what_was_over_long_ago_is_forgotten(
    services: Services, clock: Clock, receiver: Receiver, endpoint: Endpoint
) -> None:
    receiver.channel(services)
    only_rule(services)
    found(services, endpoint.id, well=False)
    watch(services, clock)
    found(services, endpoint.id, well=True)
    watch(services, clock)
    assert services.alerts.prune() == 0
    clock.move(days=31)
    assert services.alerts.prune() == 2
    clock.move(days=370)
    assert services.alerts.prune() == 1
    assert services.alerts.incidents().total == 0


def test_the_rules_of_an_endpoint_go_with_it(services: Services, receiver: Receiver, endpoint: Endpoint) -> None:
    receiver.channel(services)
    only_rule(services, endpoint_slug="research-qa")
    assert services.alerts.prune() == 0
    services.endpoints.delete("research-qa")
    assert services.alerts.prune() == 1
    assert services.alert_book.rules() == []


def test_closing_waits_for_what_is_being_sent(tmp_path: Path, clock: Clock, receiver: Receiver) -> None:
    gate = receiver.gates["/hook"] = threading.Event()
    with opened(tmp_path / "space", clock) as services:
        receiver.channel(services)
        only_rule(services)
        found(services, add_endpoint(services).id, well=False)
        services.alerts.round()
        clock.move(seconds=60)
        receiver.on_request = lambda: threading.Timer(0.3, gate.set).start()
        services.alerts.round()
    with opened(tmp_path / "space", clock) as services:
        clock.move(hours=2)
        watch(services, clock)

    assert receiver.kinds() == ["alert"]


SPRING = ["2026-03-29T00:30", "2026-03-29T23:30", "2026-03-30T23:30"]
AUTUMN = ["2026-10-24T23:30", "2026-10-26T00:30", "2026-10-27T00:30"]


@pytest.mark.parametrize("nights", [SPRING, AUTUMN], ids=["an hour is missing", "an hour comes twice"])
@pytest.mark.parametrize("announced", [True, False])
def test_in_a_dst_night_with_maintenance_nothing_is_told(
    tmp_path: Path, receiver: Receiver, nights: list[str], announced: bool
) -> None:
    """In three nights an endpoint is down for two hours and a half, from half past one on in Berlin."""
    begins = [datetime.fromisoformat(f"{night}+00:00") for night in nights]
    clock = Clock(begins[0] - timedelta(hours=10))
    with opened(tmp_path / "space", clock) as services:
        receiver.channel(services)
        only_rule(services)
        endpoint = add_endpoint(services)
        recurs = {"every": "daily", "at": "01:30", "zone": "Europe/Berlin", "minutes": 150}
        if announced:
            services.maintenance.add(load_maintenance({"recurs": recurs}, clock()))
        was = False
        for begin, half_hour in product(begins, range(-2, 8)):
            clock.now = begin + timedelta(minutes=30 * half_hour)
            down = 0 <= half_hour < 5
            found(services, endpoint.id, well=not down, looks=1 if down is was else 6)
            was = down
            services.alerts.round()
        assert services.outbox.settle(WAIT)

    assert len(receiver.came) == (0 if announced else 5)


def test_without_rules_or_channels_a_round_reads_nothing(services: Services, endpoint: Endpoint) -> None:
    found(services, endpoint.id, well=False)
    assert services.alerts.round() == 0
    with services.store.session():
        assert services.store.alerts.last_round() is None
