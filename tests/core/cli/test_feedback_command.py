"""``publicist feedback``."""

from typing import Any

from publicist.core.schemas import load_feedback

from ...plugins.custom.counterpart import Counterpart
from .conftest import KEY, CommandLine

SLUG = "research-qa"


def listed(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Hub", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", SLUG)


def give(space: CommandLine, **fields: Any) -> None:
    services = space.services()
    services.feedback.add(SLUG, load_feedback(fields), "192.0.2.1")
    services.close()


def test_feedback_is_shown_with_its_numbers(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    give(space, kind="rating", rating=4, text="Quick.", author="Ada")
    give(space, kind="error_report", text="No answer.")
    shown = space.run("feedback", SLUG).stdout
    assert "1 error report, 1 rating; 4.0 stars on average." in shown
    assert "Ada on the form" in shown
    assert "No answer." in shown
    assert "Ada" not in space.run("feedback", SLUG, "--kind", "error_report").stdout
    limited = space.run("feedback", SLUG, "--limit", "1")
    assert "1 older ones are not shown" in limited.stderr


def test_feedback_as_json_is_the_api_s(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    give(space, kind="rating", rating=4)
    told = space.json("feedback", SLUG)
    assert (told["total"], told["items"][0]["rating"], told["summary"]["average_rating"]) == (1, 4, 4.0)


def test_what_was_fetched_and_looked_into_says_so(space: CommandLine, catalogue: Counterpart) -> None:
    listed(space, catalogue)
    catalogue.catalogue.feedback.append(
        {"id": "f-1", "slug": SLUG, "at": "2026-03-01T10:00:00Z", "kind": "error_report", "text": "It times out."}
    )
    services = space.services()
    services.feedback.round()
    services.close()
    shown = space.run("feedback", SLUG).stdout
    assert "Hub" in shown
    assert "→ tried" in shown
    assert "healthy" in shown


def test_no_feedback_and_no_endpoint_are_told(space: CommandLine) -> None:
    space.add_endpoint()
    assert "There is no feedback yet." in space.run("feedback", SLUG).stderr
    space.run("feedback", "nowhere", code=1)
