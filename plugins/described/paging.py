"""Reads all pages of a list, or fails: a part is an error, never a result."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from requests.utils import parse_header_links

from ...core.errors import MarketplaceError, MarketplaceUnavailable
from .description import Operation
from .exchange import Exchange
from .outcomes import blame

SIZE = 100
MAX_PAGES = 1_000
TRIES = 3
_PORTS = {"http": 80, "https": 443}

Page = tuple[list[Any], dict[str, Any]]


@dataclass(slots=True)
class _Reading:
    """What has come so far: all items, how many different ones, and how many there are in all, if that is told."""

    items: list[Any] = field(default_factory=list)
    different: set[str] = field(default_factory=set)
    total: int | None = None

    @property
    def full(self) -> bool:
        return len(self.items) == self.total


class Pages:
    """The pages of one list; ``identity`` tells one item from another. Each page is held to the total, if any."""

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
                reading = _Reading()
                self._take(reading, *self._page())
                return self._whole(reading)
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
        reading = _Reading()
        by_page = self._paging["style"] == "page"
        for number in range(self._most):
            start = number + self._paging.get("first", 1) if by_page else len(reading.items)
            page, seen = self._page({self._paging["parameter"]: start, **self._sized})
            self._take(reading, page, seen)
            if not page or reading.full:
                return self._whole(reading)
        raise self._endless()

    def _overlapping(self) -> list[Any]:
        for _ in range(TRIES):
            found = self._meeting()
            if found is not None:
                return found
        raise self._failed("it changed each time it was read")

    def _meeting(self) -> list[Any] | None:
        """Read with each page beginning at the last item of the one before; None when two do not meet."""
        reading = _Reading()
        items = reading.items
        for _ in range(self._most):
            start = max(0, len(items) - 1)
            page, seen = self._page({self._paging["parameter"]: start, **self._sized})
            if items and (not page or self._identity(page[0]) != self._identity(items[-1])):
                return None
            fresh = page[1:] if items else page
            self._take(reading, fresh, seen)
            if not fresh:
                return self._whole(reading)
        raise self._endless()

    def _by_cursor(self) -> list[Any]:
        """Go on until no cursor follows: an empty page may lead on."""
        reading = _Reading()
        cursors: set[str] = set()
        cursor: Any = None
        for _ in range(self._most):
            page, seen = self._page({**({self._paging["parameter"]: cursor} if cursors else {}), **self._sized})
            self._take(reading, page, seen)
            cursor = self._exchange_query(self._paging["next"], seen)
            if cursor in (None, ""):
                return self._whole(reading)
            if isinstance(cursor, bool) or not isinstance(cursor, str | int | float):
                raise self._failed("the cursor of its next page is no text and no number")
            self._refuse_circle(str(cursor), cursors)
        raise self._endless()

    def _by_link(self) -> list[Any]:
        """Go on until no link leads on: an empty page may have one."""
        reading = _Reading()
        addresses: set[str] = set()
        address = ""
        for _ in range(self._most):
            page, seen = self._page({} if address else self._sized, address)
            self._take(reading, page, seen)
            address = self._next_link(seen)
            if not address:
                return self._whole(reading)
            self._refuse_circle(address, addresses)
        raise self._endless()

    def _refuse_circle(self, step: str, steps: set[str]) -> None:
        if step in steps:
            raise self._failed("its pages lead round in a circle")
        steps.add(step)

    def _next_link(self, seen: Mapping[str, Any]) -> str:
        """Return where the next page is, empty at the end. One elsewhere is refused, with a credential or without."""
        try:
            address = _next_link(seen)
            here, there = _place(self._exchange.context["base_url"]), _place(address)
        except ValueError as error:
            raise self._failed("what should lead to its next page is no address") from error
        if address and here != there:
            raise self._failed(f"its next page is said to be at {there}, and what is for {here} is not sent to there")
        return address

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
            raise self._failed("a page holds no list where the items should be", "list.items")
        return list(found), seen

    def _take(self, reading: _Reading, page: list[Any], seen: Mapping[str, Any]) -> None:
        """Add a page. Raises MarketplaceUnavailable where it tells another total than before, or too many have come."""
        reading.items += page
        query = self._paging.get("total")
        if query is None:
            return
        reading.different.update(json.dumps(item, sort_keys=True) for item in page)
        total = self._exchange_query(query, seen)
        if not isinstance(total, int) or isinstance(total, bool) or total < 0:
            raise self._failed("it does not say how many there are", "list.paging.total")
        if reading.total not in (None, total):
            raise self._failed("it changed while it was read")
        reading.total = total
        if len(reading.items) > total:
            raise self._failed(f"{len(reading.items)} came where there are {total}")

    def _whole(self, reading: _Reading) -> list[Any]:
        """Return the items. Raises MarketplaceUnavailable where some are missing: one that came twice counts once."""
        if reading.total is not None and len(reading.different) < reading.total:
            raise self._failed(f"{len(reading.different)} came where there are {reading.total}")
        return reading.items

    def _exchange_query(self, query: Any, seen: Mapping[str, Any]) -> Any:
        try:
            return query({key: value for key, value in seen.items() if key != "answer"})
        except ValueError as error:
            raise self._failed(str(error)) from error

    def _endless(self) -> MarketplaceError:
        return self._failed(f"it does not end within {self._most} pages")

    def _failed(self, why: str, part: str = "list.paging") -> MarketplaceError:
        said = f"The list of our listings on {self._exchange.name} was not read whole: {why}. Nothing follows from it."
        return blame(MarketplaceUnavailable(said), part)


def _next_link(seen: Mapping[str, Any]) -> str:
    links = parse_header_links(seen["headers"].get("link") or "")
    found = next((link["url"] for link in links if "next" in _rel(link)), "")
    return urljoin(seen["answer"].url, found) if found else ""


def _rel(link: Mapping[str, str]) -> list[str]:
    """Return what a link is: several words, in any case (RFC 8288)."""
    return next((value.lower().split() for key, value in link.items() if key.lower() == "rel"), [])


def _place(address: str) -> str:
    """Return scheme, host and port of an address, in one spelling. Raises ValueError for what is no address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}:{parts.port or _PORTS.get(parts.scheme)}"
