"""Listings that the hub has switched off: it shows them to their owner, and takes no change to them."""

from datetime import UTC, datetime, timedelta

import pytest
from publicist.core.errors import (
    RejectedError,
    SlugConflict,
    TransientError,
)
from publicist.plugins.localhub.server import RunningHub

from .provider import Person, Provider


def switch_off(hub: RunningHub) -> None:
    """Let the monitor find no fresh report three times; it runs until every listing of the hub is judged."""
    for _ in range(3):
        hub.monitor_step(datetime.now(UTC) + timedelta(hours=2))


def test_a_taken_slug_of_a_listing_that_is_off_is_a_conflict(hub: RunningHub, space: Provider) -> None:
    space.create()
    switch_off(hub)

    with pytest.raises(SlugConflict):
        space.create()
    assert not space.available("research-qa").available


def test_a_listing_that_is_off_is_shown_as_off(hub: RunningHub, space: Provider) -> None:
    space.create()
    switch_off(hub)

    assert [there.active for there in space.fetch()] == [False]
    found = space.find()
    assert found is not None
    assert found.active is False


def test_a_listing_that_is_off_is_switched_on_and_then_changed(
    hub: RunningHub, space: Provider, person: Person
) -> None:
    made = space.create()
    switch_off(hub)

    with pytest.raises(TransientError, match="switched the listing 'research-qa' off") as raised:
        space.update(made, name="New")
    assert (raised.value.retry_after, raised.value.cause_code) == (60, "endpoint_unhealthy")
    assert len(person.records) == 1
    hub.monitor_step()

    assert space.update(made, name="New").active is True


def test_a_listing_that_is_off_is_switched_on_and_then_withdrawn(
    hub: RunningHub, space: Provider, person: Person
) -> None:
    made = space.create()
    switch_off(hub)

    with pytest.raises(TransientError) as raised:
        space.withdraw(made)
    assert raised.value.retry_after == 45
    hub.monitor_step()
    space.withdraw(made)

    assert person.records == []


def test_a_listing_that_is_off_stays_so_without_a_public_address(hub: RunningHub, space: Provider) -> None:
    made = space.create()
    switch_off(hub)
    space.move("")

    with pytest.raises(RejectedError) as raised:
        space.withdraw(made)
    assert raised.value.cause_code == "network_unreachable"
