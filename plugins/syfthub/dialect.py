"""Which of its two dialects a hub speaks, found out without writing anything.

Older hubs keep one address for each account (``accounts``); newer ones a row for each space, a satellite
(``satellites``). ``GET /satellites`` tells: a list is the new one, a bare 404 the old one. Anything else
tells nothing, and then the last proof stands: on a guess one would overwrite another space's address. A hub
can be upgraded while we run, so the proof is renewed every day, and when an answer contradicts it.
"""

from http import HTTPStatus
from typing import Literal

from ...core.errors import MarketplaceUnavailable, TransientError
from .answers import parsed, problem
from .hub import Hub
from .notes import DIALECT

Dialect = Literal["accounts", "satellites"]

PROOF_HOLDS = 24 * 60 * 60
"""Seconds for which a proof is taken without asking again."""


def dialect(hub: Hub, *, fresh: bool = False) -> Dialect:
    """Return what the hub speaks; ``fresh`` asks even if the last proof is young.

    Raises MarketplaceUnavailable when the hub gives no proof and never gave one.
    """
    known = _known(hub)
    age = hub.now() - float(hub.notes.read(DIALECT).get("at") or 0)
    if known and not fresh and 0 <= age < PROOF_HOLDS:
        return known
    proved = _probe(hub)
    if proved:
        hub.notes.write(DIALECT, name=proved, at=hub.now())
    speaks = proved or known
    if speaks is None:
        raise MarketplaceUnavailable(
            "The hub does not tell whether it keeps an address for each account or for each space, "
            "so nothing is published there yet.",
            remedy="Nothing to do if it is a passing fault. Otherwise check the marketplace's address.",
        )
    return speaks


def _known(hub: Hub) -> Dialect | None:
    name = hub.notes.read(DIALECT).get("name")
    return name if name in {"accounts", "satellites"} else None


def _probe(hub: Hub) -> Dialect | None:
    try:
        answer = hub.send("GET", "/satellites")
    except TransientError:
        return None
    if answer.status == HTTPStatus.OK:
        return "satellites" if isinstance(parsed(answer), list) else None
    return "accounts" if answer.status == HTTPStatus.NOT_FOUND and problem(answer).plain else None
