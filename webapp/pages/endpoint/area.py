"""The blueprint that the pages of this package share, and what several of them need."""

from collections.abc import Sequence

from flask import request

from ....core.records import Marketplace
from ....core.schemas import Targets
from ..page import Here, Pages

pages = Pages("endpoint")

ALL = "all"
"""The value of the box that stands for all marketplaces."""


def chosen(here: Here) -> list[str]:
    """Return the ids of the marketplaces that were chosen, in the form or in the address; unknown ones are dropped."""
    asked = request.form.getlist("on") or request.args.getlist("on")
    known = {item.id for item in here.services.marketplaces.all()}
    return [name for name in dict.fromkeys(asked) if name in known]


def targets(ids: Sequence[str], wait: float, *, force: bool = False) -> Targets:
    """Return where to publish or unpublish, for no longer than ``wait`` seconds."""
    return Targets(everywhere=False, marketplace_ids=tuple(ids), wait=wait, force=force)


def is_usable(marketplace: Marketplace) -> bool:
    """Tell whether anything can be published on the marketplace."""
    return marketplace.status != "disabled" and not marketplace.removing
