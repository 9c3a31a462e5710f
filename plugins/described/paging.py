"""Reads all pages of a list, or fails: a part is an error, never a result."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from requests.utils import parse_header_links

from ...core.errors import MarketplaceUnavailable
from .description import Operation
from .exchange import Exchange

SIZE = 100
MAX_PAGES = 1_000
TRIES = 3

Page = tuple[list[Any], dict[str, Any]]


class Pages:
    """The pages of one list; ``identity`` tells one item from another."""

    def __init__(self, exchange: Exchange, operation: Operation, identity: Callable[[Any], Any]) -> None:
        self._exchange = exchange
        self._operation = operation
        self._identity = identity
        self._context = exchange.prepared(operation)
        self._paging: Mapping[str, Any] = operation.get("paging") or {"style": "none"}
        self._size = self._paging.get("size", SIZE)
        self._most = self._paging.get("max_pages", MAX_PAGES)

    def all(self) -> list[Any]:
        """Return every item. Raises MarketplaceUnavailable when they do not add up, or do not end."""
        match self._paging["style"]:
            case "none":
                items, seen = self._page()
                self._add_up(items, seen, None)
                return items
            case "offset" if self._paging.get("overlap"):
                return self._overlapping()
            case "offset" | "page":
                return self._numbered()
            case "cursor":
                return self._by_cursor()
            case _:
                return self._by_link()

    def _numbered(self) -> list[Any]:
        """Go on until a page is empty, or all that there are have come: a short page may only be a cap on its size."""
        items: list[Any] = []
        total: int | None = None
        by_page = self._paging["style"] == "page"
        for number in range(self._most):
            start = number + self._paging.get("first", 1) if by_page else len(items)
            page, seen = self._page({self._paging["parameter"]: start, **self._sized})
            items += page
            total = self._add_up(items, seen, total, ended=not page)
            if not page or (total is not None and len(items) == total):
                return items
        raise self._endless()

    def _overlapping(self) -> list[Any]:
        for _ in range(TRIES):
            found = self._meeting()
            if found is not None:
                return found
        raise self._failed("it changed each time it was read")

    def _meeting(self) -> list[Any] | None:
        """Read with each page beginning at the last item of the one before; None when two do not meet."""
        items: list[Any] = []
        for _ in range(self._most):
            start = max(0, len(items) - 1)
            page, _seen = self._page({self._paging["parameter"]: start, **self._sized})
            if items and (not page or self._identity(page[0]) != self._identity(items[-1])):
                return None
            fresh = page[1:] if items else page
            items += fresh
            if not fresh:
                return items
        raise self._endless()

    def _by_cursor(self) -> list[Any]:
        items: list[Any] = []
        cursors: set[str] = set()
        cursor: Any = None
        for _ in range(self._most):
            page, seen = self._page({**({self._paging["parameter"]: cursor} if cursors else {}), **self._sized})
            items += page
            cursor = self._exchange_query(self._paging["next"], seen)
            if cursor in (None, ""):
                self._add_up(items, seen, None)
                return items
            if str(cursor) in cursors:
                raise self._failed("its pages lead round in a circle")
            cursors.add(str(cursor))
        raise self._endless()

    def _by_link(self) -> list[Any]:
        items: list[Any] = []
        addresses: set[str] = set()
        address = ""
        for _ in range(self._most):
            page, seen = self._page({} if address else self._sized, address)
            items += page
            try:
                address = _next_link(seen)
            except ValueError:
                raise self._failed("its next page has no address that can be read") from None
            if not address:
                self._add_up(items, seen, None)
                return items
            if address in addresses:
                raise self._failed("its pages lead round in a circle")
            addresses.add(address)
        raise self._endless()

    @property
    def _sized(self) -> dict[str, Any]:
        name = self._paging.get("size_parameter")
        return {name: self._size} if name else {}

    def _page(self, params: Mapping[str, Any] | None = None, url: str = "") -> Page:
        wanted = self._operation.asking
        if wanted is None:
            raise self._failed("there is no request for it")
        seen = self._exchange.asked(wanted, self._operation.judge, self._context, params=params, url=url)
        found = self._exchange_query(self._operation.get("items"), seen)
        if not isinstance(found, list):
            raise self._failed("a page holds no list where the items should be")
        return list(found), seen

    def _add_up(
        self, items: list[Any], seen: Mapping[str, Any], known: int | None, *, ended: bool = True
    ) -> int | None:
        """Return how many there are in all, None where it is not told; raise when that cannot be what has come."""
        query = self._paging.get("total")
        if query is None:
            return None
        total = self._exchange_query(query, seen)
        if not isinstance(total, int) or isinstance(total, bool) or total < 0:
            raise self._failed("it does not say how many there are")
        if known is not None and total != known:
            raise self._failed("it changed while it was read")
        if len(items) > total or (ended and len(items) < total):
            raise self._failed(f"{len(items)} came where there are {total}")
        return total

    def _exchange_query(self, query: Any, seen: Mapping[str, Any]) -> Any:
        try:
            return query({key: value for key, value in seen.items() if key != "answer"})
        except ValueError as error:
            raise self._failed(str(error)) from error

    def _endless(self) -> MarketplaceUnavailable:
        return self._failed(f"it does not end within {self._most} pages")

    def _failed(self, why: str) -> MarketplaceUnavailable:
        return MarketplaceUnavailable(
            f"The list of our listings on {self._exchange.name} was not read whole: {why}. Nothing follows from it."
        )


def _next_link(seen: Mapping[str, Any]) -> str:
    header = seen["headers"].get("link") or ""
    found = next((link["url"] for link in parse_header_links(header) if link.get("rel") == "next"), "")
    return urljoin(seen["answer"].url, found) if found else ""
