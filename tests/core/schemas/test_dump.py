from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from publicist.core.records import Endpoint, ErrorInfo, Lease, Marketplace, Publication
from publicist.core.schemas import publication_json, sync_state

Make = Callable[..., Endpoint]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
MARKETPLACE = Marketplace(
    id=ID,
    kind="syfthub",
    name="SyftHub",
    url="https://hub.example",
    settings={},
    credentials={},
    sync_policy="full",
    status="active",
    status_cause=None,
    status_reason=None,
    status_since=NOW,
    account=None,
    created_at=NOW,
)


PUBLICATION = Publication(
    id="p",
    endpoint_id=ID,
    marketplace_id=ID,
    wanted="listed",
    wanted_rev=1,
    status="published",
    remote_url="https://hub.example/ann/research-qa",
    published_at=NOW,
    verified_at=LATER,
    message="Successfully published endpoint",
)


def test_a_publication_is_shown_with_its_error(make: Make) -> None:
    failed = replace(PUBLICATION, status="failed", attempts=12, error=ErrorInfo("slug_conflict", "Taken.", "Choose."))
    shown = publication_json(failed, MARKETPLACE, make())
    assert shown["error"] == {"cause": "slug_conflict", "message": "Taken.", "remedy": "Choose."}
    assert (shown["status"], shown["sync"], shown["attempts"]) == ("failed", "failed", 12)
    assert (shown["marketplace_id"], shown["marketplace_name"]) == (ID, "SyftHub")


def test_a_publication_in_order_is_shown_with_its_times(make: Make) -> None:
    shown = publication_json(PUBLICATION, MARKETPLACE, make())
    assert (shown["error"], shown["needs_republish"], shown["sync"], shown["due_at"]) == (None, False, "in_sync", None)
    assert shown["verified_at"] == "2026-03-01T13:00:00+00:00"
    assert shown["remote_url"] == "https://hub.example/ann/research-qa"


def test_a_listing_that_needs_a_person_says_so_and_names_the_fields(make: Make) -> None:
    listed = replace(PUBLICATION, listed_as={"slug": "old-slug", "response_type": "raw"})
    shown = publication_json(listed, MARKETPLACE, make())
    assert (shown["needs_republish"], shown["changed"]) == (True, ["slug", "response_type"])
    assert shown["sync"] == "needs_republish"


def test_a_marketplace_never_used_is_shown_alike(make: Make) -> None:
    never = publication_json(None, MARKETPLACE, make())
    assert (never["status"], never["wanted"], never["error"], never["attempts"]) == ("not_published", "absent", None, 0)
    assert never.keys() == publication_json(PUBLICATION, MARKETPLACE, make()).keys()


@pytest.mark.parametrize(
    ("change", "changed", "expected"),
    [
        ({}, (), "in_sync"),
        ({}, ("slug",), "needs_republish"),
        ({"due_at": NOW}, ("slug",), "pending"),
        ({"lease": Lease("w", LATER, 1)}, (), "pending"),
        ({"status": "pending"}, (), "pending"),
        ({"status": "failed", "due_at": NOW}, (), "failed"),
        ({"gave_up": True}, (), "failed"),
        ({"wanted": "absent"}, (), "drifted"),
        ({"status": "not_published"}, (), "drifted"),
        ({"wanted": "absent", "status": "not_published"}, (), "in_sync"),
    ],
)
def test_sync_tells_how_the_listing_stands_to_what_is_wanted(
    change: dict[str, Any], changed: tuple[str, ...], expected: str
) -> None:
    assert sync_state(replace(PUBLICATION, **change), changed) == expected
