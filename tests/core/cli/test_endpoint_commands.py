"""`endpoint add`, `list`, `show`, `edit` and `remove`."""

import json
from pathlib import Path

import pytest

from ...plugins.custom.counterpart import Counterpart
from .conftest import KEY, CommandLine

POLICY = json.dumps({"type": "rate_limit", "config": {"limit": "100/m"}})


def test_an_endpoint_is_described_by_options(space: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "story.md").write_text("# Research\n\nAsk about methods.\n")
    space.add_endpoint(
        "research-qa",
        *("--summary", "Answers from open papers.", "--description-file", str(tmp_path / "story.md")),
        *("--tag", "Science", "--tag", "papers", "--version", "1.2.0", "--visibility", "internal"),
        *("--category", "science", "--language", "en", "--policy", POLICY, "--dataset-name", "papers"),
    )
    shown = space.json("endpoint", "show", "research-qa")
    assert (shown["name"], shown["published"], shown["response_type"]) == ("Research Q&A", True, "raw")
    assert (shown["tags"], shown["version"], shown["visibility"]) == (["science", "papers"], "1.2.0", "internal")
    assert shown["description"] == "# Research\n\nAsk about methods."
    assert shown["dataset"] == {"kind": "documents", "name": "papers", "settings": {"path": str(space.documents)}}
    assert shown["policies"][0]["config"]["limit"] == "100/m"
    assert (shown["category"], shown["language"], shown["model"]) == ("science", "en", None)


def test_a_slug_is_proposed_from_the_name(space: CommandLine) -> None:
    assert space.json("endpoint", "add", "--name", "Héllo World")["slug"] == "hello-world"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--published", "--dataset", "url=http://127.0.0.1:9/"], "Publish it with: publicist publish tides --all"),
        (
            ["--dataset", "url=http://127.0.0.1:9/"],
            "publicist endpoint edit tides --published; then publicist publish tides",
        ),
        (["--published"], "publicist endpoint edit tides --dataset-kind KIND --dataset KEY=VALUE; then publicist"),
        ([], "publicist endpoint edit tides --dataset-kind KIND --dataset KEY=VALUE --published; then publicist"),
    ],
)
def test_what_comes_next_is_said(space: CommandLine, words: list[str], said: str) -> None:
    assert said in space.run("endpoint", "add", "--name", "Tides", *words).stderr


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_an_endpoint_is_described_by_a_file_and_options_win_over_it(
    space: CommandLine, tmp_path: Path, form: str
) -> None:
    text = '{\n\t"name": "From a file",\n\t"tags": ["one"]\n}' if form == "json" else "name: From a file\ntags: [one]\n"
    (tmp_path / "endpoint").write_text(text)
    made = space.json("endpoint", "add", "--file", str(tmp_path / "endpoint"), "--name", "From options")
    assert (made["name"], made["tags"]) == ("From options", ["one"])


def test_a_file_may_come_on_stdin(space: CommandLine) -> None:
    assert space.json("endpoint", "add", "--file", "-", stdin="name: From stdin\n")["slug"] == "from-stdin"


def test_every_field_at_fault_is_told_with_its_line(space: CommandLine) -> None:
    result = space.run("endpoint", "add", "--file", "-", stdin="name: ''\nslug: UP\ncolour: red\n", code=1)
    for field, line in (("name", 1), ("slug", 2), ("colour", 3)):
        assert any(f"  {field}: " in told and f"(line {line})" in told for told in result.stderr.splitlines())
    assert result.stdout == ""


def test_faults_are_json_where_json_was_asked_for(space: CommandLine) -> None:
    told = space.json("endpoint", "add", "--name", "", "--slug", "UP", code=1)
    assert told["cause"] == "validation"
    assert set(told["errors"]) == {"name", "slug"}
    assert told["remedy"]


def test_a_taken_slug_is_refused(space: CommandLine) -> None:
    space.add_endpoint()
    assert "research-qa" in space.run("endpoint", "add", "--name", "Other", "--slug", "research-qa", code=1).stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--dataset", "no-equals-sign"],
        ["--dataset", "=value"],
        ["--dataset", "headers:={not json"],
        ["--policy", "{not json"],
        ["--description", "a", "--description-file", "b"],
        ["--file", "-", "--description-file", "-"],
        ["--visibility", "secret"],
    ],
)
def test_options_that_cannot_be_read_are_a_usage_error(space: CommandLine, words: list[str]) -> None:
    space.run("endpoint", "add", "--name", "A name", *words, code=2)
    assert space.json("endpoint", "list") == {"items": [], "total": 0}


def test_a_setting_may_be_any_json_and_a_text_may_hold_its_sign(space: CommandLine) -> None:
    made = space.json(
        *("endpoint", "add", "--name", "Served", "--model", "url=http://127.0.0.1:9/?a:=b"),
        *("--model", 'headers:={"X-Key": "very-secret-9"}'),
    )
    assert made["model"]["settings"] == {"url": "http://127.0.0.1:9/?a:=b", "headers": {"X-Key": "***"}}


