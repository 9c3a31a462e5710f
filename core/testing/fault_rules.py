"""Every way in which a marketplace can fail, at each request of each hook, and what it must come to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from ..errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RejectedError,
    SlugConflict,
    TransientError,
)
from .attempts import Outcome, attempt
from .faults import CLOSED, HALF, NO_ROUTE, RESET, WEB_PAGE, Fault, oversized, redirect, refusal, shaped
from .link import Link
from .proxy import Proxy, closed_port
from .rules import must, rule
from .scenes import READS, WRITES, Struck, must_be_true, places, scene, strike

ALL = (*READS, *WRITES)
Errors = tuple[type[MarketplaceError], ...]
LOST: Errors = (MarketplaceUnavailable, OutcomeUnknown)
THROUGH_CLIENT = "Let the errors of call.http pass; map only the 4xx that it returns."


class FaultRules:
    """Rules about errors."""

    @rule(
        "A 401 is AuthenticationFailed; a 403 is that, or RejectedError.",
        hook="every hook",
        remedy="Raise AuthenticationFailed for a 401 in every hook, reads too.",
        section="errors",
    )
    @pytest.mark.parametrize("status", [401, 403])
    def test_refused_credentials_are_told(self, link: Link, status: int) -> None:
        wanted: Errors = (AuthenticationFailed,) if status == 401 else (AuthenticationFailed, RejectedError)  # noqa: PLR2004
        _all(link, ALL, refusal(status), wanted)

    @rule(
        "A refusal of what was sent (409, 422) is RejectedError for a write, and no SlugConflict unless it says so.",
        hook="every hook",
        remedy="Raise RejectedError for other 4xx; SlugConflict only by the marketplace's own code or text.",
        section="errors",
    )
    @pytest.mark.parametrize("status", [409, 422])
    def test_refusals_are_told(self, link: Link, status: int) -> None:
        _all(link, READS, refusal(status), (RejectedError, MarketplaceUnavailable))
        for struck in _all(link, WRITES, refusal(status), (RejectedError, OutcomeUnknown, MarketplaceUnavailable)):
            must(not _transient(struck), f"{struck}; that would be tried again for ever", hook=struck.scene.hook)
            plain = status != 422 or not isinstance(struck.outcome.error, SlugConflict)  # noqa: PLR2004
            must(plain, f"{struck}", hook=struck.scene.hook)

    @rule(
        "A 429 is RateLimited, with the seconds that Retry-After asks for, be it a number or a date.",
        hook="every hook",
        remedy=THROUGH_CLIENT,
        section="errors",
    )
    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_slowing_down_is_told_with_the_wait(self, link: Link, form: str) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=7200), usegmt=True)
        fault = refusal(429, Retry_After="7200" if form == "seconds" else date)
        for struck in _all(link, ALL, fault, (RateLimited,)):
            if struck.outcome.unknown:
                continue  # the next look tells what is left to do
            wait = struck.outcome.error.retry_after if isinstance(struck.outcome.error, TransientError) else None
            # A date is compared with the clock, which has gone on since.
            right = wait is not None and (wait == 7200 if form == "seconds" else 3600 < wait <= 7200)  # noqa: PLR2004
            must(
                right,
                f"{struck}; to be retried after {wait} seconds, where 7200 were asked for",
                hook=struck.scene.hook,
            )

    @rule(
        "A 5xx is MarketplaceUnavailable for a read; for a write that may have been done it is OutcomeUnknown.",
        hook="every hook",
        remedy=THROUGH_CLIENT,
        section="errors",
    )
    @pytest.mark.parametrize("status", [500, 503])
    def test_a_failing_server_is_told(self, link: Link, status: int) -> None:
        fault = refusal(status)
        _all(link, READS, fault, (MarketplaceUnavailable,))
        _all(link, WRITES, fault, LOST)
        if status != 503:  # noqa: PLR2004 - a 503 says that nothing was begun
            _all(link, WRITES, fault.after(), LOST)

    @rule(
        "A page of HTML is no answer: unavailable for a read, unknown for a write that was sent.",
        hook="every hook",
        remedy="Check status and shape of every answer; take no 2xx for success by its status alone.",
        section="errors",
    )
    def test_a_web_page_is_no_answer(self, link: Link) -> None:
        _all(link, READS, WEB_PAGE, (MarketplaceUnavailable,))
        _all(link, WRITES, WEB_PAGE, LOST)
        _all(link, WRITES, WEB_PAGE.after(), LOST)

    @rule(
        "A 404 from a proxy or a wrong route is no empty list, and no proof that something is made.",
        hook="fetch_listings, create_listing",
        remedy="Raise MarketplaceUnavailable, with the remedy to check the address.",
        section="errors",
    )
    def test_a_missing_route_is_no_answer(self, link: Link) -> None:
        hooks = ("fetch_listings", "create_listing")
        _all(link, hooks, NO_ROUTE, (MarketplaceUnavailable, RejectedError, OutcomeUnknown))

    @rule(
        "JSON of another shape is no answer: unavailable for a read, unknown for a write; never a KeyError.",
        hook="connect, find_listing, fetch_listings, create_listing, update_listing",
        remedy="Load each answer through a schema (or check types and keys) before you use it.",
        section="errors",
    )
    @pytest.mark.parametrize("value", [{}, None, 7], ids=["object", "null", "number"])
    def test_json_of_another_shape_is_no_answer(self, link: Link, value: Any) -> None:
        _all(
            link, ("connect", "find_listing", "fetch_listings"), shaped(value), (MarketplaceUnavailable, RejectedError)
        )
        _all(link, ("create_listing", "update_listing"), shaped(value), LOST)

    @rule(
        "An answer that breaks off, or is larger than can be, is no answer.",
        hook="every hook",
        remedy=THROUGH_CLIENT + " Ask for no more max_bytes than a page can have.",
        section="errors",
    )
    @pytest.mark.parametrize("fault", [HALF, "huge"], ids=["half", "huge"])
    def test_half_and_huge_answers_are_no_answers(self, link: Link, fault: Any) -> None:
        fault = oversized() if fault == "huge" else fault
        _all(link, READS, fault, (MarketplaceUnavailable,))
        _all(link, WRITES, fault, (*LOST, RejectedError))

    @rule(
        "No connection is MarketplaceUnavailable, for writes too: nothing was sent.",
        hook="every hook",
        remedy=THROUGH_CLIENT,
        section="errors",
    )
    def test_no_connection_is_told(self, link: Link) -> None:
        with closed_port() as nowhere:
            for hook in ALL:
                prepared = scene(link, hook)
                outcome = _elsewhere(link, nowhere, prepared.call)
                said = f"nobody listens at its address: it {outcome}"
                must(isinstance(outcome.error, MarketplaceUnavailable), said, hook=hook, error=outcome.error)

    @rule(
        "A connection that is closed or reset is unavailable for a read; for a write that was sent it is unknown.",
        hook="every hook",
        remedy=THROUGH_CLIENT,
        section="errors",
    )
    @pytest.mark.parametrize("fault", [CLOSED, RESET], ids=["closed", "reset"])
    def test_a_broken_connection_is_told(self, link: Link, fault: Fault) -> None:
        _all(link, READS, fault, (MarketplaceUnavailable,))
        _all(link, WRITES, fault, LOST)

    @rule(
        "A redirect to another host is an error, and that host gets no request.",
        hook="every hook",
        remedy="Speak to the network through call.http alone.",
        section="errors",
    )
    def test_another_host_is_not_followed(self, link: Link) -> None:
        stranger = Proxy(link.counterpart.url)
        try:
            fault = redirect(stranger.origin.replace("127.0.0.1", "localhost") + "/")
            _all(link, READS, fault, (MarketplaceUnavailable,))
            _all(link, WRITES, fault, (RejectedError, MarketplaceUnavailable))
        finally:
            stranger.stop()
        must(not stranger.seen, f"the other host got {', '.join(map(str, stranger.seen[:3]))}")


def _elsewhere(link: Link, url: str, call: Callable[[], Any]) -> Outcome:
    """Make a call while the marketplace's address leads elsewhere."""
    here = link.marketplace
    link.marketplace = replace(here, url=url)
    try:
        return attempt(call)
    finally:
        link.marketplace = here


def _all(link: Link, hooks: Sequence[str], fault: Fault, wanted: Errors) -> list[Struck]:
    """Let the fault strike each of the hooks at each place; return what was raised."""
    found = [
        _judged(struck, wanted)
        for hook in hooks
        for number in places(link, hook)
        if (struck := strike(link, hook, fault, number))
    ]
    return [struck for struck in found if not struck.outcome.returned]


def _judged(struck: Struck, wanted: Errors) -> Struck:
    must_be_true(struck)
    hook, outcome = struck.scene.hook, struck.outcome
    if struck.scene.write and struck.number:
        wanted = (*wanted, OutcomeUnknown)  # a request before it was carried out: to look is right, whatever went wrong
    if outcome.returned:
        # Later requests of a hook may be for what it can do without.
        right = struck.scene.write or (struck.scene.right(outcome.value) and (hook != "connect" or struck.number))
        must(right, f"{struck}", hook=hook)
    else:
        names = " or ".join(error.__name__ for error in wanted)
        must(isinstance(outcome.error, wanted), f"{struck}; {names} is right", hook=hook, error=outcome.error)
    return struck


def _transient(struck: Struck) -> bool:
    return isinstance(struck.outcome.error, TransientError) and struck.number == 0
