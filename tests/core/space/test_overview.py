"""The overview on each database: the same endpoints, in the same order, with the same counts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from publicist.core.publishing.listing import as_listed
from publicist.core.records import Endpoint, ErrorInfo, Publication
from publicist.core.services import Services
from publicist.core.space.overview import Wish

from ...clock import Clock
from ...spaces import add_endpoint, add_marketplace, look, opened

NAMES = {
    "b-tide": "tide b",
    "a-tide": "Tide-a",
    "c-tide": "TIDE C",
    "moved": "Ärger",
    "zzz": "_private",
    "yyy": "tide b",
}


def listed(endpoint: Endpoint, marketplace_id: str) -> Publication:
    """Return the row of an endpoint that is listed as it is."""
    row = Publication(f"p-{endpoint.slug}", endpoint.id, marketplace_id, "listed", 1, "published")
    return replace(row, remote_id="1", remote_slug=endpoint.slug, listed_as=as_listed(endpoint), active=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def space(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """A space with an endpoint for each state of a cell, on each database."""
    url = request.getfixturevalue("postgresql").database(ready=True) if request.param == "postgresql" else ""
    with opened(tmp_path / "space", clock, **({"PUBLICIST_DATABASE_URL": url} if url else {})) as services:
        hub, made = add_marketplace(services, "Hub", "http://127.0.0.1:9").id, dict[str, Endpoint]()
        for slug, name in NAMES.items():
            clock.move(seconds=1)
            made[slug] = add_endpoint(services, slug=slug, name=name, tags=["sea"])
        refused = ErrorInfo("slug_conflict", "Taken.", "Rename it.")
        with services.store.write():
            for row in (
                listed(made["b-tide"], hub),
                listed(made["moved"], hub),
                replace(listed(made["a-tide"], hub), drift={"name": {"wanted": "a", "found": "b"}}),
                replace(listed(made["c-tide"], hub), status="failed", gave_up=True, error=refused),
                replace(listed(made["zzz"], hub), status="pending", due_at=clock()),
            ):
                services.store.publications.add(row)
        moved = services.endpoints.edit("moved", {"slug": "moved-on"})
        with services.store.write():
            (row,) = services.store.publications.of_endpoint(moved.id)
            services.store.publications.save(replace(row, due_at=None))
        look(services, True, slug="b-tide")
        look(services, False, False, False, slug="yyy")
        yield services


FOUND = (
    (Wish(), ["zzz", "b-tide", "yyy", "c-tide", "a-tide", "moved-on"]),
    (Wish(sort="newest"), ["yyy", "zzz", "moved-on", "c-tide", "a-tide", "b-tide"]),
    (Wish(sort="health"), ["yyy", "zzz", "c-tide", "a-tide", "moved-on", "b-tide"]),
    (Wish(sort="needs"), ["c-tide", "a-tide", "moved-on", "yyy", "zzz", "b-tide"]),
    (Wish(status="republish"), ["moved-on"]),
    (Wish(status="drifted"), ["a-tide"]),
    (Wish(status="failed"), ["c-tide"]),
    (Wish(status="pending"), ["zzz"]),
    (Wish(status="published"), ["b-tide"]),
    (Wish(status="absent"), ["yyy"]),
    (Wish(text="TIDE", sort="needs"), ["c-tide", "a-tide", "yyy", "b-tide"]),
    (Wish(tag="sea", health="offline"), ["yyy"]),
    (Wish(health="unknown", drafts="none"), ["zzz", "c-tide", "a-tide", "moved-on"]),
)


def test_the_same_is_found_in_the_same_order_on_each_database(space: Services) -> None:
    found = [[line.endpoint.slug for line in space.overview.page(wish, 1).lines] for wish, _ in FOUND]

    assert found == [slugs for _, slugs in FOUND]


def test_counts_and_needs_are_the_same_on_each_database(space: Services) -> None:
    found = space.overview.page(Wish(), 1)

    assert found.cells == {"failed": 1, "drifted": 1, "republish": 1, "pending": 1, "published": 1, "absent": 1}
    assert [(group.kind, [need.slug for need in group.needs]) for group in space.needs.groups()] == [
        ("failed", ["c-tide"]),
        ("unwell", ["yyy"]),
        ("drifted", ["a-tide"]),
        ("republish", ["moved-on"]),
    ]
    assert [row.endpoint.slug for row in space.monitoring.page(state="trouble").rows] == ["yyy"]
    assert [one.endpoint_slug for one in space.removal.left(found.marketplaces[0].id)] == [
        "a-tide",
        "b-tide",
        "c-tide",
        "moved-on",
        "zzz",
    ]


def test_what_is_published_again_needs_it_no_more(space: Services) -> None:
    moved = space.endpoints.get("moved-on")
    with space.store.write():
        (row,) = space.store.publications.of_endpoint(moved.id)
        space.store.publications.save(replace(row, listed_as=as_listed(moved)))

    assert space.overview.page(Wish(), 1).cells["republish"] == 0


def test_what_a_former_publicist_stored_is_compared_at_the_upgrade(space: Services) -> None:
    with space.store.write():
        for sql in ("UPDATE endpoint SET held = '{}'", "UPDATE publication SET outdated = FALSE"):
            space.store._connections.database.execute_sql(sql)
        space.store.endpoints.fill_held()

    assert space.overview.page(Wish(), 1).cells["republish"] == 1
