"""`publicist query`: the owner's try."""

from pytest_httpserver import HTTPServer

from .conftest import CommandLine


def test_a_query_shows_what_the_dataset_finds(space: CommandLine) -> None:
    (space.documents / "tokens.md").write_text("# Tokens\n\n## Life\n\nA token lives for a minute.\n")
    space.add_endpoint()

    shown = space.run("query", "research-qa", "how", "long", "does", "a", "token", "live").stdout
    found = space.json("query", "research-qa", "token", "--limit", "1")

    assert shown.startswith("[1] tokens.md")
    assert "A token lives for a minute." in shown
    (document,) = found["references"]["documents"]
    assert document["metadata"]["source"]["endpoint"] == "research-qa"


def test_a_long_passage_is_whole_in_a_pipe(space: CommandLine) -> None:
    (space.documents / "tokens.md").write_text("# Tokens\n\n" + "A token lives for a minute, and then ends. " * 24)
    space.add_endpoint()

    shown = space.run("query", "research-qa", "token", "--limit", "1").stdout

    assert shown.count("A token lives") == 24
    assert "…" not in shown


def test_nothing_found_is_said(space: CommandLine) -> None:
    space.add_endpoint()

    result = space.run("query", "research-qa", "zebra")

    assert result.stdout == ""
    assert "--threshold" in result.stderr


def test_a_model_s_text_comes_with_its_sources(space: CommandLine, httpserver: HTTPServer) -> None:
    answer = {"choices": [{"message": {"content": "It has a text [1]."}}]}
    httpserver.expect_request("/v1/chat/completions").respond_with_json(answer)
    model = ["--model-kind", "openai", "--model", f"url={httpserver.url_for('/v1')}", "--model", "model=small"]
    space.add_endpoint("research-qa", *model, "--response-type", "both")

    shown = space.run("query", "research-qa", "paper").stdout

    assert shown.splitlines()[0] == "It has a text [1]."
    assert "[1] paper.md" in shown


def test_what_fails_is_told_as_it_is(space: CommandLine) -> None:
    assert "no endpoint" in space.run("query", "no-such", "why", code=1).stderr
    space.add_endpoint()
    (space.documents / "paper.md").unlink()
    space.documents.rmdir()

    told = space.run("query", "research-qa", "why", code=1).stderr
    assert "The folder cannot be read" in told
    assert "Test the dataset" in told
