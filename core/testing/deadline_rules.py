"""Calls end when their time is over, whatever the marketplace does."""

import pytest

from ..errors import MarketplaceUnavailable, OutcomeUnknown
from .faults import DRIPS, HANGS, Fault
from .link import Link
from .rules import must, rule
from .scenes import must_be_true, places, strike

SECONDS = (0.3, 1.2, 5.0, 20.0)
"""The time that a call gets; more when it was over before the fault struck, as on a busy machine."""


class DeadlineRules:
    """Rules about time."""

    @rule(
        "A call ends with its deadline, also when an answer never comes or never ends.",
        hook="find_listing, fetch_listings, create_listing",
        remedy="Wait for nothing but call.http: it ends with the call's deadline.",
        section="deadlines",
    )
    @pytest.mark.parametrize("fault", [HANGS, DRIPS], ids=["hangs", "drips"])
    @pytest.mark.parametrize("hook", ["find_listing", "create_listing"])
    def test_a_call_ends_with_its_deadline(self, link: Link, hook: str, fault: Fault) -> None:
        # A call may send fewer requests than the one that was counted: it has signed in by now.
        tries = ((number, seconds) for number in reversed(places(link, hook)) for seconds in SECONDS)
        struck = next(filter(None, (strike(link, hook, fault, number, seconds) for number, seconds in tries)), None)
        must(struck is not None, "no call got so far as to be struck", hook=hook)
        if struck is None:
            return
        wanted = (MarketplaceUnavailable, OutcomeUnknown) if struck.scene.write else (MarketplaceUnavailable,)
        must(isinstance(struck.outcome.error, wanted), f"{struck}", hook=hook, error=struck.outcome.error)
        must_be_true(struck)
