"""`marketplace add`, `list`, `test`, `edit` and `remove`, and how secrets come in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from publicist.plugins.localhub.server import RunningHub

from ...plugins.custom.counterpart import Counterpart
from ...ready import ready_hub
from .conftest import KEY, CommandLine

PASSWORD = "Passw0rd 1815"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = ready_hub(tmp_path / "hub")
    person = {"username": "ada", "email": "ada@example.org", "full_name": "Ada", "password": PASSWORD}
    assert requests.post(f"{running.url}/api/v1/auth/register", json=person, timeout=10).status_code == 201
    yield running
    running.stop()


def stored(space: CommandLine, name: str) -> dict[str, str]:
    services = space.services()
    marketplace = services.marketplaces.get(name)
    services.close()
    return {key: secret.reveal() for key, secret in marketplace.credentials.items()}


def test_syfthub_is_the_default_choice(space: CommandLine) -> None:
    made = space.json("marketplace", "add", "--no-test")
    assert (made["kind"], made["name"], made["url"]) == ("syfthub", "SyftHub", "https://syfthub.openmined.org")
    assert made["status_reason"] == "Not tested yet."


def test_an_account_is_connected_with_user_and_password(space: CommandLine, hub: RunningHub) -> None:
    words = ["marketplace", "add", "--url", hub.url, "--username", "ada", "--password-stdin"]
    made = space.json(*words, stdin=f"{PASSWORD}\n")
    assert (made["status"], made["account"]) == ("active", "ada")
    assert made["credentials"] == ["password"]
    assert made["settings"] == {"username": "ada"}


def test_a_key_comes_from_stdin_a_variable_or_the_command_line(
    space: CommandLine, catalogue: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOGUE_KEY", KEY)
    add = ["marketplace", "add", "--kind", "custom", "--url", catalogue.url]
    ways = {
        "One": space.run(*add, "--name", "One", "--api-key-stdin", stdin=f"{KEY}\r\n"),
        "Two": space.run(*add, "--name", "Two", "--api-key-env", "CATALOGUE_KEY"),
        "Three": space.run(*add, "--name", "Three", "--api-key", KEY),
        "Four": space.run(*add, "--name", "Four", "--set-env", "api_key=CATALOGUE_KEY"),
    }
    assert [name for name, result in ways.items() if "shell's history" in result.stderr] == ["Three"]
    assert all(stored(space, name) == {"api_key": KEY} for name in ways)
    assert all(KEY not in result.output for result in ways.values())


@pytest.mark.parametrize("words", [["--api-key-stdin"], ["--api-key-env", "NOT_SET_ANYWHERE"]])
def test_a_key_that_does_not_come_is_a_fault(space: CommandLine, words: list[str]) -> None:
    assert "api_key" in space.run("marketplace", "add", "--no-test", *words, stdin="", code=1).stderr
    assert space.json("marketplace", "list")["total"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["--api-key", "one-1", "--api-key-stdin"],
        ["--api-key-stdin", "--password-stdin"],
        ["--set", "nothing"],
        ["--sync-policy", "wild"],
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(space: CommandLine, words: list[str]) -> None:
    space.run("marketplace", "add", "--no-test", *words, stdin="a\nb\n", code=2)


def test_a_connection_that_fails_is_kept_and_told(space: CommandLine, catalogue: Counterpart) -> None:
    words = ["marketplace", "add", "--kind", "custom", "--name", "Catalogue", "--url", catalogue.url]
    made = space.json(*words, "--api-key-stdin", stdin="wrong-key-1\n", code=3)
    assert (made["status"], made["status_cause"]) == ("error", "authentication_failed")
    listed = space.run("marketplace", "list")
    assert "error" in listed.stdout
    assert "API key" in listed.stderr


def test_a_refused_key_is_renewed_by_an_edit(space: CommandLine, catalogue: Counterpart) -> None:
    space.run(
        *(
            "marketplace",
            "add",
            "--kind",
            "custom",
            "--name",
            "Catalogue",
            "--url",
            catalogue.url,
            "--api-key",
            "bad-key-1",
        ),
        code=3,
    )
    space.run("marketplace", "test", "Catalogue", code=1)
    assert "active" in space.run("marketplace", "edit", "Catalogue", "--api-key-stdin", stdin=KEY).stdout
    assert "as ada" in space.run("marketplace", "test", "Catalogue").stdout


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["--kind", "nonsense"], "kind"),
        (["--kind", "custom", "--name", "X"], "url"),
        (["--url", "ftp://somewhere"], "url"),
        (["--set", "colour=red"], "settings.colour"),
    ],
)
def test_what_the_kind_does_not_accept_is_told_by_field(space: CommandLine, words: list[str], field: str) -> None:
    assert field in space.json("marketplace", "add", "--no-test", *words, code=1)["errors"]


def test_a_name_is_taken_once(space: CommandLine) -> None:
    space.run("marketplace", "add", "--no-test")
    assert "name" in space.json("marketplace", "add", "--no-test", code=1)["errors"]


def test_a_marketplace_is_switched_off_and_on(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    assert space.json("marketplace", "edit", "Catalogue", "--disable")["status"] == "disabled"
    assert "--enable" in space.run("marketplace", "test", "Catalogue", code=1).stderr
    assert space.json("marketplace", "edit", "Catalogue", "--enable")["status"] == "active"


def test_an_edit_renames_and_takes_a_credential_away(space: CommandLine) -> None:
    space.run("marketplace", "add", "--no-test", "--api-key", "some-key-1", "--set", "take_over=https://old.example")
    words = ["--name", "Hub", "--unset", "api_key", "--sync-policy", "full", "--no-test"]
    edited = space.json("marketplace", "edit", "SyftHub", *words)
    assert (edited["name"], edited["sync_policy"], edited["credentials"]) == ("Hub", "full", [])
    assert edited["settings"] == {"take_over": "https://old.example"}


def test_an_edit_of_nothing_is_a_usage_error(space: CommandLine) -> None:
    space.run("marketplace", "add", "--no-test")
    space.run("marketplace", "edit", "SyftHub", code=2)


def test_a_marketplace_with_listings_is_not_removed(space: CommandLine, catalogue: Counterpart) -> None:
    space.add_marketplace("Catalogue", catalogue.url, "--api-key", KEY)
    space.add_endpoint()
    space.run("publish", "research-qa")
    assert space.json("marketplace", "list")["items"][0]["endpoint_count"] == 1
    assert "orphaned" in space.run("marketplace", "remove", "Catalogue", "--yes", code=1).stderr
    space.run("unpublish", "research-qa", "--yes")
    space.run("marketplace", "remove", "Catalogue", stdin="y\n")
    assert space.json("marketplace", "list")["total"] == 0


def test_a_marketplace_is_found_by_its_id(space: CommandLine, catalogues: Callable[..., Counterpart]) -> None:
    space.add_marketplace("Catalogue", catalogues().url)
    found = space.json("marketplace", "list")["items"][0]["id"]
    assert space.json("marketplace", "test", found)["name"] == "Catalogue"
