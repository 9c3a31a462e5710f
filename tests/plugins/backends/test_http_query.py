"""A query passed on to a service behind a URL, and every form in which it may answer."""

import socket
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, RateLimited, RejectedError
from publicist.core.records import BackendAnswer, Document, Message, Query
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .conftest import Ask

TOKEN = "a-token-of-the-backend"
SOURCE = Document("d1", "A passage.", 0.7, {"path": "a.md"})
DATASET = Query((Message("user", "First."), Message("user", "Why?")), limit=3, correlation_id="c-1")
MODEL = Query(
    (Message("system", "Be brief."), Message("user", "Why?")),
    max_tokens=9,
    temperature=0.1,
    stop_sequences=("END",),
    correlation_id="c-1",
    documents=(SOURCE,),
    backend_role="model",
)
AS_DATASET = {"messages": "Why?", "limit": 3, "similarity_threshold": 0.5, "include_metadata": True}
AS_MODEL = {
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
    "max_tokens": 9,
    "temperature": 0.1,
    "stop_sequences": ["END"],
    "stream": False,
    "documents": [
        {"document_id": "d1", "content": "A passage.", "similarity_score": 0.7, "metadata": {"path": "a.md"}}
    ],
}


def answering(httpserver: HTTPServer, body: Any, **options: Any) -> str:
    """Have the server answer with JSON; return its address."""
    httpserver.expect_request("/ask", method="POST").respond_with_json(body, **options)
    return httpserver.url_for("/ask")


@pytest.mark.parametrize(("query", "body"), [(DATASET, AS_DATASET), (MODEL, AS_MODEL)])
def test_the_query_is_sent_in_the_form_of_its_role(
    ask: Ask, httpserver: HTTPServer, query: Query, body: dict[str, Any]
) -> None:
    url = answering(httpserver, {"summary": "Because."})
    ask("http", query=query, url=url, headers={"X-API-Key": TOKEN})
    (request, _) = httpserver.log[0]
    assert request.get_json() == body
    assert request.headers["X-Api-Key"] == TOKEN
    assert not {"Authorization", "Cookie", "X-Correlation-Id"} & set(request.headers.keys())


@pytest.mark.parametrize("forward", [["messages", "correlation_id", "stream"], "messages, correlation_id,stream"])
def test_only_the_fields_that_are_to_be_forwarded_are(ask: Ask, httpserver: HTTPServer, forward: object) -> None:
    ask("http", query=DATASET, url=answering(httpserver, {"documents": []}), forward=forward)
    assert httpserver.log[0][0].get_json() == {"messages": "Why?", "correlation_id": "c-1"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"references": {"documents": [{"document_id": "1", "content": "c", "similarity_score": 0.4}]}}, [("1", 0.4)]),
        ({"references": None, "summary": None}, []),
        ({"documents": [{"id": 7, "text": "c", "score": 2}, "plain"]}, [("7", 1.0), ("2", 1.0)]),
        ({"documents": [{"content": "c", "score": -3}, {"content": "c", "score": "high"}]}, [("1", 0.0), ("2", 1.0)]),
        ([{"content": "c", "metadata": "none"}], [("1", 1.0)]),
    ],
)
def test_passages_are_read_in_each_known_form(
    ask: Ask, httpserver: HTTPServer, body: Any, expected: list[tuple[str, float]]
) -> None:
    answer = ask("http", query=DATASET, url=answering(httpserver, body))
    assert [(each.document_id, each.score) for each in answer.documents] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"summary": "Because."}, BackendAnswer(summary="Because.")),
        (
            {
                "summary": {
                    "message": {"role": "assistant", "content": "Because."},
                    "model": "m",
                    "finish_reason": "length",
                    "usage": {"total_tokens": 5, "cost": "much"},
                }
            },
            BackendAnswer(summary="Because.", model="m", finish_reason="length", usage={"total_tokens": 5}),
        ),
        (
            {"choices": [{"message": {"content": "Because."}, "finish_reason": "stop"}], "model": "m"},
            BackendAnswer(summary="Because.", model="m"),
        ),
        ({"choices": [{"text": "Because."}]}, BackendAnswer(summary="Because.")),
        ("Because.", BackendAnswer(summary="Because.")),
    ],
)
def test_a_summary_is_read_in_each_known_form(
    ask: Ask, httpserver: HTTPServer, body: Any, expected: BackendAnswer
) -> None:
    assert ask("http", query=MODEL, url=answering(httpserver, body)) == expected


