"""*Test connection* and *try a query* on a form that is not saved yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ....core.errors import MarketplaceError
from ....core.records import BackendHealth, Endpoint, QueryAnswer
from ....core.schemas import load_query
from ..page import Here

BUSY = "Too many requests wait just now. Try again in a moment."
LONGEST = 600
"""How much of a passage is shown."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying: how each side answered, or what a query got, or why nothing came of it."""

    sides: Mapping[str, BackendHealth] | None = None
    passages: Sequence[tuple[str, str]] = ()
    text: str = ""
    fault: str = ""
    asked: bool = False


def tested(here: Here, endpoint: Endpoint) -> Trial:
    """Try dataset and model."""
    with here.room.seat() as seated:
        if not seated:
            return Trial(fault=BUSY)
        found = here.services.drafting.test(endpoint)
    return Trial(sides=found, fault="" if found else "There is nothing to test: choose a dataset or a model first.")


def asked(here: Here, endpoint: Endpoint, question: str) -> Trial:
    """Send a query. Raises InvalidInput for one that asks nothing."""
    if not (endpoint.dataset or endpoint.model):
        return Trial(fault="There is nothing to ask: choose a dataset or a model first.")
    asking = load_query({"messages": question})
    with here.room.seat() as seated:
        if not seated:
            return Trial(fault=BUSY)
        try:
            return _told(here.services.drafting.ask(endpoint, asking))
        except MarketplaceError as error:
            return Trial(fault=f"{error.message} {error.remedy}", asked=True)


def _told(answer: QueryAnswer) -> Trial:
    found = answer.answer
    passages = [(each.document_id, each.content[:LONGEST]) for each in found.documents]
    nothing = "" if passages or found.summary else "It answered, but found nothing that fits."
    return Trial(passages=passages, text=found.summary or "", fault=nothing, asked=True)
