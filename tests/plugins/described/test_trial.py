"""``publicist marketplace try FILE``, as a person runs it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from publicist.core.cli import cli
from publicist.plugins.described import SHIPPED
from publicist.plugins.localhub.server import RunningHub

from ..syfthub.provider import Person
from . import ckan, registry
from .served import Served, served

CKAN = str(SHIPPED / "ckan.yaml")


@pytest.fixture
def portal() -> ckan.Portal:
    return ckan.Portal()


@pytest.fixture
def running(portal: ckan.Portal) -> Iterator[Served]:
    with served(portal.app()) as there:
        yield there


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUBLICIST_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("CKAN_TOKEN", ckan.TOKEN)


def attempt(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["marketplace", "try", *words])
    assert result.exit_code == code, result.output
    return result


def on(running: Served, *words: str, code: int = 0) -> Result:
    entered = ("--url", running.url, "--set", f"organization={ckan.ORGANIZATION}", "--set-env", "api_key=CKAN_TOKEN")
    return attempt(CKAN, *entered, *words, code=code)


def test_without_a_word_nothing_is_written(running: Served, portal: ckan.Portal, tmp_path: Path) -> None:
    result = on(running)

    assert "Connected as observatory" in result.output
    assert "Nothing was written" in result.stderr
    assert all(line.startswith("GET") for line in running.requests)
    assert not (tmp_path / "none").exists()


def test_a_listing_is_made_read_changed_and_withdrawn(running: Served, portal: ckan.Portal) -> None:
    told = json.loads(on(running, "--write", "--json").stdout)

    titles = [step["title"] for step in told["steps"]]
    assert titles[4:] == [
        "Make a listing",
        "Find it",
        "See it among our listings",
        "Change it",
        "Find it changed",
        "Withdraw it",
        "Find it gone",
    ]
    assert all(step["ok"] and step["exchanges"] for step in told["steps"])
    assert portal.names() == []
    assert any("package_create" in line for line in told["steps"][4]["exchanges"])


def test_no_secret_is_shown(running: Served) -> None:
    shown = on(running, "--write").output

    assert ckan.TOKEN not in shown
    assert "Authorization: ***" in shown


def test_a_secret_is_not_taken_from_the_command_line(running: Served) -> None:
    result = attempt(CKAN, "--url", running.url, "--set", f"api_key={ckan.TOKEN}", code=1)

    assert "--set-env api_key=VARIABLE" in result.output
    assert ckan.TOKEN not in result.output


def test_what_is_needed_is_named(running: Served) -> None:
    assert (
        "--set organization=VALUE"
        in attempt(CKAN, "--url", running.url, "--set-env", "api_key=CKAN_TOKEN", code=1).output
    )
    assert "there are api_key, organization, purge" in attempt(CKAN, "--set", "org=x", code=1).output


def test_what_fails_is_the_last_step(running: Served, portal: ckan.Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CKAN_TOKEN", "wrong")

    result = on(running, "--write", code=1)

    assert "FAIL  Connect" in result.output
    assert "What to do:" in result.output
    assert portal.datasets == {}


def test_what_would_always_look_changed_is_told_and_cleaned_up(
    running: Served, portal: ckan.Portal, tmp_path: Path
) -> None:
    text = Path(CKAN).read_text().replace("title: item.title", "title: item.name")
    (tmp_path / "mine.yaml").write_text(text)
    entered = ("--url", running.url, "--set", f"organization={ckan.ORGANIZATION}", "--set-env", "api_key=CKAN_TOKEN")

    result = attempt(str(tmp_path / "mine.yaml"), *entered, "--write", code=1)

    assert "would always look changed: title (sent 'Trial', read 'publicist-trial-" in result.output
    assert "Clean up: The listing was withdrawn." in result.output
    assert portal.names() == []


def test_a_secret_that_a_listing_shows_is_not_told_in_part(
    running: Served, portal: ckan.Portal, tmp_path: Path
) -> None:
    said = "sent 'Trial', read '"
    text = (
        Path(CKAN)
        .read_text()
        .replace("title: item.title", f"title: join('', ['{'x' * (395 - len(said))}', '{ckan.TOKEN}'])")
    )
    (tmp_path / "mine.yaml").write_text(text)
    entered = ("--url", running.url, "--set", f"organization={ckan.ORGANIZATION}", "--set-env", "api_key=CKAN_TOKEN")

    result = attempt(str(tmp_path / "mine.yaml"), *entered, "--write", code=1)

    assert "would always look changed: title" in result.output
    assert ckan.TOKEN[:4] not in result.output


def test_what_could_not_be_taken_away_is_named(running: Served, portal: ckan.Portal, tmp_path: Path) -> None:
    text = Path(CKAN).read_text().replace("'package_delete'", "'package_show'")
    (tmp_path / "mine.yaml").write_text(text)
    entered = ("--url", running.url, "--set", f"organization={ckan.ORGANIZATION}", "--set-env", "api_key=CKAN_TOKEN")

    result = attempt(str(tmp_path / "mine.yaml"), *entered, "--write", code=1)

    (name,) = portal.names()
    assert f"The listing {name} ({running.url}/dataset/{name}) may still be there: remove it" in result.output


@pytest.mark.parametrize("url", ["", "https://space.example"])
def test_an_account_has_the_address_that_was_given_and_no_other(
    hubs: dict[str, RunningHub], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    person = Person.sign_up(hubs["accounts"].url)
    monkeypatch.setenv("TOKEN", person.token)
    entered = ("--url", person.url, "--set-env", "api_key=TOKEN", "--public-url", url)

    attempt(str(SHIPPED / "syfthub-described.yaml"), *entered, "--write")

    assert person.records == []
    assert person.does("GET", "/users/me")["domain"] == (url or None)


def test_what_stays_for_good_is_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", registry.TOKEN)
    there = registry.Registry()
    with served(there.app()) as running:
        entered = ("--url", running.url, "--set", f"namespace={registry.NAMESPACE}", "--set-env", "api_key=TOKEN")
        result = attempt(str(SHIPPED / "mcp-registry.yaml"), *entered, "--write")

    assert "leaves something there: Its versions stay" in result.stderr
    assert there.names() == []


def test_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("format: 1\nkind: x\ntitel: X\n")

    result = attempt(str(tmp_path / "x.yaml"), code=1)

    assert "x.yaml:3:1: titel: There is no such key; did you mean title?" in result.output
    assert "What to do: Correct the lines that are named" in result.output


def test_a_file_can_be_checked_alone() -> None:
    assert "the kind ckan (CKAN), with the settings api_key, organization, purge" in attempt(CKAN, "--check").output
    assert json.loads(attempt(CKAN, "--check", "--json").stdout)["kind"] == "ckan"
