"""What the simulation found, each in the fewest steps that show it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from publicist.core.publishing.publication import SETTLE

from ..spaces import add_endpoint, publish, unpublish
from .places import Place
from .world import World, world

SETTLED = SETTLE.total_seconds() + 1


@pytest.fixture
def there(places: list[Place], tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "space", places) as made:
        yield made


def begin(there: World, *slugs: str) -> None:
    for slug in slugs:
        add_endpoint(there.services, slug=slug)
        publish(there.services, slug)


def only(there: World, name: str) -> str:
    """Return the id of one marketplace, for a publish there alone."""
    return there.services.marketplaces.get(name).id


@pytest.mark.parametrize("name", ["North", "Hub"])
def test_the_listing_of_another_endpoint_is_not_taken_up(there: World, name: str) -> None:
    """An endpoint moves to another slug; a new one takes the slug, under which the first is still listed."""
    begin(there, "papers")
    there.services.endpoints.edit("papers", {"slug": "maps"})
    begin(there, "papers")
    there.work()
    remote_ids = [row.remote_id for row in there.rows(there.place(name))]
    assert sorted(map(str, remote_ids)) == sorted({*map(str, remote_ids)})
    there.come_to_rest()
    there.check()


def test_a_look_settles_what_was_unknown_before_the_clock_was_set_back(there: World) -> None:
    begin(there, "papers")
    there.faults["North"].add("half", writes=True)
    there.services.endpoints.edit("papers", {"name": "Another"})
    there.work()
    there.clock.move(hours=-1)
    publish(there.services, "papers", wait=0)
    there.work()
    row = there.rows(there.place("North"))[0]
    assert (row.outcome_unknown, row.due_at) == (False, None)


@pytest.mark.parametrize("name", ["North", "Hub"])
def test_a_listing_that_somebody_else_replaced_is_not_called_published(there: World, name: str) -> None:
    begin(there, "papers")
    place = there.place(name)
    there.meddle(place, "papers", remove=True)
    there.squat(place, "papers", "another-installation")
    result = publish(there.services, "papers")[name]
    assert result.error
    assert (result.status, result.error.cause) == ("failed", "slug_conflict")
    there.come_to_rest()
    there.check()


@pytest.mark.parametrize("name", ["North", "Hub"])
def test_a_conflict_leaves_nothing_unknown(there: World, name: str) -> None:
    """A create is lost before it arrives, and somebody else is quicker: nothing of ours can be there."""
    add_endpoint(there.services, slug="papers")
    there.faults[name].add("lost_before", writes=True)
    publish(there.services, "papers")
    there.squat(there.place(name), "papers", "another-installation")
    there.come_to_rest()
    row = there.rows(there.place(name))[0]
    assert (row.status, row.outcome_unknown) == ("failed", False)
    assert not there.services.endpoints.delete("papers", unpublish=True)


@pytest.mark.parametrize("name", ["North", "Hub"])
def test_a_create_of_unknown_outcome_is_found_under_the_slug_it_had(there: World, name: str) -> None:
    """The answer to a create is lost, then the endpoint moves to another slug: the listing has the old one."""
    add_endpoint(there.services, slug="papers")
    there.faults[name].add("lost_after", writes=True)
    publish(there.services, "papers")
    there.services.endpoints.edit("papers", {"slug": "maps"})
    there.come_to_rest()
    there.check()


def test_a_create_of_unknown_outcome_is_withdrawn_under_the_slug_it_had(there: World) -> None:
    add_endpoint(there.services, slug="papers")
    there.faults["North"].add("lost_after", writes=True)
    publish(there.services, "papers")
    there.services.endpoints.edit("papers", {"slug": "maps"})
    unpublish(there.services, "maps", wait=0)
    there.come_to_rest()
    there.check()


def test_an_update_does_not_overwrite_a_listing_made_by_hand(there: World) -> None:
    """Ours was removed on the hub; somebody made another by hand, under the same slug."""
    begin(there, "papers")
    there.meddle(there.place("Hub"), "papers", remove=True)
    there.squat(there.place("Hub"), "papers", "")
    there.services.endpoints.edit("papers", {"name": "Another"})
    there.work()
    there.come_to_rest()
    there.check()


def test_a_withdrawal_does_not_take_a_listing_made_by_hand(there: World) -> None:
    begin(there, "papers")
    there.meddle(there.place("Hub"), "papers", remove=True)
    there.squat(there.place("Hub"), "papers", "")
    unpublish(there.services, "papers")
    there.come_to_rest()
    there.check()


@pytest.mark.parametrize("name", ["North", "Hub"])
def test_a_page_of_somebody_else_is_no_confirmed_withdrawal(there: World, name: str) -> None:
    """A gateway answers the DELETE with a page of its own and status 200."""
    begin(there, "papers")
    there.faults[name].add("garbage", writes=True)
    unpublish(there.services, "papers")
    there.come_to_rest()
    there.check()


def test_a_listing_that_is_gone_is_made_again_and_not_only_replayed(there: World) -> None:
    """A lost create is found, changed by others, and removed by them before it is put right again."""
    place = there.place("North")
    add_endpoint(there.services, slug="papers")
    there.faults["North"].add("lost_after", writes=True)
    publish(there.services, "papers", marketplace_ids=[only(there, "North")])
    there.meddle(place, "papers", remove=True)
    there.pass_time(SETTLED)
    there.work()
    row = there.rows(place)[0]
    assert place.held("papers"), row


def test_a_connection_opens_while_another_writes(there: World) -> None:
    """Else it waits with a lock in hand that the writer needs, and both wait until one of them fails."""
    store, opened = there.services.store, threading.Event()

    def read() -> None:
        with store.session():
            opened.set()

    reader = threading.Thread(target=read)
    with store.write():
        reader.start()
        in_time = opened.wait(5)
    reader.join()
    assert in_time
