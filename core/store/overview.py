"""All endpoints on all marketplaces at a glance: chosen, sorted and counted in the database, with no secret opened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import peewee

from ..records import Json
from . import health_models, models
from .table import TableAccess

_endpoint, _rows, _health = models.Endpoint, models.Publication, health_models.Health

CELL_STATES = ("failed", "drifted", "republish", "pending", "published", "absent")
"""How an endpoint can stand on a marketplace; what needs a person comes first."""

SORTS = ("name", "newest", "health", "needs")
NEEDY = ("failed", "drifted", "republish")
_WORDS = {state: state for state in CELL_STATES}
_HEALTHS = ("offline", "unhealthy", "degraded", "unknown", "healthy")
_BAD_HEALTHS = ("offline", "unhealthy")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which endpoints are asked for; what is left empty chooses nothing.

    ``marketplace_id`` says of which marketplace ``status`` is meant; of any without it. ``drafts`` is ``only`` or
    ``none``, and ``known_since`` is when health must have been noted to count.
    """

    known_since: datetime
    text: str = ""
    tag: str = ""
    status: str = ""
    marketplace_id: str = ""
    health: str = ""
    drafts: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of an endpoint; ``held`` is what :func:`publicist.core.publishing.listing.as_listed` makes."""

    id: str
    slug: str
    name: str
    published: bool
    held: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Needy:
    """One publication that needs a person."""

    endpoint_name: str
    slug: str
    marketplace_id: str
    wanted: str
    cause: str


class OverviewTable(TableAccess):
    """Reads for the overview; each is one statement, however many endpoints there are."""

    def page(self, choice: Choice, sort: str, page: int, per_page: int) -> list[Shown]:
        """Return one page of the endpoints that are chosen."""
        query = _chosen(choice).order_by(*_order(choice, sort), *self._by_name()).paginate(page, per_page)
        fields = (_endpoint.id, _endpoint.slug, _endpoint.name, _endpoint.published, _endpoint.held)
        return [Shown(**row) for row in self._rows(query.select(*fields))]

    def total(self, choice: Choice) -> int:
        """Return how many endpoints are chosen."""
        return self._count(_chosen(choice))

    def cells(self, choice: Choice) -> dict[str, int]:
        """Return how many publications are in which state, absent ones left out; ``status`` chooses nothing here."""
        state, number = _state().alias("state"), peewee.fn.COUNT(_rows.id).alias("number")
        choice = replace(choice, status="")
        wanted = _rows.endpoint_id.in_(_chosen(choice))
        if choice == Choice(choice.known_since, marketplace_id=choice.marketplace_id):
            # All of them: it is quicker to look which few are not meant.
            wanted = _rows.endpoint_id.not_in(_endpoint.select(_endpoint.id).where(_endpoint.deleted_at.is_null(False)))
        if choice.marketplace_id:
            wanted &= _rows.marketplace_id == choice.marketplace_id
        query = _rows.select(state, number).where(wanted).group_by(peewee.SQL("state"))
        return {row["state"]: row["number"] for row in self._rows(query) if row["state"] != "absent"}

    def needy(self, state: str, limit: int) -> list[Needy]:
        """Return the first publications in a state, by name."""
        found = (
            _rows.select(
                _endpoint.name.alias("endpoint_name"),
                _endpoint.slug,
                _rows.marketplace_id,
                _rows.wanted,
                peewee.fn.COALESCE(_rows.error_cause, "").alias("cause"),
            )
            .join(_endpoint, on=_endpoint.id == _rows.endpoint_id)
            .where(_is(state), _endpoint.deleted_at.is_null())
            .order_by(*self._by_name(), _rows.marketplace_id)
        )
        return [Needy(**row) for row in self._rows(found.limit(limit))]

    def unwell(
        self, known_since: datetime, limit: int, but: Collection[str] = ()
    ) -> tuple[list[tuple[str, str, str, datetime | None]], int]:
        """Return name, slug, state and since when of the first endpoints that do not answer well, and their number.

        ``but`` are the ids of those that are not meant.
        """
        found = (
            _health.select(_endpoint.name, _endpoint.slug, _health.state, _health.since)
            .join(_endpoint, on=_endpoint.id == _health.endpoint_id)
            .where(
                _health.state.in_(_BAD_HEALTHS),
                _health.noted_at >= known_since,
                _endpoint.deleted_at.is_null(),
                _endpoint.id.not_in(list(but)),
            )
        )
        rows = self._rows(found.order_by(_health.since.desc(), _endpoint.id).limit(limit))
        return [(row["name"], row["slug"], row["state"], row["since"]) for row in rows], self._count(found)

    def tags(self) -> list[Sequence[str]]:
        """Return the tags of every endpoint that has any."""
        query = _endpoint.select(_endpoint.tags).where(_endpoint.deleted_at.is_null(), _as_text(_endpoint.tags) != "[]")
        return [row["tags"] for row in self._rows(query.distinct())]

    def _by_name(self) -> list[Any]:
        name = peewee.fn.LOWER(self._plain_order(_endpoint.name))
        return [self._plain_order(name), self._plain_order(_endpoint.slug)]


def _as_text(field: Any) -> Any:
    """Return a JSON column as the text that is stored: what it is compared with is not packed again."""
    return field.cast("TEXT")


def _chosen(choice: Choice) -> Any:
    query = _endpoint.select(_endpoint.id).where(_endpoint.deleted_at.is_null())
    if choice.text:
        name = peewee.fn.LOWER(_endpoint.name).contains(choice.text.lower()) | _endpoint.name.contains(choice.text)
        query = query.where(name | _endpoint.slug.contains(choice.text) | _tagged(choice.text, whole=False))
    if choice.tag:
        query = query.where(_tagged(choice.tag, whole=True))
    if choice.drafts:
        query = query.where(_endpoint.published == (choice.drafts != "only"))
    if choice.health:
        query = query.where(_endpoint.id.in_(_of_health(choice)) if choice.health != "unknown" else _unknown(choice))
    return query.where(_stands(choice)) if choice.status else query


def _tagged(text: str, *, whole: bool) -> Any:
    """Tags are words of letters, digits and hyphens, so that their JSON holds each as it is, in quotes."""
    if not text.replace("-", "").isalnum():
        return peewee.SQL("1 = 0")
    return _as_text(_endpoint.tags).contains(f'"{text.lower()}"' if whole else text)


def _of_health(choice: Choice) -> Any:
    return _health.select(_health.endpoint_id).where(_health.state == choice.health, _known(choice))


def _unknown(choice: Choice) -> Any:
    known = _health.select(_health.endpoint_id).where(_health.state != "unknown", _known(choice))
    return _endpoint.id.not_in(known)


def _known(choice: Choice) -> Any:
    return _health.noted_at.is_null(False) & (_health.noted_at >= choice.known_since)


def _stands(choice: Choice) -> Any:
    """Whether any cell is in the state; absent is what is nowhere, or not on the marketplace that is meant."""
    where = _rows.marketplace_id == choice.marketplace_id if choice.marketplace_id else peewee.SQL("1 = 1")
    if choice.status == "absent":
        there = _rows.gave_up | (_rows.status != "not_published")
        return _endpoint.id.not_in(_rows.select(_rows.endpoint_id).where(where, there))
    found = _is(choice.status)
    return _endpoint.id.in_(_rows.select(_rows.endpoint_id).where(where, found))


def _is(state: str) -> Any:
    """Whether a publication's cell is in a state: quicker to tell than which one it is in."""
    failed = _rows.gave_up | (_rows.status == "failed")
    if state == "failed":
        return failed
    if state == "pending":
        return ~failed & (_rows.status == "pending")
    drifted, changed = _as_text(_rows.drift) != "{}", _rows.outdated
    there = ~failed & (_rows.status == "published")
    if state == "drifted":
        return there & _still() & drifted
    if state == "republish":
        return there & _still() & ~drifted & changed
    return there & ~(_still() & (drifted | changed))


