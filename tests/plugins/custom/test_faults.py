"""Every hook that speaks to a catalogue, against every way in which an answer can go wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RejectedError,
)
from publicist.core.http import HttpSettings, Sessions
from publicist.core.records import Reading
from publicist.plugins import custom

from .conftest import Connection
from .counterpart import Counterpart

Hook = Callable[[Connection], Any]
SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)

READS: dict[str, Hook] = {
    "connect": lambda hub: custom.connect(hub.marketplace, hub.call()),
    "slug_available": lambda hub: custom.slug_available(hub.marketplace, "research-qa", hub.call()),
    "fetch_listings": lambda hub: custom.fetch_listings(hub.marketplace, hub.call()),
    "find_listing": lambda hub: custom.find_listing(hub.marketplace, "research-qa", hub.call()),
}
WRITES: dict[str, Hook] = {
    "create_listing": lambda hub: custom.create_listing(hub.marketplace, hub.payload(), hub.call("work-1")),
    "update_listing": lambda hub: custom.update_listing(
        hub.marketplace, hub.payload(), "listing-1", hub.call("work-1")
    ),
    "withdraw_listing": lambda hub: custom.withdraw_listing(hub.marketplace, "listing-1", hub.call("work-1")),
    "report_health": lambda hub: custom.report_health(
        hub.marketplace, [Reading("research-qa", "healthy", SINCE)], hub.call("work-1")
    ),
}
NONSENSE: dict[str, dict[str, Any]] = {
    "html": {},
    "empty": {},
    "half": {},
    "huge": {},
    "wrong_shape": {},
    "drop": {},
    "slow": {"seconds": 30},
    "problem": {"status": 500},
}


@pytest.fixture
def hasty(hub: Connection) -> Iterator[Connection]:
    """The same marketplace, with little patience: for calls that are to wait in vain."""
    opened = Sessions(HttpSettings(read_timeout=0.3))
    yield replace(hub, sessions=opened)
    opened.close()


def outcome(hook: Hook, hub: Connection) -> type[MarketplaceError] | None:
    try:
        hook(hub)
    except MarketplaceError as error:
        return type(error)
    return None


@pytest.mark.parametrize("fault", NONSENSE)
@pytest.mark.parametrize("hook", READS)
def test_a_read_that_got_no_proper_answer_is_tried_again(
    hub: Connection, hasty: Connection, counterpart: Counterpart, hook: str, fault: str
) -> None:
    counterpart.insert("research-qa", account="ada")
    counterpart.faults.add(fault, **NONSENSE[fault])
    assert outcome(READS[hook], hasty if fault == "slow" else hub) is MarketplaceUnavailable


@pytest.mark.parametrize("fault", NONSENSE)
@pytest.mark.parametrize("hook", WRITES)
def test_a_write_that_got_no_proper_answer_has_an_unknown_outcome(
    hub: Connection, hasty: Connection, counterpart: Counterpart, hook: str, fault: str
) -> None:
    if (hook, fault) != ("create_listing", "half"):
        counterpart.insert("research-qa", account="ada")
    # An answer without a body cannot be cut in two.
    expected = None if (hook, fault) == ("withdraw_listing", "half") else OutcomeUnknown
    counterpart.faults.add(fault, **NONSENSE[fault])
    assert outcome(WRITES[hook], hasty if fault == "slow" else hub) is expected


@pytest.mark.parametrize("hook", READS | WRITES)
@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, AuthenticationFailed), (403, AuthenticationFailed), (429, RateLimited), (503, MarketplaceUnavailable)],
)
def test_a_plain_refusal_means_the_same_for_every_hook(
    hub: Connection, counterpart: Counterpart, hook: str, status: int, expected: type[MarketplaceError]
) -> None:
    counterpart.faults.add("problem", status=status)
    assert outcome((READS | WRITES)[hook], hub) is expected


@pytest.mark.parametrize("hook", READS | WRITES)
def test_a_catalogue_that_moved_elsewhere_is_not_followed(hub: Connection, counterpart: Counterpart, hook: str) -> None:
    counterpart.faults.add("redirect", location="http://elsewhere.example/listings")
    expected = MarketplaceUnavailable if hook in READS else RejectedError
    assert outcome((READS | WRITES)[hook], hub) is expected


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_catalogue_asks_us_to_wait_is_passed_on(
    hub: Connection, counterpart: Counterpart, status: int
) -> None:
    counterpart.faults.add("problem", status=status, headers={"Retry-After": "17"})
    with pytest.raises((RateLimited, MarketplaceUnavailable)) as caught:
        WRITES["create_listing"](hub)
    assert caught.value.retry_after == 17


@pytest.mark.parametrize("fault", ["drop", "slow", "half", "html", "empty", "wrong_shape", "huge"])
def test_a_create_whose_answer_was_lost_is_found_and_made_only_once(
    hub: Connection, hasty: Connection, counterpart: Counterpart, fault: str
) -> None:
    counterpart.faults.add(fault, written=True, seconds=30, times=1)
    assert outcome(WRITES["create_listing"], hasty if fault == "slow" else hub) is OutcomeUnknown
    found = custom.find_listing(hub.marketplace, "research-qa", hub.call())
    assert WRITES["create_listing"](hub) == found
    assert len(counterpart.listings) == 1


def test_nothing_is_concluded_from_a_page_that_was_lost(hub: Connection, counterpart: Counterpart) -> None:
    for index in range(101):
        counterpart.insert(f"listing-{index}", account="ada")
    counterpart.faults.add("meanwhile", path="/listings", action=lambda seen: None, times=1)
    counterpart.faults.add("drop", path="/listings", times=1)
    assert outcome(READS["fetch_listings"], hub) is MarketplaceUnavailable
    assert len(READS["fetch_listings"](hub)) == 101
