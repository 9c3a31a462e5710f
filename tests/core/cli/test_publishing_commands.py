"""`availability`, `preflight`, `publish`, `unpublish` and `status`."""

from collections.abc import Callable
from typing import Any

import pytest

from ...plugins.custom.counterpart import Counterpart
from .conftest import CommandLine

Start = Callable[..., Counterpart]
REFUSAL: dict[str, Any] = {"method": "POST", "path": "/listings", "status": 422, "code": "validation"}


@pytest.fixture
def two(space: CommandLine, catalogues: Start) -> tuple[Counterpart, Counterpart]:
    """Two marketplaces, A and B, and an endpoint that is ready."""
    pair = catalogues(), catalogues()
    for name, counterpart in zip("AB", pair, strict=True):
        space.add_marketplace(name, counterpart.url)
    space.add_endpoint()
    return pair


def test_publish_answers_as_the_guide_writes_it(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    said = space.json("publish", "research-qa", "--all")
    assert said["endpoint_slug"] == "research-qa"
    assert [(each["marketplace_name"], each["success"], each["error"]) for each in said["results"]] == [
        ("A", True, None),
        ("B", True, None),
    ]
    assert said["results"][0]["message"] == "Successfully published endpoint"
    assert [list(each.listings) for each in two] == [["research-qa"]] * 2


def test_publish_tells_a_person_where_the_listing_is(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    said = space.run("publish", "research-qa", "--to", "B").stdout
    assert "Successfully published endpoint" in said
    assert "B: https://catalogue.example/l/research-qa" in said
    assert not two[0].listings


def test_a_single_marketplace_need_not_be_named(space: CommandLine, catalogues: Start) -> None:
    counterpart = catalogues()
    space.add_marketplace("Only", counterpart.url)
    space.add_endpoint()
    space.run("publish", "research-qa")
    assert list(counterpart.listings) == ["research-qa"]


@pytest.mark.parametrize("words", [[], ["--all", "--to", "A"], ["--all", "--wait", "-1"]])
def test_an_unclear_choice_is_a_usage_error(
    space: CommandLine, two: tuple[Counterpart, Counterpart], words: list[str]
) -> None:
    space.run("publish", "research-qa", *words, code=2)
    assert not two[0].listings


def test_unknown_marketplaces_are_all_named(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    told = space.json("publish", "research-qa", "--to", "X", "--to", "A", "--to", "Y", code=1)
    assert [name in " ".join(told["errors"]["to"]) for name in ("'X'", "'Y'", "'A'")] == [True, True, False]
    assert not two[0].listings


def test_a_marketplace_named_twice_is_one(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    assert len(space.json("publish", "research-qa", "--to", "A", "--to", "A")["results"]) == 1


def test_without_a_marketplace_publish_says_how_to_add_one(space: CommandLine) -> None:
    space.add_endpoint()
    assert "publicist marketplace add" in space.run("publish", "research-qa", "--all", code=1).stderr


def test_publishing_done_in_part_is_3_and_tells_why(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    two[1].insert("research-qa")
    result = space.run("publish", "research-qa", "--all", code=3)
    line = next(line for line in result.stdout.splitlines() if line.startswith("B "))
    assert "failed" in line
    assert "→ " in line
    results = space.json("publish", "research-qa", "--all", code=3)["results"]
    assert [each["cause"] for each in results] == [None, "slug_conflict"]
    assert results[1]["remedy"]


def test_publishing_that_fails_everywhere_is_1(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    for each in two:
        each.faults.add("problem", **REFUSAL)
    results = space.json("publish", "research-qa", "--all", code=1)["results"]
    assert [each["status"] for each in results] == ["failed", "failed"]


def test_publishing_that_is_still_tried_is_5(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    two[1].faults.add("problem", method="POST", path="/listings", status=503)
    result = space.run("publish", "research-qa", "--all", code=5)
    assert "pending" in result.stdout
    assert "publicist runner" in result.stderr


def test_a_dataset_that_does_not_answer_blocks_unless_forced(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    space.run("endpoint", "edit", "research-qa", "--dataset", f"path={space.documents / 'gone'}")
    results = space.json("publish", "research-qa", "--all", code=1)["results"]
    assert {each["cause"] for each in results} == {"endpoint_unhealthy"}
    space.run("publish", "research-qa", "--all", "--force")
    assert list(two[0].listings) == ["research-qa"]


def test_a_dry_run_shows_what_would_be_sent_and_writes_nothing(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    said = space.json("publish", "research-qa", "--all", "--dry-run")
    assert said["dry_run"] is True
    assert [payload["name"] for payload in said["payloads"].values()] == ["Research Q&A"] * 2
    assert "A would show:" in space.run("publish", "research-qa", "--to", "A", "--dry-run").stdout
    assert not two[0].listings
    assert space.json("status", "research-qa")["publications"][0]["status"] == "not_published"


def test_a_dry_run_that_meets_a_block_exits_as_publishing_would(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    two[0].insert("research-qa")
    space.run("publish", "research-qa", "--all", "--dry-run", code=3)
    space.run("publish", "research-qa", "--to", "A", "--dry-run", code=1)


def test_preflight_puts_what_blocks_first(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    space.run("endpoint", "edit", "research-qa", "--draft")
    lines = space.run("preflight", "research-qa", code=1).stdout.splitlines()
    assert lines[1].startswith("blocks")
    assert "published" in lines[1]
    told = space.json("preflight", "research-qa", code=1)
    assert told["ready"] is False
    assert [each["code"] for each in told["blocks"]] == ["not_ready"]
    assert "no_access_policy" in {each["code"] for each in told["advice"]}


def test_preflight_names_the_marketplace_where_the_slug_is_taken(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    two[1].insert("research-qa")
    blocks = space.json("preflight", "research-qa", code=3)["blocks"]
    assert [(each["cause"], each["marketplace_name"]) for each in blocks] == [("slug_conflict", "B")]
    space.run("preflight", "research-qa", "--to", "A")


def test_availability_tells_every_marketplace(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    two[1].insert("news-digest")
    said = space.json("availability", "news-digest")
    assert (said["slug"], said["local_available"]) == ("news-digest", True)
    assert [(each["marketplace_name"], each["available"]) for each in said["marketplaces"]] == [
        ("A", True),
        ("B", False),
    ]
    lines = space.run("availability", "news-digest").stdout.splitlines()
    assert [line.split()[:2] for line in lines[-2:]] == [["A", "free"], ["B", "taken"]]


def test_availability_of_no_slug_is_an_error(space: CommandLine) -> None:
    assert "slug" in space.json("availability", "NOT A SLUG", code=1)["errors"]


def test_unpublish_says_what_it_means_before_it_asks(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    space.run("publish", "research-qa", "--all")
    result = space.run("unpublish", "research-qa", stdin="n\n", code=1)
    for consequence in ("search results", "new queries", "satellite tokens", "configuration", "A, B", "integrations"):
        assert consequence in result.stderr
    assert list(two[0].listings) == ["research-qa"]
    space.run("unpublish", "research-qa", stdin="y\n")
    assert [each.listings for each in two] == [{}, {}]


def test_unpublish_withdraws_only_where_it_is_told(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    space.run("publish", "research-qa", "--all")
    results = space.json("unpublish", "research-qa", "--to", "A", "--yes")["results"]
    assert [(each["marketplace_name"], each["status"]) for each in results] == [("A", "not_published")]
    assert (two[0].listings, list(two[1].listings)) == ({}, ["research-qa"])


def test_unpublish_asks_nobody_when_nothing_is_published(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    assert "not published anywhere" in space.run("unpublish", "research-qa").stdout
    assert space.json("unpublish", "research-qa") == {"endpoint_slug": "research-qa", "results": []}


def test_unpublish_without_anybody_to_ask_needs_yes(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    space.run("publish", "research-qa", "--all")
    assert "--yes" in space.run("unpublish", "research-qa", stdin="", code=2).stderr
    assert list(two[0].listings) == ["research-qa"]


def test_status_is_a_matrix_of_endpoints_and_marketplaces(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    two[1].faults.add("problem", **REFUSAL)
    space.run("publish", "research-qa", "--all", code=3)
    space.add_endpoint("second-one")
    lines = space.run("status").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["ENDPOINT", "HEALTH", "AGE", "A", "B"],
        ["research-qa", "unknown", "-", "in", "sync", "failed"],
        ["second-one", "unknown", "-", "-", "-"],
    ]


def test_a_matrix_too_wide_for_the_terminal_becomes_a_list(
    space: CommandLine, two: tuple[Counterpart, Counterpart], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    lines = space.run("status").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["ENDPOINT", "HEALTH", "AGE", "MARKETPLACE", "STATE"],
        ["research-qa", "unknown", "-", "A", "-"],
        ["research-qa", "unknown", "-", "B", "-"],
    ]


def test_the_status_of_one_endpoint_tells_what_to_do(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    two[1].faults.add("problem", method="POST", path="/listings", status=503)
    space.run("publish", "research-qa", "--all", code=5)
    said = space.run("status", "research-qa").stdout
    assert "A: published, in sync\n  https://catalogue.example/l/research-qa" in said
    assert "B: pending" in said
    assert "→ " in said
    assert "Next try:" in said


def test_a_change_that_needs_a_person_shows_in_the_status(
    space: CommandLine, two: tuple[Counterpart, Counterpart]
) -> None:
    space.run("publish", "research-qa", "--all")
    space.run("endpoint", "edit", "research-qa", "--slug", "better-name")
    said = space.run("status", "better-name").stdout
    assert "needs republish" in said
    assert "Changed since: slug." in said


def test_status_lists_every_endpoint_as_json(space: CommandLine, two: tuple[Counterpart, Counterpart]) -> None:
    said = space.json("status")
    assert said["total"] == 1
    assert [each["sync"] for each in said["items"][0]["publications"]] == ["in_sync", "in_sync"]


@pytest.mark.parametrize("words", [["publish", "--all"], ["unpublish"], ["preflight"], ["status"]])
def test_an_unknown_endpoint_is_told(space: CommandLine, catalogues: Start, words: list[str]) -> None:
    space.add_marketplace("A", catalogues().url)
    assert space.json(words[0], "nonsense", *words[1:], code=1)["cause"] == "not_found"


def test_an_empty_space_says_what_to_add(space: CommandLine) -> None:
    assert "publicist endpoint add" in space.run("status").stderr
    assert "publicist endpoint add" in space.run("endpoint", "list").stderr
    assert "publicist marketplace add" in space.run("marketplace", "list").stderr
