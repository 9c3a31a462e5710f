"""`init`, `network` and `token`."""

import json
import stat

import pytest
from publicist.core.secrets import KEY_FILE

from .conftest import CommandLine


def test_init_makes_a_space_and_prints_a_token_that_may_do_everything(nowhere: CommandLine) -> None:
    said = nowhere.json("init")
    assert set(said) == {"data_dir", "token"}
    assert said["data_dir"] == str(nowhere.data_dir)
    assert stat.S_IMODE((nowhere.data_dir / KEY_FILE).stat().st_mode) == 0o600
    services = nowhere.services()
    assert services.tokens.check(said["token"], "admin").name == "admin"
    services.close()


def test_init_tells_a_person_the_token_and_what_comes_next(nowhere: CommandLine) -> None:
    result = nowhere.run("init")
    assert [line for line in result.stdout.splitlines() if line.strip().startswith("pub_")]
    assert "publicist marketplace add" in result.stderr


def test_a_space_is_not_made_twice_and_no_token_is_shown_again(space: CommandLine) -> None:
    result = space.run("init", code=1)
    assert "pub_" not in result.output
    assert "--new-token" in result.stderr
    assert space.json("init", code=1)["cause"] == "conflict"


def test_another_admin_token_is_made_on_demand(space: CommandLine) -> None:
    token = space.json("init", "--new-token")["token"]
    services = space.services()
    assert services.tokens.check(token, "admin")
    assert len(services.tokens.all()) == 2
    services.close()


@pytest.mark.parametrize("words", [["status"], ["endpoint", "list"], ["publish", "research-qa"], ["token", "list"]])
def test_without_a_space_every_command_says_how_to_make_one(nowhere: CommandLine, words: list[str]) -> None:
    assert "publicist init" in nowhere.run(*words, code=1).stderr
    assert "publicist init" in nowhere.json(*words, code=1)["remedy"]


def test_the_network_settings_are_changed_one_by_one(space: CommandLine) -> None:
    space.run("network", "set", "--public-url", "https://space.example/", "--deployment", "vm")
    space.run("network", "set", "--developer-token-stdin", "--name", "Lab", stdin="developer-secret-1\n")
    shown = space.json("network", "show")
    assert (shown["name"], shown["deployment"], shown["public_url"]) == ("Lab", "vm", "https://space.example")
    assert shown["developer_token_set"] is True
    assert space.json("network", "set", "--forget-developer-token")["developer_token_set"] is False


def test_a_developer_token_is_never_shown(space: CommandLine) -> None:
    said = space.run("network", "set", "--developer-token", "developer-secret-1")
    assert "developer-secret-1" not in said.output + space.run("network", "show").output
    assert "--developer-token-stdin" in said.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--developer-token", "one-secret-1", "--developer-token-stdin"],
        ["--developer-token", "one-secret-1", "--forget-developer-token"],
        ["--deployment", "moon"],
        [],
    ],
)
def test_network_options_that_do_not_go_together_are_a_usage_error(space: CommandLine, words: list[str]) -> None:
    space.run("network", "set", *words, code=2)
    assert space.json("network", "show")["developer_token_set"] is False


def test_a_public_url_from_the_environment_is_told_as_such(space: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLICIST_PUBLIC_URL", "https://other.example")
    result = space.run("network", "show")
    assert "https://other.example" in result.stdout
    assert "PUBLICIST_PUBLIC_URL" in result.stderr


def test_what_is_found_about_the_network_is_shown(space: CommandLine) -> None:
    shown = space.run("network", "show").stdout
    assert "Not connected: No developer token is entered" in shown
    assert "Local development only" in shown


def test_a_developer_token_that_nobody_can_validate_yet_is_saved_and_says_so(space: CommandLine) -> None:
    shown = space.json("network", "set", "--developer-token-stdin", stdin="developer-secret-1\n")
    assert (shown["developer_token_set"], shown["connection"]["status"]) == (True, "Not connected")
    assert "add a marketplace" in shown["connection"]["reason"]


def test_the_deployment_returns_to_what_is_not_entered(space: CommandLine) -> None:
    assert space.json("network", "set", "--deployment", "docker_vm")["deployment_source"] == "entered"
    shown = space.json("network", "set", "--deployment", "auto")
    assert (shown["deployment"], shown["deployment_source"]) == ("localhost", "environment")


def test_a_check_of_the_address_exits_with_1_unless_this_space_answers_there(space: CommandLine) -> None:
    assert space.json("network", "check", code=1)["status"] == "no_public_url"
    space.run("network", "set", "--public-url", "http://127.0.0.1:1")
    said = space.run("network", "check", code=1).stdout
    assert "not reachable from here" in said
    assert "Only a marketplace can tell for sure" in said


def test_a_token_is_made_listed_and_revoked(space: CommandLine) -> None:
    made = space.json("token", "create", "ci", "--scope", "publish", "--expires-in-days", "30")
    assert made["scopes"] == ["publish"]
    assert made["expires_at"]
    assert made["token"] not in json.dumps(space.json("token", "list"))
    space.run("token", "revoke", made["id"])
    listed = {each["name"]: each for each in space.json("token", "list")["items"]}
    assert listed["ci"]["revoked_at"]
    assert "revoked" in space.run("token", "list").stdout


def test_a_token_alone_is_printed_on_stdout_for_scripts(space: CommandLine) -> None:
    printed = space.run("token", "create", "ci", "--scope", "read").stdout
    assert printed.startswith("pub_")
    assert len(printed.split()) == 1


def test_an_unknown_token_cannot_be_revoked(space: CommandLine) -> None:
    assert space.run("token", "revoke", "nonsense", code=1).stderr.count("nonsense") == 1


@pytest.mark.parametrize("words", [[], ["--scope", "root"], ["--scope", "read", "--expires-in-days", "0"]])
def test_a_token_without_a_sound_scope_and_end_is_a_usage_error(space: CommandLine, words: list[str]) -> None:
    space.run("token", "create", "ci", *words, code=2)