def test_one_setting_is_changed_and_a_stored_secret_stays(space: CommandLine) -> None:
    added = ["--model", "url=http://127.0.0.1:9/", "--model", 'headers:={"X-Key": "very-secret-9"}']
    space.run("endpoint", "add", "--name", "Served", *added)
    space.run("endpoint", "edit", "served", "--model", "url=http://127.0.0.1:10/")
    services = space.services()
    model = services.endpoints.get("served").model
    services.close()
    assert model
    assert model.settings == {"url": "http://127.0.0.1:10/", "headers": {"X-Key": "very-secret-9"}}


def test_an_edit_changes_only_what_is_given(space: CommandLine) -> None:
    space.add_endpoint("research-qa", "--tag", "science", "--policy", POLICY)
    before = space.json("endpoint", "show", "research-qa")
    after = space.json("endpoint", "edit", "research-qa", "--summary", "New.")
    assert {name for name in before if before[name] != after[name]} == {"summary", "updated_at"}


def test_an_edit_takes_lists_and_sides_away(space: CommandLine) -> None:
    space.add_endpoint("research-qa", "--tag", "science", "--policy", POLICY)
    gone = space.json("endpoint", "edit", "research-qa", "--no-tags", "--no-policies", "--no-dataset", "--draft")
    assert (gone["tags"], gone["policies"], gone["dataset"], gone["published"]) == ([], [], None, False)


def test_a_slug_is_changed_by_an_edit(space: CommandLine) -> None:
    space.add_endpoint()
    space.run("endpoint", "edit", "research-qa", "--slug", "better-name")
    assert space.json("endpoint", "show", "better-name")["name"] == "Research Q&A"


@pytest.mark.parametrize("words", [[], ["--tag", "one", "--no-tags"]])
def test_an_edit_without_a_clear_wish_is_a_usage_error(space: CommandLine, words: list[str]) -> None:
    space.add_endpoint()
    space.run("endpoint", "edit", "research-qa", *words, code=2)


def test_a_listed_endpoint_is_synced_by_the_edit_itself(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")
    space.run("endpoint", "edit", "research-qa", "--name", "Renamed")
    assert catalogue.listings["research-qa"]["name"] == "Renamed"


def test_a_listing_that_does_not_follow_is_told(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")
    catalogue.faults.add("problem", method="PUT", status=503)
    result = space.run("endpoint", "edit", "research-qa", "--name", "Renamed")
    assert "not in step yet" in result.stderr


def test_taking_published_back_on_a_listed_endpoint_needs_a_word(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")
    assert "--unpublish" in space.run("endpoint", "edit", "research-qa", "--draft", code=1).stderr
    space.run("endpoint", "edit", "research-qa", "--draft", "--unpublish")
    assert catalogue.listings == {}


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("", 2, 1)])
def test_removal_asks_first(space: CommandLine, answer: str, code: int, left: int) -> None:
    space.add_endpoint()
    space.run("endpoint", "remove", "research-qa", stdin=answer, code=code)
    assert space.json("endpoint", "list")["total"] == left


def test_a_listed_endpoint_is_removed_only_with_its_listings(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")
    space.run("endpoint", "remove", "research-qa", "--yes", code=1)
    assert "Deleted" in space.run("endpoint", "remove", "research-qa", "--yes", "--unpublish").stdout
    assert catalogue.listings == {}


def test_a_removal_that_waits_for_a_marketplace_is_pending(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")
    catalogue.faults.add("problem", method="DELETE", status=503)
    result = space.run("endpoint", "remove", "research-qa", "--yes", "--unpublish", code=5)
    assert "as soon as its listings are withdrawn" in result.stdout


def test_show_tells_a_person_everything(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint("research-qa", "--description", "The whole story.", "--policy", POLICY)
    space.run("publish", "research-qa")
    said = space.run("endpoint", "show", "research-qa").stdout
    for expected in (
        "Research Q&A",
        "documents",
        "rate_limit (",
        "limit: 100/m",
        "The whole story.",
        "Catalogue: published",
    ):
        assert expected in said


def test_the_list_is_plain_and_one_line_an_endpoint_where_nobody_reads_along(space: CommandLine) -> None:
    space.add_endpoint("first-one")
    space.add_endpoint("second-one")
    lines = space.run("endpoint", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["SLUG", "first-one", "second-one"]
    assert not [char for line in lines for char in line if char in "\x1b─│"]


@pytest.mark.parametrize("words", [["show"], ["edit", "--name", "x"], ["remove", "--yes"]])
def test_an_unknown_endpoint_is_told_with_the_way_to_the_list(space: CommandLine, words: list[str]) -> None:
    told = space.run("endpoint", words[0], "nonsense", *words[1:], code=1).stderr
    assert "'nonsense'" in told
    assert "publicist endpoint list" in told
