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


def steps(request: Request) -> int:
    """Return with which item the page begins that is asked for, in whichever style; pages have 10."""
    if "page" in request.args:
        return (int(request.args["page"]) - 1) * 10
    return int(request.args.get("start") or request.args.get("cursor") or 0)


def paged(
    change: Callable[[int, dict[str, Any]], Any] = lambda start, body: None, *, last: int = 20, at_all: int = 25
) -> Handler:
    """Answer 25 items in three pages, in every style at once; ``change`` may alter the body that begins there."""

    def handler(request: Request) -> Any:
        start = steps(request)
        body = {"items": items(at_all)[start : start + 10], "total": at_all}
        if start < last:
            body["next"] = str(start + 10)
        change(start, body)
        answer = Response(json.dumps(body), content_type="application/json")
        if "next" in body:
            answer.headers["Link"] = f'</items?start={body["next"]}>; rel="next"'
        return answer

    return handler


LINK = {"style": "link"}
EACH = {
    "offset": OFFSET,
    "page": PAGE,
    "cursor": CURSOR,
    "link": LINK,
}


def slipped(start: int, body: dict[str, Any]) -> None:
    """One of the first page goes after it was read: all after it move up, and one is not read at all."""
    if start:
        body.update(items=items(25)[start + 1 : start + 11], total=24)


def lacking(start: int, body: dict[str, Any]) -> None:
    if start == 10:
        body["items"] = body["items"][1:]


def silent(start: int, body: dict[str, Any]) -> None:
    if start == 10:
        del body["total"]


def twice(start: int, body: dict[str, Any]) -> None:
    if start == 20:
        body["items"] += items(30, 25)


@pytest.mark.parametrize("style", EACH)
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (slipped, "it changed while it was read"),
        (lacking, "24 came where there are 25"),
        (silent, "does not say how many there are"),
        (twice, "30 came where there are 25"),
    ],
)
def test_what_does_not_add_up_to_the_total_is_not_whole(
    httpserver: HTTPServer, sessions: Sessions, style: str, change: Any, why: str
) -> None:
    there = at(httpserver, sessions, paged(change), **EACH[style], total="body.total")

    with pytest.raises(MarketplaceUnavailable, match=why):
        there.fetch()


@pytest.mark.parametrize("style", EACH)
def test_what_adds_up_to_the_total_is_whole(httpserver: HTTPServer, sessions: Sessions, style: str) -> None:
    assert slugs(at(httpserver, sessions, paged(), **EACH[style], total="body.total")) == of(25)


def emptied(start: int, body: dict[str, Any]) -> None:
    """The second page is empty and yet leads on: a filter may have let nothing through."""
    if start == 10:
        body.update(items=[], next="20")


def again(start: int, body: dict[str, Any]) -> None:
    body["next"] = "10" if start == 20 else str(start + 10)


def beginning(start: int, body: dict[str, Any]) -> None:
    body["next"] = str((start + 10) % 30)


def no_text(start: int, body: dict[str, Any]) -> None:
    body["next"] = [start + 10]


@pytest.mark.parametrize(
    ("style", "change", "why"),
    [
        ("cursor", again, "lead round in a circle"),
        ("cursor", beginning, "lead round in a circle"),
        ("cursor", no_text, "is no text and no number"),
        ("link", again, "lead round in a circle"),
        ("link", beginning, "lead round in a circle"),
    ],
)
def test_pages_that_lead_nowhere_are_an_error(
    httpserver: HTTPServer, sessions: Sessions, style: str, change: Any, why: str
) -> None:
    with pytest.raises(MarketplaceUnavailable, match=why):
        at(httpserver, sessions, paged(change), **EACH[style]).fetch()

    assert len(httpserver.log) <= 5


@pytest.mark.parametrize("style", ["cursor", "link"])
def test_an_empty_page_that_leads_on_is_not_the_end(httpserver: HTTPServer, sessions: Sessions, style: str) -> None:
    assert slugs(at(httpserver, sessions, paged(emptied), **EACH[style])) == [*of(10), *of(25)[20:]]


def test_an_overlap_is_held_to_the_total_too(httpserver: HTTPServer, sessions: Sessions) -> None:
    there = at(httpserver, sessions, by_offset(items(25)), **OFFSET, overlap=True, total="body.total")
    assert slugs(there) == of(25)

    httpserver.clear()
    handler = by_offset(items(25))
    short = at(
        httpserver, sessions, lambda asked: {**handler(asked), "total": 26}, **OFFSET, overlap=True, total="body.total"
    )
    with pytest.raises(MarketplaceUnavailable, match="25 came where there are 26"):
        short.fetch()


@pytest.mark.parametrize("auth", [[{"type": "bearer", "secret": "api_key"}], [{"type": "none"}]])
@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.2:9/", "//127.0.0.2:9/items", "https://127.0.0.1/items", "ftp://x/y", "http://[", "http://x:y/"],
)
def test_a_link_to_another_place_is_not_followed(
    httpserver: HTTPServer, sessions: Sessions, auth: Any, link: str
) -> None:
    answer = Response('{"items": []}', content_type="application/json", headers={"Link": f'<{link}>; rel="next"'})
    httpserver.expect_request("/items").respond_with_handler(lambda _: answer)
    listing = {"request": {"path": "/items"}, "items": "body.items", "paging": LINK}
    there = described(sessions, httpserver.url_for(""), small(list=listing, auth=auth))

    with pytest.raises(MarketplaceUnavailable, match=r"is not sent to|is no address") as raised:
        there.fetch()

    assert "key-of-ada" not in str(raised.value)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("said", ['rel="last next"', "rel=next", 'REL="NEXT"'])
def test_a_link_may_say_next_in_any_way(httpserver: HTTPServer, sessions: Sessions, said: str) -> None:
    def handler(request: Request) -> Any:
        headers = {} if request.args else {"Link": f"</items?start=10>; {said}"}
        body = json.dumps({"items": items(11, 10) if request.args else items(10)})
        return Response(body, content_type="application/json", headers=headers)

    assert slugs(at(httpserver, sessions, handler, **LINK)) == of(11)


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
