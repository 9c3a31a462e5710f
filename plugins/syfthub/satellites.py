"""Our row at a hub with satellites: made by our own origin, moved when that changes, named in every write.

Registering comes before any other write. Without an id the hub takes a write as meant for the account's only
space, whoever that is, and would move a sibling's row to our address.
"""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from ...core.errors import MarketplaceUnavailable, RejectedError
from ...core.http import Answer
from .address import same
from .answers import failure, parsed, problem
from .hub import Hub
from .notes import DOMAIN, SATELLITE

_log = logging.getLogger(__name__)

Row = Mapping[str, Any]


def settle(hub: Hub) -> str:
    """Return the id of our satellite, registered or moved to our origin first where needed.

    Raises RejectedError: ``network_unreachable`` without a public address, ``conflict`` when the origin is
    taken.
    """
    if not hub.own:
        raise RejectedError(
            "This hub registers each space by its address, and this space has no public one.",
            cause="network_unreachable",
        )
    known = hub.notes.read(SATELLITE)
    if known.get("id") and known.get("sent") == hub.own:
        return str(known["id"])
    moved = _move(hub, str(known["id"])) if known.get("id") else None
    return moved or _register(hub)


def rows(hub: Hub) -> list[Row]:
    """Return all satellites of the account. Raises MarketplaceUnavailable when that is not told."""
    found = hub.ask("GET", "/satellites", "show the account's satellites")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise MarketplaceUnavailable("The hub's list of satellites is not a list.")
    return found


def refuse_station(hub: Hub, known: Iterable[Row]) -> None:
    """Raise RejectedError (``conflict``) when our origin is a station's: those serve no listings."""
    if any(row.get("kind") != "space" and same(str(row.get("base_url")), hub.own) for row in known):
        raise _taken(f"{hub.own} is registered on this account as a station, not as a space.")


def forget(hub: Hub) -> None:
    """Forget our id: the hub no longer knows it."""
    if hub.notes.read(SATELLITE):
        _log.warning("%s no longer knows this space; it is registered anew", hub.marketplace.name)
    hub.notes.forget(SATELLITE)


def _register(hub: Hub) -> str:
    known = rows(hub)
    refuse_station(hub, known)
    former = _formerly_ours(hub, known)
    moved = _move(hub, former) if former else None
    return moved or _keep(hub, _send(hub, "POST", "/satellites", json={"kind": "space", "base_url": hub.own}))


def _formerly_ours(hub: Hub, known: list[Row]) -> str | None:
    """Return the row that the hub's upgrade made of an address that we had set, if we are elsewhere now."""
    had = str(hub.notes.read(DOMAIN).get("address") or "")
    spaces = {str(row.get("base_url")): str(row.get("id")) for row in known if row.get("kind") == "space"}
    if not had or any(same(there, hub.own) for there in spaces):
        return None
    return next((row_id for there, row_id in spaces.items() if same(there, had)), None)


def _move(hub: Hub, satellite_id: str) -> str | None:
    """Move our row to our present origin; None when there is no such row any more."""
    answer = _send(hub, "PUT", f"/satellites/{satellite_id}", json={"base_url": hub.own})
    if answer.status == HTTPStatus.NOT_FOUND:
        forget(hub)
        return None
    return _keep(hub, answer)


def _keep(hub: Hub, answer: Answer) -> str:
    if answer.status == HTTPStatus.CONFLICT:
        raise _taken(f"{hub.own} is registered on this account by another space or station: {problem(answer).message}")
    if not answer.ok:
        raise failure(answer, "register this space")
    row = parsed(answer)
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise MarketplaceUnavailable("The hub's answer to the registration holds no id.")
    hub.notes.write(SATELLITE, id=row["id"], base_url=str(row.get("base_url")), sent=hub.own)
    return str(row["id"])


def _send(hub: Hub, method: str, route: str, **sent: Any) -> Answer:
    # Safe to repeat, and no listing is touched: without an answer, no listing's outcome is unknown.
    return hub.send(method, route, safe=True, **sent)


def _taken(message: str) -> RejectedError:
    return RejectedError(
        message,
        cause="conflict",
        remedy="Give this space another public URL, or remove the other registration on the hub.",
    )
