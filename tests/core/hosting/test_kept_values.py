"""What a plugin says and answers is kept, by SQLite and by PostgreSQL, whatever it holds."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, RejectedError
from publicist.core.hookspecs import hookimpl
from publicist.core.records import (
    Account,
    Availability,
    Capabilities,
    Feedback,
    MarketplaceKind,
    Payload,
    RemoteListing,
)
from publicist.core.services import Services

from ...clock import Clock
from ...postgresql import Cluster
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows, work

ODD = "a\0b\ud800c\x1b\x85" + "".join(map(chr, random.Random(7).choices(range(0x4E00, 0x9FFF), k=20_000)))
"""Characters that nobody can keep, and so much text that no index of PostgreSQL takes it, compressed or not."""
PLAIN = "a\ufffdb\ufffdc"


class Odd:
    """A marketplace that answers and raises what a test says."""

    def __init__(self) -> None:
        self.says: Callable[[], Any] = lambda: None
        self.listing = RemoteListing("1", "research-qa", {})

    def told(self, answer: Any) -> Any:
        return answer if (said := self.says()) is None else said

    @hookimpl
    def marketplace_kinds(self) -> list[MarketplaceKind]:
        return [MarketplaceKind("odd", "Odd", capabilities=Capabilities(feedback=True))]

    @hookimpl
    def connect(self) -> Account:
        return self.told(Account("ann"))  # type: ignore[no-any-return]

    @hookimpl
    def slug_available(self) -> Availability:
        return Availability(True)

    @hookimpl
    def render_listing(self, listing: Any) -> Payload:
        return Payload(listing.slug, {"name": listing.name})

    @hookimpl
    def create_listing(self, payload: Any) -> RemoteListing:
        self.listing = replace(self.listing, fields=payload.fields)
        return self.told(self.listing)  # type: ignore[no-any-return]

    @hookimpl
    def update_listing(self, payload: Any) -> RemoteListing:
        return self.create_listing(payload)

    @hookimpl
    def find_listing(self) -> RemoteListing | None:
        return None

    @hookimpl
    def fetch_listings(self) -> list[RemoteListing]:
        return self.told([self.listing])  # type: ignore[no-any-return]

    @hookimpl
    def fetch_feedback(self) -> list[Feedback]:
        return self.told([])  # type: ignore[no-any-return]


@pytest.fixture(params=["sqlite", "postgresql"])
def services(tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Services]:
    environment = {}
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        environment["PUBLICIST_DATABASE_URL"] = cluster.database(ready=True)
    with opened(tmp_path, clock, **environment) as found:
        yield found


@pytest.fixture
def odd(services: Services) -> Odd:
    plugin = Odd()
    services.plugins.add("odd", plugin)
    add_endpoint(services)
    add_marketplace(services, "Odd", "http://127.0.0.1:9", kind="odd")
    return plugin


def raising(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> None:
        raise error

    return raise_it


def test_whatever_a_plugin_says_is_kept(services: Services, odd: Odd, clock: Clock) -> None:
    odd.says = raising(AuthenticationFailed(ODD, remedy=ODD))
    refused = services.marketplaces.test("Odd")
    assert (refused.status, refused.status_cause) == ("error", "authentication_failed")
    odd.says = lambda: Account(ODD)
    assert (services.marketplaces.test("Odd").account or "").startswith(PLAIN)

    odd.says = raising(RejectedError(ODD, errors={ODD: [ODD]}))
    publish(services)
    row = rows(services)["Odd"]
    assert row
    assert row.error
    assert row.error.message.startswith(PLAIN)

    odd.says = raising(ValueError(ODD[:6]))
    services.marketplaces.test("Odd")
    failure = services.plugin_switch.offer("odd").info.last_failure
    assert failure
    assert PLAIN in failure.traceback

    odd.says = lambda: RemoteListing(ODD, ODD, {ODD: [ODD, 2**900]}, ODD, True, ODD)
    publish(services)
    listed = rows(services)["Odd"]
    assert listed
    assert listed.remote_id
    assert listed.remote_id.startswith(PLAIN)

    odd.says = lambda: [RemoteListing(listed.remote_id or "", ODD, {"name": ODD})]
    (done,) = services.reconciler.sync()
    assert done.error is None
    endpoint = services.endpoints.get("research-qa")
    odd.says = lambda: [Feedback("", endpoint.id, "", f"{number}", ODD, 2**62, ODD, ODD, clock()) for number in (1, 2)]
    assert services.feedback.fetch_round() == 2
    odd.says = raising(MarketplaceUnavailable(ODD, retry_after=10**9))
    services.marketplaces.test("Odd")
    odd.says = lambda: None
    clock.move(days=20_000)
    work(services)
