"""Notices on their way: once to each channel, whichever process dies at whichever step, however long one is away."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint, opened
from ..telling import WAIT, Receiver, found, only_rule, watch

Die = Callable[[Path, str, str], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def space(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data directory, once with each database that is supported."""
    place = tmp_path / "space"
    place.mkdir()
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").database(ready=True)
        (place / "publicist.toml").write_text(f'database_url = "{url}"\n')
    return place


def environment(space: Path) -> dict[str, str]:
    """Return what makes :func:`opened` use the database of the space."""
    file = space / "publicist.toml"
    return {"PUBLICIST_DATABASE_URL": file.read_text().split('"')[1]} if file.exists() else {}


@pytest.mark.parametrize(
    ("step", "copies"),
    [("after:add", 1), ("before:claim", 1), ("after:claim", 1), ("before:settle", 2), ("after:settle", 1)],
)
def test_a_process_may_die_at_any_step_and_a_second_copy_has_the_same_key(
    space: Path, receiver: Receiver, die: Die, step: str, copies: int
) -> None:
    """It decides, stores, claims, sends and notes. Only what was sent and not noted is sent again."""
    clock = Clock(datetime.now(UTC) - timedelta(minutes=1))
    with opened(space, clock, **environment(space)) as services:
        receiver.channel(services)
        only_rule(services)
        found(services, add_endpoint(services).id, well=False)
        assert services.alerts.round() == 0
    die(space, "alerts", step)
    clock.now = datetime.now(UTC)
    with opened(space, clock, **environment(space)) as services:
        watch(services, clock, 120)

    assert receiver.kinds() == ["alert"] * copies
    assert len({item["key"] for item in receiver.came}) == 1


def test_of_two_processes_one_decides_and_both_send_each_notice_once(
    space: Path, clock: Clock, receiver: Receiver
) -> None:
    with opened(space, clock, **environment(space)) as one, opened(space, clock, **environment(space)) as two:
        for path in ("/one", "/two", "/three"):
            receiver.channel(one, path)
        only_rule(one)
        found(one, add_endpoint(one).id, well=False)
        for _ in range(4):
            threads = [threading.Thread(target=each.alerts.round) for each in (one, two) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert one.outbox.settle(WAIT)
            assert two.outbox.settle(WAIT)
            clock.move(seconds=30)

    assert sorted(item["path"] for item in receiver.came) == ["/one", "/three", "/two"]


def test_another_process_takes_over_when_the_one_that_decides_is_gone(
    tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    with opened(tmp_path / "space", clock) as leads, opened(tmp_path / "space", clock) as waits:
        receiver.channel(leads)
        only_rule(leads)
        found(leads, add_endpoint(leads).id, well=False)
        leads.alerts.round()
        clock.move(seconds=35)
        assert waits.alerts.round() == 0
        clock.move(seconds=35)
        assert waits.alerts.round() == 1
        assert leads.alerts.round() == 0
        assert waits.outbox.settle(WAIT)

    assert receiver.kinds() == ["alert"]


def test_what_waited_while_publicist_was_off_is_sent_however_old(
    tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    with opened(tmp_path / "space", clock) as services:
        receiver.channel(services)
        only_rule(services)
        receiver.status["/hook"] = 503
        found(services, add_endpoint(services).id, well=False)
        watch(services, clock)
    receiver.status["/hook"] = 204
    clock.move(days=3)
    with opened(tmp_path / "space", clock) as services:
        services.outbox.round()
        assert services.outbox.settle(WAIT)
        assert services.trail.page(action="space.alerts_lost").items == []

    assert receiver.kinds() == ["alert", "alert"]


def test_that_others_could_not_be_told_of_what_was_lost_is_no_news(
    services: Services, clock: Clock, receiver: Receiver
) -> None:
    """Two dead channels would else tell each other of it, day by day."""
    for path in ("/dead", "/gone"):
        receiver.channel(services, path)
        receiver.status[path] = 404
    only_rule(services)
    found(services, add_endpoint(services).id, well=False)
    watch(services, clock)
    watch(services, clock, 5 * 86_400, step=3 * 3600)

    assert {title for path in ("/dead", "/gone") for title in receiver.titles(path)} == {
        "research-qa: offline",
        "Notices do not reach dead",
        "Notices do not reach gone",
    }
    assert [services.outbox.standing(channel.id)[0] for channel in services.alert_book.channels()] == [0, 0]
    assert len({item["key"] for item in receiver.came}) == 3


def test_a_channel_that_was_corrected_is_tried_at_once(services: Services, clock: Clock, receiver: Receiver) -> None:
    channel = receiver.channel(services)
    only_rule(services)
    receiver.status["/hook"] = 500
    found(services, add_endpoint(services).id, well=False)
    watch(services, clock, 3600, step=300)
    services.alert_book.edit_channel("hook", {"settings": {"url": receiver.server.url_for("/better")}})
    services.outbox.round()
    assert services.outbox.settle(WAIT)

    assert receiver.kinds("/better") == ["alert"]
    assert services.outbox.standing(channel.id) == (0, "")


@pytest.mark.parametrize(
    ("status", "asked"), [(429, "99999999999999"), (429, "Fri, 31 Dec 9999 23:59:59 GMT"), (503, "-5")]
)
def test_however_long_a_channel_asks_to_wait_it_is_tried_within_half_an_hour(
    services: Services, clock: Clock, receiver: Receiver, status: int, asked: str
) -> None:
    receiver.channel(services)
    receiver.status["/hook"], receiver.retry_after = status, asked
    only_rule(services)
    found(services, add_endpoint(services).id, well=False)
    watch(services, clock)
    tries, receiver.status["/hook"] = len(receiver.came), 204
    clock.move(minutes=30)
    services.outbox.round()
    assert services.outbox.settle(WAIT)

    assert tries >= 1
    assert receiver.kinds() == ["alert"] * (tries + 1)


def test_a_fault_in_what_alerts_are_about_stops_no_notice_on_its_way(
    services: Services, clock: Clock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.channel(services)
    receiver.status["/hook"] = 503
    only_rule(services)
    found(services, add_endpoint(services).id, well=False)
    watch(services, clock)
    tries, receiver.status["/hook"] = len(receiver.came), 204
    clock.move(minutes=10)

    def fail(*_: object) -> None:
        raise OSError("cannot be read")

    monkeypatch.setattr("publicist.core.alerting.facts.AlertFacts.gather", fail)
    with pytest.raises(OSError, match="cannot be read"):
        services.alerts.round()
    assert services.outbox.settle(WAIT)

    assert receiver.kinds() == ["alert"] * (tries + 1)
    assert tries >= 1
