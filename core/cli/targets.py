"""The marketplaces that a command is to work on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..errors import Conflict, InvalidInput, NotFound

if TYPE_CHECKING:
    from ..records import Marketplace
    from ..services import Services


def named(services: "Services", names: Sequence[str]) -> list["Marketplace"]:
    """Return the marketplaces by name or id, each once. Raises InvalidInput with all that there are not."""
    found: dict[str, Marketplace] = {}
    faults = []
    for name in names:
        try:
            marketplace = services.marketplaces.get(name)
            found[marketplace.id] = marketplace
        except NotFound as error:
            faults.append(error.message)
    if faults:
        raise InvalidInput({"to": faults}, remedy="`publicist marketplace list` shows them all.")
    return list(found.values())


def chosen(services: "Services", names: Sequence[str], *, everywhere: bool) -> list["Marketplace"]:
    """Return where to publish: the named ones, or all that are not disabled; without a choice, the only one.

    Raises:
        click.UsageError: both are chosen, or neither while there are several marketplaces.
        Conflict: there is no marketplace to publish to.
    """
    if names and everywhere:
        raise click.UsageError("Give --to or --all, not both.")
    if names:
        return named(services, names)
    usable = [item for item in services.marketplaces.all() if item.status != "disabled"]
    if not usable:
        raise nowhere()
    if len(usable) > 1 and not everywhere:
        known = ", ".join(item.name for item in usable)
        raise click.UsageError(f"Say where: --all, or --to NAME. There are: {known}.")
    return usable


def nowhere() -> Conflict:
    """Return the error for a space without a marketplace to publish to."""
    from ..publishing.preflight import no_marketplace

    finding = no_marketplace()
    return Conflict(finding.message, remedy=finding.remedy)
