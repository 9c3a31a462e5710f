"""The contract kit: proves that an adapter keeps the promises of the hooks, against a counterpart.

A test module needs a class and a fixture::

    from publicist.core.testing import Counterpart, MarketplaceContract

    class TestBulletin(MarketplaceContract):
        kind = "bulletin"

        @pytest.fixture
        def counterpart(self):
            with running_board() as url:
                yield Counterpart(url, settings={"api_key": "key-of-ada"})

The adapter is called as the core calls it. A proxy of the kit's own stands between it and the counterpart and makes
things go wrong, so that an author writes no fault. It needs pytest, and hypothesis for generated listings.
"""

from .contract import MarketplaceContract
from .counterpart import Counterpart
from .faults import Fault
from .proxy import Proxy
from .rules import Rule, rules_of

__all__ = ["Counterpart", "Fault", "MarketplaceContract", "Proxy", "Rule", "rules_of"]
