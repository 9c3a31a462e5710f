from typing import Any

import pytest
from publicist.core.errors import InvalidInput, NotFound
from publicist.core.schemas import load_maintenance
from publicist.core.services import Services

from ..clock import Clock
from ..spaces import add_endpoint

WRONG = [
    ({}, "ends_at"),
    ({"ends_at": "soon"}, "ends_at"),
    ({"ends_at": "2026-03-01T13:00:00"}, "ends_at"),
    ({"ends_at": "2026-03-01T12:00:00Z"}, "ends_at"),
    ({"ends_at": "2026-09-01T12:00:00Z"}, "ends_at"),
    ({"starts_at": "2026-03-02T12:00:00Z", "ends_at": "2026-03-02T12:00:00Z"}, "ends_at"),
    ({"ends_at": "9999-12-31T23:59:59Z"}, "ends_at"),
    ({"ends_at": "2026-03-01T13:00:00Z", "endpoint_slug": "N O"}, "endpoint_slug"),
    ({"ends_at": "2026-03-01T13:00:00Z", "often": "daily"}, "often"),
]


def announce(services: Services, **fields: Any) -> str:
    return services.maintenance.add(load_maintenance(fields, services.clock())).id


@pytest.mark.parametrize(("data", "field"), WRONG)
def test_a_window_that_does_not_do_is_refused_by_field(clock: Clock, data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_maintenance(data, clock())

    assert list(refused.value.errors) == [field]


def test_a_window_holds_from_its_start_until_its_end(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    announce(services, starts_at="2026-03-01T13:00:00+00:00", ends_at="2026-03-01T15:00:00+01:00")

    held = []
    for _ in range(4):
        held.append(services.maintenance.now(endpoint.id) is not None)
        clock.move(minutes=30)

    assert held == [False, False, True, True]
    assert services.maintenance.now(endpoint.id) is None
    assert services.maintenance.coming() == []


def test_a_window_of_one_endpoint_is_nobody_else_s(services: Services) -> None:
    mine, other = add_endpoint(services), add_endpoint(services, slug="another-one")
    announce(services, endpoint_slug=mine.slug, ends_at="2026-03-01T13:00:00Z")

    assert services.maintenance.now(mine.id)
    assert services.maintenance.now(other.id) is None


def test_of_several_windows_the_one_that_ends_last_counts(services: Services, clock: Clock) -> None:
    endpoint = add_endpoint(services)
    announce(services, endpoint_slug=endpoint.slug, ends_at="2026-03-01T13:00:00Z")
    last = announce(services, ends_at="2026-03-01T14:00:00Z")

    held = services.maintenance.now(endpoint.id)
    assert held is not None
    assert held.id == last
    services.maintenance.remove(last)
    held = services.maintenance.now(endpoint.id)
    assert held is not None
    assert held.ends_at == clock.now.replace(hour=13)


def test_what_is_not_there_is_told(services: Services) -> None:
    with pytest.raises(NotFound):
        announce(services, endpoint_slug="no-such", ends_at="2026-03-01T13:00:00Z")
    with pytest.raises(NotFound):
        services.maintenance.remove("no-such")


def test_announcing_and_ending_are_among_the_events(services: Services) -> None:
    endpoint = add_endpoint(services)
    services.maintenance.remove(announce(services, endpoint_slug=endpoint.slug, ends_at="2026-03-01T13:00:00Z"))
    announce(services, ends_at="2026-03-01T13:00:00Z")

    told = [
        (event.subject.kind, event.what)
        for event in services.trail.page().items
        if event.action.endswith("maintenance")
    ]

    assert sorted(told) == [
        ("endpoint", "Announced from 2026-03-01 12:00 to 2026-03-01 13:00 UTC."),
        ("endpoint", "Ended the maintenance, or took it back."),
        ("space", "Announced from 2026-03-01 12:00 to 2026-03-01 13:00 UTC."),
    ]


def test_what_is_long_over_is_forgotten(services: Services, clock: Clock) -> None:
    announce(services, ends_at="2026-03-01T13:00:00Z")
    clock.move(days=30)
    services.maintenance.prune()
    with services.store.session():
        assert services.store.maintenance.coming(clock.now.replace(year=2025))
    clock.move(days=1)

    services.maintenance.prune()

    with services.store.session():
        assert services.store.maintenance.coming(clock.now.replace(year=2025)) == []
