from datetime import timedelta
from typing import Any

import pytest
from publicist.core.errors import InvalidInput, NotFound
from publicist.core.records import MaintenanceRule, Recurrence
from publicist.core.schemas import load_maintenance
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint

WRONG = [
    ({}, "ends_at"),
    ({"ends_at": "soon"}, "ends_at"),
    ({"ends_at": "2026-03-01T13:00:00"}, "ends_at"),
    ({"ends_at": "2026-03-01T12:00:00Z"}, "ends_at"),
    ({"ends_at": "2026-09-01T12:00:00Z"}, "ends_at"),
    ({"starts_at": "2026-03-02T12:00:00Z", "ends_at": "2026-03-02T12:00:00Z"}, "ends_at"),
    ({"ends_at": "9999-12-31T23:59:59Z"}, "ends_at"),
    ({"ends_at": "2026-03-01T13:00:00Z", "endpoint_slug": "N O"}, "endpoint_slug"),
    ({"ends_at": "2026-03-01T13:00:00Z", "often": "daily"}, "often"),
]

DAILY = {"every": "daily", "at": "13:00", "minutes": 60}
WRONG_RECURRENCES = [
    ({}, "every"),
    ({"every": "hourly", "minutes": 5}, "every"),
    ({"every": "daily", "minutes": 5}, "at"),
    ({**DAILY, "at": "24:00"}, "at"),
    ({**DAILY, "at": "2:00"}, "at"),
    ({**DAILY, "on": ["mon"]}, "on"),
    ({**DAILY, "every": "weekly"}, "on"),
    ({**DAILY, "every": "weekly", "on": ["monday"]}, "on.0"),
    ({**DAILY, "every": "weekly", "on": ["mon", "mon"]}, "on"),
    ({**DAILY, "every": "weekly", "on": []}, "on"),
    ({**DAILY, "cron": "0 2 * * *"}, "cron"),
    ({"every": "cron", "minutes": 5}, "cron"),
    ({"every": "cron", "cron": "0 2 * *", "minutes": 5}, "cron"),
    ({"every": "cron", "cron": "99 2 * * *", "minutes": 5}, "cron"),
    ({"every": "cron", "cron": "0 0 31 2 *", "minutes": 5}, "cron"),
    ({"every": "cron", "cron": "* * * * *", "minutes": 5}, "minutes"),
    ({**DAILY, "minutes": 0}, "minutes"),
    ({**DAILY, "minutes": 1440}, "minutes"),
    ({**DAILY, "minutes": "60"}, "minutes"),
    ({**DAILY, "zone": "Europe/Atlantis"}, "zone"),
    ({**DAILY, "zone": "../../etc/passwd"}, "zone"),
]


def announce(services: Services, **fields: Any) -> str:
    return services.maintenance.add(load_maintenance(fields, services.clock())).id


