"""The account's one address at hubs without satellites: ours, or another space's that we must not overwrite.

The hub builds every query's URL from the profile's ``domain``, and both a profile update and a health report
replace it. So it is read before either. An address is ours if it is our own origin or public URL, or one that
we noted as ours before. Any other belongs to a space that we do not know, and stops us until a person allows
to replace it.
"""

from collections.abc import Mapping
from typing import Any

from ...core.errors import MarketplaceUnavailable, RejectedError
from .address import same
from .answers import failure, problem
from .hub import Hub
from .notes import DIALECT, DOMAIN


def settle(hub: Hub) -> None:
    """See to it that the profile holds our origin. Without a public address it is left alone.

    Raises RejectedError (``conflict``) when another space's address stands there.
    """
    if not hub.own:
        return
    profile = hub.profile()
    refuse_foreign(hub, profile)
    if _address(profile) != hub.own:
        _set(hub)
    hub.notes.write(DOMAIN, address=hub.own)


def refuse_foreign(hub: Hub, profile: Mapping[str, Any]) -> None:
    """Raise RejectedError (``conflict``) when the profile's address is another space's."""
    there = _address(profile)
    allowed = str(hub.marketplace.settings.get("take_over") or "")
    if not hub.own or not there or any(same(there, ours) for ours in (*_ours(hub), allowed) if ours):
        return
    raise RejectedError(
        f"The account's address on the hub is {there}, which is not this space's ({hub.own}). This hub keeps "
        "one address for each account; publishing, or a health report, would cut the other space off.",
        cause="conflict",
        remedy="Use another account on the hub for this space. If the other space is gone, take over: "
        f"`publicist marketplace edit '{hub.marketplace.name}' --set take_over={there}`.",
    )


def _ours(hub: Hub) -> tuple[str, ...]:
    return hub.own, hub.space.public_url, str(hub.notes.read(DOMAIN).get("address") or "")


def _address(profile: Mapping[str, Any]) -> str:
    return str(profile.get("domain") or "").strip()


def _set(hub: Hub) -> None:
    # Safe to repeat, and no listing is touched: without an answer, no listing's outcome is unknown.
    answer = hub.send("PUT", "/users/me", json={"domain": hub.own}, safe=True)
    if answer.ok:
        return
    if problem(answer).count is not None:
        hub.notes.forget(DIALECT)
        raise MarketplaceUnavailable("The hub has been upgraded to satellites; it is asked anew.", retry_after=1)
    raise failure(answer, "take this space's address")
