"""A hub that gets satellites while we run."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from publicist.core.http import Sessions
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import Dialect, HubSettings
from publicist.plugins.syfthub import place
from publicist.plugins.syfthub.dialect import PROOF_HOLDS
from pytest_httpserver import HTTPServer

from .provider import ORIGIN, THEIRS, Person, Provider, provider


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Callable[[Dialect], RunningHub]]:
    """Start one hub again and again at the same address, in the dialect asked for, with the same data."""
    running: list[RunningHub] = []

    def start(dialect: Dialect) -> RunningHub:
        port = urlsplit(running[-1].url).port or 0 if running else 0
        for hub in running:
            hub.stop()
        running.append(start_hub(HubSettings(tmp_path, dialect=dialect, monitor=False, password_cost=1024), port=port))
        return running[-1]

    yield start
    running[-1].stop()


def published_before_the_upgrade(sessions: Sessions, start: Callable[[Dialect], RunningHub]) -> tuple[Provider, Person]:
    hub = start("accounts")
    person = Person.sign_up(hub.url)
    space = provider(sessions, hub.url, token=person.token)
    space.create()
    start("satellites")
    return space, person


def test_an_upgrade_is_noticed_when_the_hub_asks_which_space_is_meant(
    sessions: Sessions, upgraded: Callable[[Dialect], RunningHub]
) -> None:
    space, person = published_before_the_upgrade(sessions, upgraded)
    for origin in (ORIGIN, THEIRS):
        person.does("POST", "/satellites", kind="space", base_url=origin)

    assert space.create(slug="second-qa").active

    assert person.origins == [ORIGIN, THEIRS]
    assert person.address("second-qa") == ORIGIN
    assert space.report("healthy", slug="second-qa") == "1 taken"


def test_an_upgrade_is_noticed_within_a_day(sessions: Sessions, upgraded: Callable[[Dialect], RunningHub]) -> None:
    space, person = published_before_the_upgrade(sessions, upgraded)
    asked = json.loads(space.memory.kept["dialect"])["at"]

    settled = place.settle(space.hub(now=asked + PROOF_HOLDS + 1))

    assert [row["id"] for row in person.satellites] == [settled.satellite_id]
    assert person.origins == [ORIGIN]


def test_an_upgrade_together_with_a_move_moves_the_row_made_of_our_address(
    sessions: Sessions, upgraded: Callable[[Dialect], RunningHub]
) -> None:
    space, person = published_before_the_upgrade(sessions, upgraded)
    migrated = person.does("POST", "/satellites", kind="space", base_url=ORIGIN)
    space.move("http://127.0.0.1:8888")

    space.connect()
    space.report("healthy")

    assert [(row["id"], row["base_url"]) for row in person.satellites] == [(migrated["id"], "http://127.0.0.1:8888")]


def test_after_an_upgrade_our_present_row_goes_before_a_former_one(
    sessions: Sessions, upgraded: Callable[[Dialect], RunningHub]
) -> None:
    space, person = published_before_the_upgrade(sessions, upgraded)
    for origin in (ORIGIN, "http://127.0.0.1:8888"):
        person.does("POST", "/satellites", kind="space", base_url=origin)
    space.move("http://127.0.0.1:8888")

    space.connect()
    space.create(slug="second-qa")

    assert person.origins == [ORIGIN, "http://127.0.0.1:8888"]
    assert person.address("second-qa") == "http://127.0.0.1:8888"


def test_after_an_upgrade_a_siblings_row_is_not_moved(
    sessions: Sessions, upgraded: Callable[[Dialect], RunningHub]
) -> None:
    space, person = published_before_the_upgrade(sessions, upgraded)
    person.does("POST", "/satellites", kind="space", base_url=THEIRS)

    with pytest.raises(RejectedError):  # before the daily proof: the profile shows the sibling's address
        space.report("healthy")
    space.connect()
    space.report("healthy")

    assert person.origins == [THEIRS, ORIGIN]


def test_an_upgrade_is_noticed_when_the_address_is_to_be_set(sessions: Sessions, httpserver: HTTPServer) -> None:
    several = {"code": "AMBIGUOUS_SATELLITE", "message": "Several spaces.", "count": 2}
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    httpserver.expect_request("/api/v1/users/me", method="GET").respond_with_json({"username": "ada", "domain": None})
    httpserver.expect_request("/api/v1/users/me", method="PUT").respond_with_json({"detail": several}, status=422)
    space = provider(sessions, httpserver.url_for(""), token="syft_pat_ada")

    with pytest.raises(MarketplaceUnavailable, match="upgraded"):
        space.create()

    assert space.memory.get("dialect") is None