@pytest.mark.parametrize(("data", "field"), WRONG)
def test_a_window_that_does_not_do_is_refused_by_field(clock: Clock, data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_maintenance(data, clock())

    assert list(refused.value.errors) == [field]


def test_a_window_holds_from_its_start_until_its_end(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    announce(services, starts_at="2026-03-01T13:00:00+00:00", ends_at="2026-03-01T15:00:00+01:00")

    held = []
    for _ in range(4):
        held.append(services.maintenance.now(endpoint.id) is not None)
        clock.move(minutes=30)

    assert held == [False, False, True, True]
    assert services.maintenance.now(endpoint.id) is None
    assert services.maintenance.coming() == []


def test_a_window_of_one_endpoint_is_nobody_else_s(services: Services) -> None:
    mine, other = add_endpoint(services), add_endpoint(services, slug="another-one")
    announce(services, endpoint_slug=mine.slug, ends_at="2026-03-01T13:00:00Z")

    assert services.maintenance.now(mine.id)
    assert services.maintenance.now(other.id) is None


def test_of_several_windows_the_one_that_ends_last_counts(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    announce(services, endpoint_slug=endpoint.slug, ends_at="2026-03-01T13:00:00Z")
    last = announce(services, ends_at="2026-03-01T14:00:00Z")

    held = services.maintenance.now(endpoint.id)
    assert held is not None
    assert held.id == last
    services.maintenance.remove(last)
    held = services.maintenance.now(endpoint.id)
    assert held is not None
    assert held.ends_at == clock.now.replace(hour=13)


def test_what_is_not_there_is_told(services: Services) -> None:
    with pytest.raises(NotFound):
        announce(services, endpoint_slug="no-such", ends_at="2026-03-01T13:00:00Z")
    with pytest.raises(NotFound):
        services.maintenance.remove("no-such")


def test_announcing_and_ending_are_among_the_events(services: Services) -> None:
    endpoint = add_endpoint(services)
    services.maintenance.remove(announce(services, endpoint_slug=endpoint.slug, ends_at="2026-03-01T13:00:00Z"))
    announce(services, ends_at="2026-03-01T13:00:00Z")

    told = [
        (event.subject.kind, event.what)
        for event in services.trail.page().items
        if event.action.endswith("maintenance")
    ]

    assert sorted(told) == [
        ("endpoint", "Announced from 2026-03-01 12:00 to 2026-03-01 13:00 UTC."),
        ("endpoint", "Ended the maintenance, or took it back."),
        ("space", "Announced from 2026-03-01 12:00 to 2026-03-01 13:00 UTC."),
    ]


def test_what_is_long_over_is_forgotten(services: Services, clock: Clock) -> None:
    announce(services, ends_at="2026-03-01T13:00:00Z")
    clock.move(days=30)
    services.maintenance.prune()
    with services.store.session():
        assert services.store.maintenance.coming(clock.now.replace(year=2025))
    clock.move(days=1)

    services.maintenance.prune()

    with services.store.session():
        assert services.store.maintenance.coming(clock.now.replace(year=2025)) == []


@pytest.mark.parametrize(("recurs", "field"), WRONG_RECURRENCES)
def test_a_recurrence_that_does_not_do_is_refused_by_field(clock: Clock, recurs: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_maintenance({"recurs": recurs}, clock())

    assert f"recurs.{field}" in refused.value.errors


def test_a_recurrence_that_stops_before_it_begins_is_refused(clock: Clock) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_maintenance({"recurs": DAILY, "ends_at": "2026-03-01T12:30:00Z"}, clock())

    assert list(refused.value.errors) == ["ends_at"]


def test_recurring_maintenance_holds_every_time_until_it_is_taken_back(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    made = announce(services, recurs=DAILY, note="Nightly")

    held = []
    for _ in range(6):
        clock.move(hours=1)
        held.append(services.maintenance.now(endpoint.id) is not None)
    assert held == [True, False, False, False, False, False]
    clock.move(hours=19)
    window = services.maintenance.now(endpoint.id)
    assert window is not None
    assert (window.id, window.note, window.ends_at) == (made, "Nightly", clock.now.replace(hour=14))
    services.maintenance.remove(made)
    assert services.maintenance.now(endpoint.id) is None
    assert services.maintenance.coming() == []


def test_recurring_maintenance_of_one_endpoint_is_nobody_else_s(services: Services, clock: Clock) -> None:
    mine, other = add_endpoint(services), add_endpoint(services, slug="another-one")
    announce(services, endpoint_slug=mine.slug, recurs=DAILY)

    clock.move(hours=1)

    assert services.maintenance.now(mine.id)
    assert services.maintenance.now(other.id) is None


def test_a_clock_that_is_set_back_changes_nothing(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    announce(services, recurs=DAILY)

    held = []
    for hours in (1, 24, -24, -1, 1, 1):
        clock.move(hours=hours)
        held.append(services.maintenance.now(endpoint.id) is not None)

    assert held == [True, True, True, False, True, False]


def test_what_is_to_come_is_told_in_order_once_and_recurring(services: Services) -> None:
    announce(services, starts_at="2026-03-01T12:30:00Z", ends_at="2026-03-01T20:00:00Z")
    announce(services, recurs={**DAILY, "at": "12:15"})
    announce(services, recurs=DAILY)

    starts = [window.starts_at for window in services.maintenance.coming()]

    assert [f"{start:%H:%M}" for start in starts] == ["12:15", "12:30", "13:00"]


def test_a_recurrence_that_is_over_is_forgotten(services: Services, clock: Clock) -> None:
    announce(services, recurs=DAILY, ends_at="2026-03-03T12:00:00Z")
    announce(services, recurs=DAILY)
    clock.move(days=40)

    services.maintenance.prune()

    with services.store.session():
        assert [rule.ends_at for rule in services.store.maintenance.rules()] == [None]


def test_a_zone_that_this_machine_does_not_know_stops_no_query(
    services: Services, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = add_endpoint(services)
    announce(services, recurs=DAILY)
    lost = Recurrence("daily", "0 13 * * *", "Europe/Atlantis", 60)
    with services.store.write():
        services.store.maintenance.add_rule(MaintenanceRule("lost", None, lost, clock(), None, "", clock()))

    clock.move(hours=1)
    for _ in range(3):
        assert services.maintenance.now(endpoint.id)

    assert len(services.maintenance.coming()) == 1
    assert sum("Europe/Atlantis" in record.message for record in caplog.records) == 1


def test_a_window_is_made_shorter_and_longer_while_it_holds(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    ends = [(clock() + timedelta(hours=hours)).isoformat() for hours in (1, 2, 4)]
    window = services.maintenance.add(load_maintenance({"endpoint_slug": "research-qa", "ends_at": ends[1]}, clock()))
    services.maintenance.edit(window.id, {"ends_at": ends[0]})
    clock.move(minutes=59)
    assert services.maintenance.now(endpoint.id) is not None
    clock.move(minutes=2)
    assert services.maintenance.now(endpoint.id) is None
    with pytest.raises(NotFound):
        services.maintenance.edit(window.id, {"ends_at": ends[2]})


def test_what_recurs_stops_when_it_is_told_to_and_not_in_the_middle(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    daily = {"every": "daily", "at": f"{clock():%H:%M}", "minutes": 60}
    clock.move(minutes=-1)
    made = services.maintenance.add(load_maintenance({"recurs": daily}, clock()))
    with pytest.raises(InvalidInput):
        services.maintenance.edit(made.id, {"ends_at": (clock() + timedelta(seconds=30)).isoformat()})
    clock.move(minutes=11)
    services.maintenance.edit(
        made.id, {"ends_at": (clock() + timedelta(minutes=5)).isoformat(), "note": "The last one"}
    )
    held = services.maintenance.now(endpoint.id)
    assert held is not None
    assert (held.note, held.ends_at) == ("The last one", clock() + timedelta(minutes=50))
    clock.move(days=1)
    assert services.maintenance.now(endpoint.id) is None
