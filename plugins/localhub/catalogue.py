"""The listings as they are stored: finding, adding, deleting. Each row comes with its owner and its satellite."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

import peewee

from .hub import Hub
from .models import Endpoint, Satellite, Star, UptimeBucket, User
from .schemas import MOST_TAGS
from .slugs import from_name

PREPAID = "prepaid"
_PREPAID_POLICY = "xendit"


def listings() -> Any:
    """Return the select that all others start from, in the order of all lists: newest first."""
    return (
        Endpoint.select(Endpoint, User, Satellite)
        .join(User)
        .switch(Endpoint)
        .join(Satellite, peewee.JOIN.LEFT_OUTER)
        .order_by(Endpoint.updated_at.desc(), Endpoint.id.desc())
    )


def searched(found: Any, words: str, *more: Any) -> Any:
    """Narrow a select to listings that have ``words`` in their name, description, or one of ``more`` columns."""
    columns = (Endpoint.name, Endpoint.description, *more)
    matches = [peewee.fn.LOWER(column).contains(words.lower()) for column in columns]
    return found.where(reduce(or_, matches))


def of_type(found: Any, kind: str | None) -> Any:
    """Narrow a select to a type; ``model`` and ``data_source`` include those that are both."""
    if kind is None:
        return found
    both = ("model_data_source",) if kind in ("model", "data_source") else ()
    return found.where(Endpoint.type.in_([kind, *both]))


def slugs_of(hub: Hub, user: User) -> set[str]:
    """Return every slug the account has taken, those of switched-off listings too."""
    return {row.slug for row in hub.database.rows(Endpoint.select(Endpoint.slug).where(Endpoint.user == user.id))}


def add(hub: Hub, user: User, satellite: Any, fields: Mapping[str, Any]) -> int:
    """Insert a listing whose slug is settled; return its id. ``archived`` is not stored."""
    now = hub.stamp()
    values = {
        **{name: value for name, value in fields.items() if name != "archived"},
        "tags": with_prepaid(fields["tags"], fields["policies"]),
        "contributors": contributors(hub, user, fields["contributors"]),
        "satellite": satellite.row if satellite else None,
    }
    return hub.database.run(Endpoint.insert(user=user.id, **values, created_at=now, updated_at=now))


def chosen_slug(fields: Mapping[str, Any], taken: set[str]) -> str | None:
    """Return the slug that was asked for, or one made from the name; None if nothing can be made of it."""
    return fields["slug"] or from_name(fields["name"], taken)


def contributors(hub: Hub, user: User, wanted: list[int]) -> list[int]:
    """Return the known, active accounts among ``wanted``, and the owner."""
    ids = [number for number in dict.fromkeys(wanted) if 0 < number < 2**63]
    known = User.select(User.id).where(User.id.in_(ids), User.is_active)
    found = {row.id for row in hub.database.rows(known)}
    return [*(number for number in ids if number in found and number != user.id), user.id]


def with_prepaid(tags: list[str], policies: list[dict[str, Any]]) -> list[str]:
    """Return the tags, with ``prepaid`` where a policy makes it so and there is room for it."""
    paid = any(policy["type"].lower() == _PREPAID_POLICY for policy in policies)
    room = PREPAID not in tags and len(tags) < MOST_TAGS
    return [*tags, PREPAID] if paid and room else tags


def delete(hub: Hub, condition: Any) -> int:
    """Delete the listings that fit, with their stars and uptime; return how many there were."""
    ids = Endpoint.select(Endpoint.id).where(condition)
    hub.database.run(Star.delete().where(Star.endpoint.in_(ids)))
    hub.database.run(UptimeBucket.delete().where(UptimeBucket.endpoint.in_(ids)))
    return hub.database.run(Endpoint.delete().where(condition))
