"""Answers that are sent while they are written."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ...spaces import WAIT
from ..site import good, problem
from .conftest import World, until


class Pen:
    """A model that writes one piece, waits to be let go on, and then writes the rest."""

    def __init__(self, server: HTTPServer, rest: list[str]) -> None:
        self.go_on = threading.Event()
        self._rest = rest
        server.expect_request("/v1/chat/completions").respond_with_handler(self._answer)
        self.url = server.url_for("/v1")

    def _answer(self, _: Request) -> Response:
        return Response(self._lines(), content_type="text/event-stream")

    def _lines(self) -> Iterator[str]:
        yield line("One ")
        assert self.go_on.wait(WAIT)
        yield from self._rest


def line(piece: str) -> str:
    return f"data: {json.dumps({'choices': [{'delta': {'content': piece}}]})}\n\n"


DONE = "data: [DONE]\n\n"


@pytest.fixture
def open_stream(world: World) -> Iterator[Callable[[str], requests.Response]]:
    """Opens a stream from an endpoint over the folder and a model at this address."""
    opened = []

    def open_it(url: str) -> requests.Response:
        world.offer(model={"kind": "openai", "settings": {"url": url, "model": "small"}}, response_type="both")
        headers = {"Authorization": f"Bearer {world.token()}", "Accept": "text/event-stream"}
        body = {"messages": [{"role": "user", "content": "satellite token"}], "stream": True}
        where = f"{world.site.url}/api/v1/endpoints/handbook/query"
        opened.append(requests.post(where, json=body, headers=headers, timeout=WAIT, stream=True))
        return opened[-1]

    yield open_it
    for answer in opened:
        answer.close()


def events(lines: Iterator[str]) -> list[tuple[str, Any]]:
    """Read the rest of a stream: the name and the data of each event."""
    found, name = [], ""
    for each in lines:
        if each.startswith("event: "):
            name = each.removeprefix("event: ")
        elif each.startswith("data: "):
            data = each.removeprefix("data: ")
            found.append((name, data if data == "[DONE]" else json.loads(data)))
            name = ""
    return found


def test_a_piece_arrives_while_the_next_is_not_yet_written(
    open_stream: Callable[[str], requests.Response], httpserver: HTTPServer
) -> None:
    pen = Pen(httpserver, [line("two"), DONE])
    answer = open_stream(pen.url)
    lines = answer.iter_lines(decode_unicode=True)

    first = next(lines)
    assert not pen.go_on.is_set()
    pen.go_on.set()
    rest = events(lines)

    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert first == 'data: {"content": "One "}'
    assert [name for name, _ in rest] == ["", "references", "done", ""]
    assert rest[0][1] == {"content": "two"}
    assert rest[1][1]["references"]["documents"][0]["metadata"]["path"] == "tokens.md"
    assert rest[2][1]["provider_info"]["sources"][0]["document"] == "tokens.md"
    assert rest[3][1] == "[DONE]"
    # Callers take these names for more of the text.
    assert not {"summary", "content", "text", "choices"} & {*rest[1][1], *rest[2][1]}


def test_what_fails_after_the_first_piece_ends_the_stream_with_an_error(
    open_stream: Callable[[str], requests.Response], httpserver: HTTPServer
) -> None:
    pen = Pen(httpserver, ["data: {broken\n\n"])
    pen.go_on.set()

    told = events(open_stream(pen.url).iter_lines(decode_unicode=True))

    assert told[0] == ("", {"content": "One "})
    assert (told[-1][0], told[-1][1]["status"]) == ("error", 502)
    assert "[DONE]" not in [data for _, data in told]


def test_what_fails_before_the_first_piece_is_an_ordinary_error(
    open_stream: Callable[[str], requests.Response], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_data("no", status=500)

    problem(open_stream(httpserver.url_for("/v1")), 502)


def test_a_dataset_streams_its_passages_and_no_text(offered: World) -> None:
    answer = offered.ask(offered.token(), stream=True)

    told = events(iter(answer.text.splitlines()))

    assert [name for name, _ in told] == ["references", "done", ""]


def test_an_asker_who_leaves_is_counted_as_such(
    world: World,
    open_stream: Callable[[str], requests.Response],
    httpserver: HTTPServer,
    usage: Callable[[], dict[int, int]],
) -> None:
    pen = Pen(httpserver, [line("more ") for _ in range(2000)])
    answer = open_stream(pen.url)
    assert next(answer.iter_lines(decode_unicode=True)) == 'data: {"content": "One "}'

    answer.close()
    pen.go_on.set()

    good(world.site.owner.get("/endpoints"))
    assert until(lambda: usage() == {499: 1}), usage()
