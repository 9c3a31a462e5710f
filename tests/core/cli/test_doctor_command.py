"""``publicist doctor``."""

from ...plugins.custom.counterpart import Counterpart
from .conftest import KEY, CommandLine

SLUG = "research-qa"


def listed(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Hub", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", SLUG)


def test_one_endpoint_is_shown_step_by_step(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    shown = space.run("doctor", SLUG).stdout
    assert shown.startswith(f"{SLUG}: ")
    for text in ("Publishing", "Queries", "Being found", "Hub", "Authentication", "It knows this space as ada."):
        assert text in shown
    told = space.json("doctor", SLUG)
    assert (told["endpoint_slug"], told["state"]) == (SLUG, "warn")
    assert {"part", "code", "title", "state", "seen", "remedy", "marketplace_id", "marketplace_name"} == set(
        told["steps"][0]
    )


def test_a_step_that_fails_is_told_with_what_to_do_and_exits_with_1(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    catalogue.remove(SLUG)
    shown = space.run("doctor", SLUG, code=1).stdout
    assert "fail" in shown
    assert "→ `publicist sync` lists it again" in shown
    assert space.json("doctor", SLUG, code=1)["state"] == "fail"


def test_without_a_slug_the_space_and_every_endpoint_are_shown_and_only_what_is_not_well(
    space: CommandLine, catalogue: Counterpart
) -> None:
    listed(space, catalogue)
    shown = space.run("doctor").stdout
    assert "This space: all is well" in shown
    assert f"{SLUG}: " in shown
    assert "Authentication" not in shown
    told = space.json("doctor")
    assert [each["endpoint_slug"] for each in told["items"]] == [None, SLUG]


def test_an_unknown_endpoint_is_an_error(space: CommandLine) -> None:
    assert space.json("doctor", "nowhere", code=1)["cause"] == "not_found"
