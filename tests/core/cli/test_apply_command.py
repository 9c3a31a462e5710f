"""`apply`: a space as a file says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ...plugins.custom.counterpart import Counterpart
from .conftest import CommandLine

Start = Callable[..., Counterpart]


def written(path: Path, *endpoints: str) -> str:
    (path / "space.yaml").write_text("endpoints:\n" + "".join(endpoints))
    return str(path / "space.yaml")


def entry(space: CommandLine, slug: str = "research-qa", name: str = "Research Q&A", more: str = "") -> str:
    dataset = f"{{kind: documents, settings: {{path: {space.documents}}}}}"
    return f"  - slug: {slug}\n    name: {name}\n    published: true\n    dataset: {dataset}\n{more}"


def states(said: Any) -> dict[str, str]:
    return {each["endpoint_slug"]: each["state"] for each in said["endpoints"]}


def test_endpoints_are_made_changed_or_left_alone(space: CommandLine, tmp_path: Path) -> None:
    space.run("apply", written(tmp_path, entry(space), entry(space, "second-one")))
    file = written(tmp_path, entry(space), entry(space, "second-one", "Other"), entry(space, "third-one"))
    said = space.json("apply", file)
    assert states(said) == {"research-qa": "unchanged", "second-one": "changed", "third-one": "created"}
    assert said["endpoints"][1]["changed"] == ["name"]
    assert space.json("endpoint", "show", "second-one")["name"] == "Other"


def test_applying_twice_changes_nothing(space: CommandLine, catalogues: Start, tmp_path: Path) -> None:
    counterpart = catalogues()
    space.add_marketplace("A", counterpart.url)
    file = written(tmp_path, entry(space, more="    publish_to: all\n"))
    assert states(space.json("apply", file)) == {"research-qa": "created"}
    before = counterpart.listings
    said = space.json("apply", file)
    assert states(said) == {"research-qa": "unchanged"}
    assert said["endpoints"][0]["results"][0]["success"] is True
    assert counterpart.listings == before


def test_endpoints_are_published_where_the_file_says(space: CommandLine, catalogues: Start, tmp_path: Path) -> None:
    pair = catalogues(), catalogues()
    for name, counterpart in zip("AB", pair, strict=True):
        space.add_marketplace(name, counterpart.url)
    file = written(tmp_path, entry(space, more="    publish_to: [B]\n"), entry(space, "second-one"))
    assert "B: published" in space.run("apply", file).stdout
    assert [list(each.listings) for each in pair] == [[], ["research-qa"]]


def test_a_changed_listing_follows_without_being_named(space: CommandLine, catalogues: Start, tmp_path: Path) -> None:
    counterpart = catalogues()
    space.add_marketplace("A", counterpart.url)
    space.run("apply", written(tmp_path, entry(space, more="    publish_to: all\n")))
    space.run("apply", written(tmp_path, entry(space, name="Renamed")))
    assert counterpart.listings["research-qa"]["name"] == "Renamed"


def test_a_dry_run_tells_and_writes_nothing(space: CommandLine, catalogues: Start, tmp_path: Path) -> None:
    counterpart = catalogues()
    space.add_marketplace("A", counterpart.url)
    space.run("apply", written(tmp_path, entry(space)))
    file = written(tmp_path, entry(space, name="Renamed", more="    publish_to: all\n"), entry(space, "second-one"))
    assert states(space.json("apply", file, "--dry-run")) == {"research-qa": "changed", "second-one": "created"}
    assert "would be published to: all" in space.run("apply", file, "--dry-run").stdout
    assert [each["name"] for each in space.json("endpoint", "list")["items"]] == ["Research Q&A"]
    assert counterpart.listings == {}


@pytest.mark.parametrize(
    ("more", "field", "line"),
    [
        ("    colour: red\n", "endpoints.1.colour", 10),
        ("    publish_to: [A, Nowhere]\n", "endpoints.1.publish_to", 10),
        ("    tags: [fine, 'not fine']\n", "endpoints.1.tags.1", 10),
        ("    name: Twice\n", "line 10", None),
    ],
)
def test_a_file_with_a_mistake_is_refused_as_a_whole(
    space: CommandLine, catalogues: Start, tmp_path: Path, more: str, field: str, line: int | None
) -> None:
    space.add_marketplace("A", catalogues().url)
    file = written(tmp_path, entry(space), entry(space, "second-one", more=more))
    told = space.json("apply", file, code=1)
    assert list(told["errors"]) == [field]
    assert line is None or f"(line {line})" in told["errors"][field][0]
    assert space.json("endpoint", "list")["total"] == 0


def test_the_file_may_come_on_stdin(space: CommandLine) -> None:
    assert states(space.json("apply", "-", stdin=f"endpoints:\n{entry(space)}")) == {"research-qa": "created"}


@pytest.mark.parametrize("text", ["", "[]", "endpoints: 3", "just a text"])
def test_what_is_no_such_file_is_refused(space: CommandLine, text: str) -> None:
    assert space.json("apply", "-", stdin=text, code=1)["cause"] == "validation"


def test_an_endpoint_that_cannot_be_applied_holds_up_no_other(
    space: CommandLine, catalogues: Start, tmp_path: Path
) -> None:
    space.add_marketplace("A", catalogues().url)
    space.run("apply", written(tmp_path, entry(space, more="    publish_to: all\n")))
    taken_back = entry(space).replace("published: true", "published: false")
    said = space.json("apply", written(tmp_path, taken_back, entry(space, "second-one")), code=3)
    assert states(said) == {"research-qa": "failed", "second-one": "created"}
    assert said["endpoints"][0]["error"]["cause"] == "conflict"


def test_the_exit_code_tells_of_publishing_too(space: CommandLine, catalogues: Start, tmp_path: Path) -> None:
    counterpart = catalogues()
    space.add_marketplace("A", counterpart.url)
    file = written(tmp_path, entry(space, more="    publish_to: all\n"))
    counterpart.faults.add("problem", method="POST", path="/listings", status=503)
    space.run("apply", file, code=5)
    space.run("apply", written(tmp_path, entry(space, "taken-one", more="    publish_to: all\n")), code=5)
    counterpart.faults.clear()
    counterpart.faults.add("problem", method="POST", path="/listings", status=422, code="validation")
    space.run("apply", file, code=1)


def test_all_without_a_marketplace_is_an_error(space: CommandLine, tmp_path: Path) -> None:
    file = written(tmp_path, entry(space, more="    publish_to: all\n"))
    assert "publicist marketplace add" in space.run("apply", file, code=1).stdout


CHECKS = """    checks:
      - {kind: tcp, name: door, settings: {address: "127.0.0.1:9"}}
      - kind: http
        name: page
        settings: {url: "http://127.0.0.1:9/", headers: {X-API-Key: a-token-of-the-check}}
