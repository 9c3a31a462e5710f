"""Every style of paging: a list is read whole, or it is an error."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.http import Sessions
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .descriptions import Described, described, small

Handler = Callable[[Request], Any]


def items(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"id": number, "slug": f"s-{number}", "title": "T"} for number in range(start, count)]


def at(httpserver: HTTPServer, sessions: Sessions, handler: Handler, **paging: Any) -> Described:
    """Serve the list by ``handler``, which gets the request and returns the body or a response."""

    def answer(request: Request) -> Response:
        found = handler(request)
        return found if isinstance(found, Response) else Response(json.dumps(found), content_type="application/json")

    httpserver.expect_request("/items").respond_with_handler(answer)
    listing = {"request": {"path": "/items"}, "items": "body.items", "paging": paging}
    return described(sessions, httpserver.url_for(""), small(list=listing))


def slugs(there: Described) -> list[str]:
    return [one.slug for one in there.fetch()]


def of(count: int) -> list[str]:
    return [item["slug"] for item in items(count)]


OFFSET = {"style": "offset", "parameter": "start", "size_parameter": "rows", "size": 10}
PAGE = {"style": "page", "parameter": "page", "size_parameter": "per_page", "size": 10}
CURSOR = {"style": "cursor", "parameter": "cursor", "size_parameter": "limit", "size": 10, "next": "body.next"}


def by_offset(there: list[Any], *, cap: int = 100, total: bool = True) -> Handler:
    def handler(request: Request) -> Any:
        start, rows = int(request.args["start"]), min(int(request.args["rows"]), cap)
        return {"items": there[start : start + rows], **({"total": len(there)} if total else {})}

    return handler


@pytest.mark.parametrize("count", [0, 1, 10, 25])
@pytest.mark.parametrize("total", [True, False])
def test_pages_by_offset_are_read_whole(httpserver: HTTPServer, sessions: Sessions, count: int, total: bool) -> None:
    more = {"total": "body.total"} if total else {}

    assert slugs(at(httpserver, sessions, by_offset(items(count), total=total), **OFFSET, **more)) == of(count)


def test_a_cap_on_the_pages_size_hides_nothing(httpserver: HTTPServer, sessions: Sessions) -> None:
    assert slugs(at(httpserver, sessions, by_offset(items(25), cap=4, total=False), **OFFSET)) == of(25)


@pytest.mark.parametrize("first", [0, 1])
def test_pages_by_number_are_read_whole(httpserver: HTTPServer, sessions: Sessions, first: int) -> None:
    def handler(request: Request) -> Any:
        start = (int(request.args["page"]) - first) * 10
        return {"items": items(25)[start : start + int(request.args["per_page"])]}

    assert slugs(at(httpserver, sessions, handler, **PAGE, first=first)) == of(25)


def test_pages_by_cursor_are_read_whole(httpserver: HTTPServer, sessions: Sessions) -> None:
    def handler(request: Request) -> Any:
        start = int(request.args.get("cursor", 0))
        return {"items": items(25)[start : start + 10], "next": str(start + 10) if start < 20 else None}

    assert slugs(at(httpserver, sessions, handler, **CURSOR)) == of(25)


def test_pages_by_link_are_read_whole(httpserver: HTTPServer, sessions: Sessions) -> None:
    def handler(request: Request) -> Any:
        start = int(request.args.get("from", 0))
        answer = Response(json.dumps({"items": items(25)[start : start + 10]}), content_type="application/json")
        if start < 20:
            answer.headers["Link"] = f'</items?from={start + 10}>; rel="next", </items>; rel="first"'
        return answer

    assert slugs(at(httpserver, sessions, handler, style="link")) == of(25)
    assert {request.headers.get("Authorization") for request, _ in httpserver.log} == {"Bearer key-of-ada"}


def test_a_credential_does_not_follow_a_link_to_another_place(httpserver: HTTPServer, sessions: Sessions) -> None:
    answer = Response(
        '{"items": []}', content_type="application/json", headers={"Link": '<http://127.0.0.2:9/>; rel="next"'}
    )

    with pytest.raises(Exception, match="is not sent to") as raised:
        at(httpserver, sessions, lambda _: answer, style="link").fetch()

    assert "key-of-ada" not in str(raised.value)


def test_an_overlap_reads_whole_and_sees_what_moved(httpserver: HTTPServer, sessions: Sessions) -> None:
    there = items(25)
    seen: list[int] = []

    def handler(request: Request) -> Any:
        start = int(request.args["start"])
        seen.append(start)
        if seen == [0, 9]:
            there.insert(0, {"id": 99, "slug": "new", "title": "T"})
        return {"items": there[start : start + 10]}

    assert slugs(at(httpserver, sessions, handler, **OFFSET, overlap=True)) == ["new", *of(25)]
    assert seen[2] == 0


def test_a_list_that_moves_each_time_is_an_error(httpserver: HTTPServer, sessions: Sessions) -> None:
    def handler(request: Request) -> Any:
        start = int(request.args["start"])
        return {"items": items(start + 10 + len(httpserver.log), start + len(httpserver.log))}

    with pytest.raises(MarketplaceUnavailable, match="changed each time"):
        at(httpserver, sessions, handler, **OFFSET, overlap=True).fetch()


@pytest.mark.parametrize(
    ("handler", "paging", "why"),
    [
        (lambda _: {"items": items(3), "total": 4}, {**OFFSET, "total": "body.total"}, "two with the same|came where"),
        (lambda _: {"items": [], "total": 4}, {**OFFSET, "total": "body.total"}, "0 came where there are 4"),
        (lambda _: {"items": items(3)}, {**OFFSET, "total": "body.total"}, "does not say how many"),
        (lambda _: {"items": None}, OFFSET, "no list where the items should be"),
        (lambda _: {"items": items(1), "next": "a"}, CURSOR, "round in a circle"),
        (lambda _: {"items": items(3)}, {**OFFSET, "max_pages": 5}, "does not end within 5 pages"),
        (lambda _: {"items": [*items(2), *items(1)]}, {"style": "none"}, "two with the same"),
        (lambda _: {"items": [{"id": 1}]}, {"style": "none"}, "has no slug"),
        (lambda _: {"items": [{"slug": "a"}]}, {"style": "none"}, "has no id"),
        (
            lambda _: {"items": items(3), "total": 5},
            {"style": "none", "total": "body.total"},
            "3 came where there are 5",
        ),
    ],
)
def test_a_part_is_an_error_and_never_a_list(
    httpserver: HTTPServer, sessions: Sessions, handler: Handler, paging: dict[str, Any], why: str
) -> None:
    with pytest.raises(MarketplaceUnavailable, match=why):
        at(httpserver, sessions, handler, **paging).fetch()


def test_a_total_that_changes_is_an_error(httpserver: HTTPServer, sessions: Sessions) -> None:
    def handler(request: Request) -> Any:
        start = int(request.args["start"])
        return {"items": items(start + 10, start), "total": 30 + len(httpserver.log)}

    with pytest.raises(MarketplaceUnavailable, match="changed while it was read"):
        at(httpserver, sessions, handler, **OFFSET, total="body.total").fetch()


def test_only_what_counts_is_ours(httpserver: HTTPServer, sessions: Sessions) -> None:
    httpserver.expect_request("/items").respond_with_json({"items": items(4)})
    listing = {"request": {"path": "/items"}, "items": "body.items", "where": "item.id > `1`"}

    assert slugs(described(sessions, httpserver.url_for(""), small(list=listing))) == ["s-2", "s-3"]