def _still() -> Any:
    return _rows.due_at.is_null() & _rows.lease_owner.is_null()


def _state(told: Mapping[str, Any] = _WORDS) -> Any:
    """Return the state of a publication's cell, as :func:`publicist.core.space.overview.cell_state` tells it.

    ``told`` says what stands for each of CELL_STATES.
    """
    cases = [
        (_rows.gave_up | (_rows.status == "failed"), told["failed"]),
        (_rows.status == "pending", told["pending"]),
        (_rows.status == "not_published", told["absent"]),
        (_still() & (_as_text(_rows.drift) != "{}"), told["drifted"]),
        (_still() & _rows.outdated, told["republish"]),
    ]
    return peewee.Case(None, cases, told["published"])


def _order(choice: Choice, sort: str) -> list[Any]:
    """Return by what is sorted before the name."""
    if sort == "newest":
        return [_endpoint.created_at.desc()]
    if sort == "health":
        return [_health_rank(choice)]
    return [_need_rank(), _health_rank(choice)] if sort == "needs" else []


def _health_rank(choice: Choice) -> Any:
    ranks = [(_health.state == state, rank) for rank, state in enumerate(_HEALTHS)]
    rank = _health.select(peewee.Case(None, ranks, _HEALTHS.index("unknown")))
    found = rank.where(_health.endpoint_id == _endpoint.id, _known(choice))
    return peewee.fn.COALESCE(found, _HEALTHS.index("unknown"))


def _need_rank() -> Any:
    ranks = {state: NEEDY.index(state) if state in NEEDY else len(NEEDY) for state in CELL_STATES}
    worst = _rows.select(peewee.fn.MIN(_state(ranks))).where(_rows.endpoint_id == _endpoint.id)
    return peewee.fn.COALESCE(worst, len(NEEDY))
