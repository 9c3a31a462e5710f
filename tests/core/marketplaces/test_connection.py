"""Whether the developer token is accepted, from what each marketplace last said."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from publicist.core.marketplaces.connection import Verdict, judge
from publicist.core.records import Marketplace, MarketplaceStatus, TokenNeed
from publicist.core.secrets import Secret

from ...clock import START

NEEDED, NOT_NEEDED = TokenNeed(True, "No address."), TokenNeed(False, "Local development only.")
LATER = START + timedelta(hours=1)
GOOD = Verdict(True, "", START)
BAD = Verdict(False, "Invalid API token.", START)


def hub(
    name: str = "Hub", *, own: bool = False, status: MarketplaceStatus = "active", since: datetime = START
) -> Marketplace:
    return Marketplace(
        id=name,
        kind="syfthub",
        name=name,
        url="https://hub.example",
        settings={},
        credentials={"api_key": Secret("own")} if own else {},
        sync_policy="no_withdraw",
        status=status,
        status_cause=None,
        status_reason="It refused us." if status == "error" else None,
        status_since=since,
        account=None,
        created_at=START,
    )


@pytest.mark.parametrize(
    ("takers", "verdicts", "status", "said"),
    [
        ([], {}, "Not connected", "not validated yet"),
        ([hub()], {}, "Not connected", "Hub: The token is not validated there yet"),
        ([hub()], {"Hub": GOOD}, "Connected", "Accepted by Hub."),
        ([hub()], {"Hub": BAD}, "Not connected", "Hub: Invalid API token."),
        ([hub(), hub("B")], {"Hub": GOOD, "B": GOOD}, "Connected", "Accepted by Hub, B."),
        ([hub(), hub("B")], {"Hub": GOOD, "B": BAD}, "Not connected", "B: Invalid API token."),
        ([hub(), hub("B")], {"Hub": GOOD}, "Not connected", "B: The token is not validated"),
        ([hub(status="error", since=LATER)], {"Hub": GOOD}, "Not connected", "Hub: It refused us."),
        ([hub(status="error")], {"Hub": GOOD}, "Connected", "Accepted"),
        ([hub(since=LATER)], {"Hub": BAD}, "Connected", "Accepted"),
        ([hub(own=True, status="error", since=LATER)], {"Hub": GOOD}, "Connected", "Accepted"),
        ([hub(own=True, since=LATER)], {"Hub": BAD}, "Not connected", "Invalid"),
        ([hub()], {"Hub": GOOD, "Gone": BAD}, "Connected", "Accepted by Hub."),
    ],
)
def test_a_token_is_connected_when_every_marketplace_that_takes_it_accepts_it(
    takers: list[Marketplace], verdicts: Mapping[str, Verdict], status: str, said: str
) -> None:
    found = judge(NEEDED, takers, verdicts, entered=True)
    assert found.status == status
    assert said in found.reason


@pytest.mark.parametrize(("need", "said"), [(NEEDED, "one is needed"), (NOT_NEEDED, "none is needed")])
def test_without_a_token_the_reason_says_whether_one_is_needed(need: TokenNeed, said: str) -> None:
    found = judge(need, [hub()], {}, entered=False)
    assert (found.status, found.checked_at) == ("Not connected", None)
    assert said in found.reason
    assert need.reason in found.reason


def test_it_was_checked_when_a_marketplace_was_last_asked() -> None:
    later = Verdict(True, "", LATER)
    assert judge(NEEDED, [hub(), hub("B")], {"Hub": later, "B": GOOD}, entered=True).checked_at == LATER
    assert judge(NEEDED, [hub()], {}, entered=True).checked_at is None


def test_an_offered_tunnel_is_told_and_that_none_runs() -> None:
    offered = Verdict(True, "", START, "ada.tunnel.example")
    found = judge(NEEDED, [hub()], {"Hub": offered}, entered=True)
    assert found.tunnel_domain == "ada.tunnel.example"
    assert "none runs yet" in found.reason
