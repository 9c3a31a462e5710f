"""The contract of a marketplace kind: all rules in one class, to be derived from."""

from .canonical_rules import CanonicalRules
from .connection_rules import ConnectionRules
from .deadline_rules import DeadlineRules
from .fault_rules import FaultRules
from .kind_rules import KindRules
from .listing_rules import ListingRules
from .offer_rules import OfferRules
from .outcome_rules import OutcomeRules
from .paging_rules import PagingRules
from .secret_rules import SecretRules
from .setup import ContractSetup


class MarketplaceContract(
    KindRules,
    ConnectionRules,
    ListingRules,
    CanonicalRules,
    PagingRules,
    OutcomeRules,
    FaultRules,
    DeadlineRules,
    SecretRules,
    OfferRules,
    ContractSetup,
):
    """What every marketplace kind promises. Derive a class from it, name the ``kind``, and give a ``counterpart``."""