"""


def checked(space: CommandLine) -> dict[str, Any]:
    return {each["name"]: each["settings"] for each in space.json("check", "list", "research-qa")["items"]}


def test_checks_come_from_the_file_and_go_with_it(space: CommandLine, tmp_path: Path) -> None:
    assert states(space.json("apply", written(tmp_path, entry(space, more=CHECKS)))) == {"research-qa": "created"}
    assert set(checked(space)) == {"door", "page"}
    assert states(space.json("apply", written(tmp_path, entry(space, more=CHECKS)))) == {"research-qa": "unchanged"}
    space.run("apply", written(tmp_path, entry(space)))
    assert set(checked(space)) == {"door", "page"}

    other = written(tmp_path, entry(space, more=CHECKS.replace(':9"', ':8"')))
    before = checked(space)
    assert space.json("apply", other, "--dry-run")["endpoints"][0]["changed"] == ["checks"]
    assert checked(space) == before
    assert space.json("apply", other)["endpoints"][0]["changed"] == ["checks"]
    assert checked(space)["door"] == {"address": "127.0.0.1:8"}
    space.run("apply", written(tmp_path, entry(space, more="    checks: []\n")))
    assert checked(space) == {}


@pytest.mark.parametrize(
    ("check", "field"),
    [
        ("{kind: telepathy}", "endpoints.0.checks.0.kind"),
        ("{kind: tcp}", "endpoints.0.checks.0.settings.address"),
        ("{kind: tcp, name: query, settings: {address: 'a:1'}}", "endpoints.0.checks.0.name"),
        ("{kind: tcp, settings: {address: 'a:1'}}, {kind: tcp, settings: {address: 'a:2'}}", "endpoints.0.checks"),
    ],
)
def test_a_check_with_a_mistake_refuses_the_file(space: CommandLine, tmp_path: Path, check: str, field: str) -> None:
    told = space.json("apply", written(tmp_path, entry(space, more=f"    checks: [{check}]\n")), code=1)
    assert list(told["errors"]) == [field]
    assert space.json("endpoint", "list")["total"] == 0


def test_what_was_exported_is_applied_without_a_change_and_holds_no_secret(
    space: CommandLine, catalogues: Start, tmp_path: Path
) -> None:
    counterpart = catalogues()
    space.add_marketplace("A", counterpart.url)
    space.run(
        "apply", written(tmp_path, entry(space, more=f"{CHECKS}    publish_to: [A]\n"), entry(space, "second-one"))
    )
    exported = space.run("export").stdout
    assert "a-token-of-the-check" not in exported
    assert "publish_to:\n  - A\n" in exported
    assert states(space.json("apply", "-", stdin=exported)) == {"research-qa": "unchanged", "second-one": "unchanged"}
    assert "second-one" not in space.run("export", "research-qa").stdout
    space.run("export", "no-such", code=1)

    space.run("check", "remove", "research-qa", "page")
    [failed, _] = space.json("apply", "-", stdin=exported, code=3)["endpoints"]
    assert "checks.1.settings.headers.X-API-Key" in failed["error"]["message"]
    assert set(checked(space)) == {"door"}
