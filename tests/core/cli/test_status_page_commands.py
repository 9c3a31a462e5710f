"""``publicist status-page`` on the command line."""

from .conftest import CommandLine


def test_pages_are_opened_shown_and_closed(space: CommandLine) -> None:
    assert "No status page is open." in space.run("status-page", "show").stderr
    assert space.json("status-page", "on") == {"all": True, "tags": []}
    assert space.json("status-page", "on", "--tag", "Science") == {"all": True, "tags": ["science"]}
    shown = space.run("status-page", "show").stdout.split()
    assert [address.partition("/status")[2] for address in shown] == ["", "/science"]
    assert "no endpoint with the tag science is" in space.run("status-page", "on", "--tag", "science").stderr
    assert space.json("status-page", "off") == {"all": False, "tags": ["science"]}
    assert space.json("status-page", "off", "--tag", "science") == {"all": False, "tags": []}


def test_what_is_no_tag_is_refused(space: CommandLine) -> None:
    assert "tag" in space.run("status-page", "on", "--tag", "not a tag!", code=1).stderr
    assert space.json("status-page", "show") == {"all": False, "tags": []}
