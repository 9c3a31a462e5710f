"""``plan``, ``sync``, ``republish``, and listings that this space did not make, on the command line."""

from ...plugins.custom.counterpart import Counterpart
from .conftest import KEY, CommandLine


def listed(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Hub", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")


def test_plan_exits_with_4_while_there_are_changes_and_writes_nothing(
    space: CommandLine, catalogue: Counterpart
) -> None:
    listed(space, catalogue)
    assert space.json("plan")["plans"][0]["changes"] == []
    catalogue.edit("research-qa", name="Defaced")
    shown = space.run("plan", code=4).stdout
    assert "name: 'Defaced' → 'Research Q&A'" in shown
    assert catalogue.listings["research-qa"]["name"] == "Defaced"
    space.run("sync")
    assert catalogue.listings["research-qa"]["name"] == "Research Q&A"
    space.run("plan")


def test_a_sync_names_the_plan_that_waits_and_takes_it_when_it_is_confirmed(
    space: CommandLine, catalogue: Counterpart
) -> None:
    listed(space, catalogue)
    us = space.json("network", "show")["installation_id"]
    for number in range(4):
        catalogue.insert(f"lost-{number}", account="ada", installation_id=us)
    (plan,) = space.json("plan", code=4)["plans"]
    assert plan["needs_confirmation"]
    assert "--confirm" in space.run("sync").stderr
    assert len(catalogue.listings) == 5
    space.run("sync", "--plan", "0" * 16, "--confirm", code=1)
    space.run("sync", "--plan", plan["plan_id"], "--confirm")
    assert list(catalogue.listings) == ["research-qa"]


def test_a_marketplace_that_cannot_be_read_is_an_error(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    catalogue.faults.add("html", method="GET", path="/listings")
    assert "Hub" in space.run("plan", code=1).stderr


def test_a_listing_made_by_hand_is_shown_ignored_and_adopted(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    remote_id = catalogue.insert("by-hand", account="ada", type="model", response_type="raw", visibility="public")
    assert remote_id in space.run("marketplace", "unowned", "Hub").stdout
    space.run("marketplace", "ignore", "Hub", "by-hand", remote_id)
    assert space.json("marketplace", "unowned", "Hub")["items"][0]["ignored"]
    assert "by-hand" in space.run("marketplace", "adopt", "Hub", "by-hand", remote_id).stdout
    assert space.json("endpoint", "show", "by-hand")["published"] is False


def test_republish_lists_a_renamed_endpoint_under_its_new_slug(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    assert "nowhere" in space.run("republish", "research-qa").stdout
    space.run("endpoint", "edit", "research-qa", "--slug", "renamed-qa")
    assert "publicist republish" in space.run("status", "renamed-qa").stdout
    space.run("republish", "renamed-qa", "--to", "Hub")
    assert list(catalogue.listings) == ["renamed-qa"]