@pytest.mark.parametrize("content_type", ["text/plain; charset=utf-8", "text/html", "text/markdown"])
def test_plain_text_is_an_answer_whatever_it_is_called(ask: Ask, httpserver: HTTPServer, content_type: str) -> None:
    httpserver.expect_request("/ask").respond_with_data("Weil es so ist: ä.\n", content_type=content_type)
    url = httpserver.url_for("/ask")
    assert ask("http", query=MODEL, url=url).summary == "Weil es so ist: ä."
    (document,) = ask("http", query=DATASET, url=url).documents
    assert (document.content, document.score) == ("Weil es so ist: ä.", 1.0)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"detail": "fine"},
        3,
        None,
        {"documents": "many"},
        {"documents": [3]},
        {"documents": [{"score": 1}]},
        {"references": "many"},
        {"summary": {"message": {}}},
        {"choices": []},
        {"choices": [{"message": {"content": ["parts"]}}]},
    ],
)
def test_an_answer_in_no_known_form_is_no_answer(ask: Ask, httpserver: HTTPServer, body: Any) -> None:
    with pytest.raises(MarketplaceUnavailable, match="answered with"):
        ask("http", query=DATASET, url=answering(httpserver, body))


@pytest.mark.parametrize(
    ("data", "content_type"),
    [("<!doctype html><h1>Log in</h1>", "text/html"), ("", "text/plain"), ("{", "application/json")],
)
def test_a_page_nothing_or_half_a_json_is_no_answer(
    ask: Ask, httpserver: HTTPServer, data: str, content_type: str
) -> None:
    httpserver.expect_request("/ask").respond_with_data(data, content_type=content_type)
    with pytest.raises(MarketplaceUnavailable):
        ask("http", query=DATASET, url=httpserver.url_for("/ask"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, RejectedError),
        (413, RejectedError),
        (422, RejectedError),
        (401, MarketplaceUnavailable),
        (402, MarketplaceUnavailable),
        (403, MarketplaceUnavailable),
        (404, MarketplaceUnavailable),
        (429, RateLimited),
        (500, MarketplaceUnavailable),
        (503, MarketplaceUnavailable),
        (302, MarketplaceUnavailable),
    ],
)
def test_a_refusal_speaks_of_the_query_or_of_the_service_and_is_not_repeated(
    ask: Ask, httpserver: HTTPServer, status: int, expected: type[Exception]
) -> None:
    headers = {"Location": "/elsewhere", "Retry-After": "7"}
    url = answering(httpserver, {"detail": f"No: {TOKEN}"}, status=status, headers=headers)
    with pytest.raises(expected) as caught:
        ask("http", query=DATASET, url=url, headers={"X-API-Key": TOKEN})
    assert type(caught.value) is expected
    assert TOKEN not in str(caught.value)
    assert len(httpserver.log) == 1
    assert getattr(caught.value, "retry_after", 7) in (7, None)


def test_a_service_that_is_not_there_is_unavailable(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(MarketplaceUnavailable, match="connection refused"):
        ask("http", "Why?", url=f"http://127.0.0.1:{port}/ask")


@pytest.mark.parametrize(("seconds", "timeout"), [(20, 0.2), (0.2, None), (0.2, 20), (20, "0.2")])
def test_a_slow_service_is_given_up_at_its_timeout_or_the_deadline(
    ask: Ask, httpserver: HTTPServer, seconds: float, timeout: float | str | None
) -> None:
    import threading

    over = threading.Event()

    def slow(_: Request) -> Response:
        over.wait(10)
        return Response("late")

    httpserver.expect_request("/ask").respond_with_handler(slow)
    with pytest.raises(MarketplaceUnavailable, match="in time"):
        ask("http", "Why?", url=httpserver.url_for("/ask"), seconds=seconds, timeout=timeout)
    over.set()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": ""}, "url is missing"),
        ({"url": "http://papers.example", "timeout": 0}, "timeout must be a number of seconds"),
        ({"url": "http://papers.example", "timeout": "soon"}, "timeout must be a number of seconds"),
        ({"url": "http://papers.example", "timeout": True}, "timeout must be a number of seconds"),
        ({"url": "http://papers.example", "timeout": "nan"}, "timeout must be a number of seconds"),
        ({"url": "http://papers.example", "forward": ["user_email"]}, "forward names 'user_email'"),
        ({"url": "http://papers.example", "forward": 3}, "forward must be a list of names"),
    ],
)
def test_settings_that_cannot_be_used_are_told(ask: Ask, settings: dict[str, object], said: str) -> None:
    with pytest.raises(MarketplaceUnavailable, match=said):
        ask("http", "Why?", **settings)  # type: ignore[arg-type]


def test_a_stream_gets_the_whole_in_one_piece(ask: Ask, httpserver: HTTPServer) -> None:
    url = answering(httpserver, {"summary": "Because."})
    ask("http", query=Query((Message("user", "Why?"),), stream=True, backend_role="model"), url=url)
    assert ask.pieces == ["Because."]
