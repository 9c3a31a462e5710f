"""``publicist check`` on the command line."""

import pytest
from pytest_httpserver import HTTPServer

from .conftest import CommandLine

TOKEN = "a-token-of-the-check"


def test_a_check_is_added_shown_run_and_taken_away(
    space: CommandLine, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/", headers={"X-API-Key": TOKEN}).respond_with_data("All is well.")
    monkeypatch.setenv("CHECK_TOKEN", TOKEN)
    space.add_endpoint()
    said = space.run(
        *("check", "add", "research-qa", "--kind", "http", "--name", "page", "--set", f"url={httpserver.url_for('/')}"),
        *("--set", 'status:=["200"]', "--header-env", "X-API-Key=CHECK_TOKEN"),
    )
    assert "It passes" in said.stderr

    listed = space.json("check", "list", "research-qa")
    assert [(each["name"], each["kind"]) for each in listed["items"]] == [("page", "http")]
    shown = space.run("check", "list", "research-qa").stdout
    assert "page" in shown
    assert TOKEN not in shown + str(listed) + said.output

    looked = space.json("check", "run", "research-qa")
    assert {each["name"]: each["ok"] for each in looked["items"]} == {"dataset": True, "page": True, "query": True}
    assert "page" in space.run("check", "run", "research-qa", "page").stdout

    space.run("check", "remove", "research-qa", "page")
    assert space.json("check", "list", "research-qa")["total"] == 0
    assert "Nothing was added" in space.run("check", "list", "research-qa").stderr


def test_a_check_that_does_not_pass_is_added_and_ends_a_run_with_1(space: CommandLine) -> None:
    space.add_endpoint()
    words = ["--kind", "tcp", "--set", "address=127.0.0.1:9"]
    assert "does not pass yet" in space.run("check", "add", "research-qa", *words).stderr
    assert space.json("check", "run", "research-qa", "tcp", code=1)["items"][0]["reachable"] is False
    space.run("check", "run", "research-qa", code=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--kind", "telepathy"], 1),
        (["--kind", "tcp"], 1),
        (["--kind", "tcp", "--set", "address"], 2),
        (["--kind", "tcp", "--set", "address=nowhere"], 1),
        (["--kind", "http", "--set", "url=http://a.example", "--header-env", "X=NO_SUCH_VARIABLE"], 1),
        ([], 2),
    ],
)
def test_what_cannot_be_added_is_refused(space: CommandLine, words: list[str], code: int) -> None:
    space.add_endpoint()
    assert "Error" in space.run("check", "add", "research-qa", *words, code=code).stderr
    assert space.json("check", "list", "research-qa")["total"] == 0


def test_what_is_not_there_is_told(space: CommandLine) -> None:
    space.add_endpoint()
    space.run("check", "remove", "research-qa", "no-such", code=1)
    space.run("check", "run", "no-such", code=1)
