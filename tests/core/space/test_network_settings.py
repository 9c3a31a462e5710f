"""The network settings with real hubs: the developer token, the deployment, a public URL that changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from publicist.core.records import Connection
from publicist.core.running.runner import Runner
from publicist.core.schemas import load_network
from publicist.core.services import Services
from publicist.core.space.deployment import MachineFacts
from publicist.core.space.spaces import Spaces
from publicist.plugins.localhub.server import RunningHub
from publicist.plugins.localhub.settings import Dialect
from pytest_httpserver import HTTPServer

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...plugins.syfthub.provider import Person
from ...ready import ready_hub
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows, work

Start = Callable[..., Counterpart]
FIRST, SECOND = "https://first.example", "https://second.example"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = ready_hub(tmp_path / "hub")
    yield running
    running.stop()


@pytest.fixture
def person(hub: RunningHub) -> Person:
    return Person.sign_up(hub.url)


def connection(services: Services, **patch: Any) -> Connection:
    return services.network.change(load_network(patch)).connection if patch else services.network.view().connection


def connect(services: Services, url: str, name: str = "SyftHub", **fields: Any) -> None:
    add_marketplace(services, name, url, kind="syfthub", test=True, **fields)


def test_a_token_is_validated_when_it_is_saved(services: Services, hub: RunningHub, person: Person) -> None:
    connect(services, hub.url)
    assert services.marketplaces.get("SyftHub").status == "error"
    found = connection(services, developer_token=person.token)
    assert (found.status, found.checked_at) == ("Connected", services.clock())
    assert "SyftHub" in found.reason
    marketplace = services.marketplaces.get("SyftHub")
    assert (marketplace.status, marketplace.account) == ("active", person.username)


def test_a_refused_token_is_saved_and_the_reason_is_told(services: Services, hub: RunningHub) -> None:
    connect(services, hub.url)
    found = connection(services, developer_token="syft_pat_made-up-4711")
    assert found.status == "Not connected"
    assert "SyftHub" in found.reason
    assert "4711" not in found.reason
    assert services.spaces.current().developer_token is not None
    assert connection(services) == found


def test_a_hub_that_does_not_answer_is_named(services: Services) -> None:
    connect(services, "http://127.0.0.1:1")
    found = connection(services, developer_token="syft_pat_x")
    assert found.status == "Not connected"
    assert "SyftHub: " in found.reason


def test_without_a_marketplace_that_takes_it_nobody_is_asked(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(services.sessions, "client", lambda *given: asked.append(given))
    found = connection(services, developer_token="syft_pat_x")
    assert (found.status, found.checked_at) == ("Not connected", None)
    assert "not validated yet" in found.reason
    assert asked == []


def test_a_marketplace_added_later_validates_the_token(services: Services, hub: RunningHub, person: Person) -> None:
    connection(services, developer_token=person.token)
    connect(services, hub.url)
    assert connection(services).status == "Connected"


def test_a_marketplace_that_is_not_tested_leaves_the_token_unvalidated(services: Services, hub: RunningHub) -> None:
    connection(services, developer_token="syft_pat_x")
    add_marketplace(services, "SyftHub", hub.url, kind="syfthub")
    assert "not validated there yet" in connection(services).reason


def test_a_test_of_the_marketplace_notices_a_token_that_was_revoked(
    services: Services, clock: Clock, hub: RunningHub, person: Person
) -> None:
    token = person.does("POST", "/auth/tokens", name="developer")
    connect(services, hub.url)
    assert connection(services, developer_token=token["token"]).status == "Connected"
    person.does("DELETE", f"/auth/tokens/{token['id']}")
    services.marketplaces.test("SyftHub")
    found = connection(services)
    assert found.status == "Not connected"
    assert "revoked" in found.reason
    clock.move(minutes=1)
    assert connection(services, developer_token=person.token).checked_at == clock.now


def test_a_marketplace_with_its_own_credential_validates_the_token_without_using_it(
    services: Services, hub: RunningHub, person: Person
) -> None:
    other = Person.sign_up(hub.url)
    connect(services, hub.url, api_key=person.token)
    assert connection(services, developer_token="syft_pat_made-up").status == "Not connected"
    assert services.marketplaces.get("SyftHub").status == "active"
    assert connection(services, developer_token=other.token).status == "Connected"
    assert services.marketplaces.test("SyftHub").account == person.username
    assert other.domain is None


def test_what_was_said_of_a_former_token_does_not_count_for_a_new_one(
    services: Services, hub: RunningHub, person: Person
) -> None:
    connect(services, hub.url)
    assert connection(services, developer_token=person.token).status == "Connected"
    services.spaces.change(load_network({"developer_token": "syft_pat_other"}))
    assert connection(services).status == "Not connected"
    assert connection(services, developer_token=None).reason.startswith("No developer token is entered")
    assert services.marketplaces.get("SyftHub").status == "error"


def test_an_answer_about_a_token_that_was_replaced_meanwhile_is_dropped(
    services: Services, hub: RunningHub, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection(services, developer_token=person.token)
    add_marketplace(services, "SyftHub", hub.url, kind="syfthub")
    connect_really = services.adapter.connect

    def replaced_meanwhile(*given: Any) -> Any:
        account = connect_really(*given)
        services.spaces.change(load_network({"developer_token": "syft_pat_other"}))
        return account

    monkeypatch.setattr(services.adapter, "connect", replaced_meanwhile)
    services.marketplaces.test("SyftHub")
    assert connection(services).status == "Not connected"


def test_disabled_and_removed_marketplaces_have_no_say(services: Services, hub: RunningHub, person: Person) -> None:
    connect(services, hub.url)
    connect(services, "http://127.0.0.1:1", name="Gone")
    connection(services, developer_token=person.token)
    assert connection(services).status == "Not connected"
    services.marketplaces.disable("Gone")
    assert connection(services).status == "Connected"
    services.marketplaces.remove("Gone")
    assert connection(services).status == "Connected"


def test_an_offered_tunnel_is_told_and_its_credential_is_not_kept(
    services: Services, httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"username": "ada"})
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    offer = {"auth_token": "ngrok-secret-4711", "domain": "ada.tunnel.example"}
    httpserver.expect_oneshot_request("/api/v1/users/me/tunnel-credentials").respond_with_json(offer)
    connect(services, httpserver.url_for(""), api_key="syft_pat_own")
    found = connection(services, developer_token="syft_pat_dev")
    assert (found.status, found.tunnel_domain) == ("Connected", "ada.tunnel.example")
    assert "none runs yet" in found.reason
    services.marketplaces.test("SyftHub")
    assert connection(services).tunnel_domain == "ada.tunnel.example"
    assert b"ngrok-secret-4711" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_the_need_of_a_token_follows_what_is_connected(services: Services) -> None:
    assert "Local development only" in services.network.view().token.reason
    add_marketplace(services, "Near", "http://127.0.0.1:1")
    assert not services.network.view().token.needed
    add_marketplace(services, "SyftHub", "https://hub.invalid", kind="syfthub")
    assert services.network.view().token.needed
    services.spaces.change(load_network({"public_url": FIRST}))
    assert not services.network.view().token.needed
    services.spaces.change(load_network({"public_url": "", "deployment": "vm"}))
    assert not services.network.view().token.needed
    services.spaces.change(load_network({"deployment": "localhost"}))
    services.marketplaces.disable("SyftHub")
    assert not services.network.view().token.needed


def test_what_is_entered_wins_over_the_machine_until_auto_is(tmp_path: Path, clock: Clock) -> None:
    facts = MachineFacts(("8.8.4.4",))
    with opened(tmp_path / "space", clock, PUBLICIST_DEPLOYMENT="auto") as services:
        spaces = Spaces(services.store, services.settings, clock, lambda: facts)
        assert (spaces.current().deployment, spaces.deployment()[0]) == ("vm", "detected")
        spaces.change(load_network({"deployment": "other"}))
        assert (spaces.current().deployment, spaces.deployment()[0]) == ("other", "entered")
        assert spaces.detected.address == "8.8.4.4"
        spaces.change(load_network({"deployment": "auto"}))
        assert (spaces.current().deployment, spaces.deployment()[0]) == ("vm", "detected")


def test_the_environment_says_what_auto_means(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "space", clock, PUBLICIST_DEPLOYMENT="docker_vm") as services:
        assert services.network.view().deployment_source == "environment"
        assert services.spaces.current().deployment == "docker_vm"
        services.spaces.change(load_network({"deployment": "vm"}))
        assert services.network.view().deployment_source == "entered"


@contextmanager
def started(data_dir: Path, clock: Clock, public_url: str) -> Iterator[Services]:
    """A space whose runner starts and works what is due, and that ends."""
    with opened(data_dir, clock, PUBLICIST_PUBLIC_URL=public_url) as services:
        runner = Runner(services)
        runner.start()
        try:
            yield services
            work(services)
        finally:
            runner.stop()


def test_an_address_that_changed_in_the_environment_between_two_starts_flows_to_every_listing(
    tmp_path: Path, clock: Clock, catalogues: Start
) -> None:
    one, other = catalogues(), catalogues()
    with started(tmp_path / "space", clock, FIRST) as services:
        add_endpoint(services)
        add_marketplace(services, "One", one.url)
        add_marketplace(services, "Other", other.url)
        publish(services)
    clock.move(minutes=5)
    with started(tmp_path / "space", clock, SECOND):
        pass
    told = {there.listings["research-qa"]["query_url"] for there in (one, other)}
    assert told == {f"{SECOND}/api/v1/endpoints/research-qa/query"}


def test_a_start_with_the_same_address_writes_nothing(tmp_path: Path, clock: Clock, catalogues: Start) -> None:
    there = catalogues()
    with started(tmp_path / "space", clock, FIRST) as services:
        add_endpoint(services)
        add_marketplace(services, "One", there.url)
        publish(services)
    written = [asked for asked in there.requests if asked.method != "GET"]
    with opened(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL=FIRST) as services:
        assert not services.spaces.notice_address()
        work(services)
    assert [asked for asked in there.requests if asked.method != "GET"] == written


@pytest.mark.parametrize("dialect", ["accounts", "satellites"])
def test_a_hub_that_keeps_the_address_outside_of_the_listings_learns_it_by_the_sync(
    tmp_path: Path, clock: Clock, dialect: Dialect
) -> None:
    hub = ready_hub(tmp_path / "hub", dialect=dialect)
    person = Person.sign_up(hub.url)
    with opened(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL=FIRST) as services:
        services.spaces.notice_address()
        add_endpoint(services)
        connect(services, hub.url, api_key=person.token)
        publish(services)
    with opened(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL=SECOND) as services:
        assert services.spaces.notice_address()
        work(services)
    (record,) = person.records
    assert record["connect"][0]["config"]["url"].startswith(SECOND)
    assert person.domain == SECOND
    hub.stop()


def test_a_changed_address_never_replaces_another_spaces(
    tmp_path: Path, clock: Clock, hub: RunningHub, person: Person
) -> None:
    theirs = "https://another.example"
    with started(tmp_path / "space", clock, FIRST) as services:
        add_endpoint(services)
        connect(services, hub.url, api_key=person.token)
        publish(services)
    assert person.domain == FIRST
    person.does("PUT", "/users/me", domain=theirs)
    clock.move(minutes=5)
    with opened(tmp_path / "space", clock, PUBLICIST_PUBLIC_URL=SECOND) as services:
        services.spaces.notice_address()
        work(services)
        marketplace, row = services.marketplaces.get("SyftHub"), rows(services)["SyftHub"]
        assert (marketplace.status, marketplace.status_cause) == ("error", "conflict")
        assert row is not None
        assert row.status == "published"
    assert person.domain == theirs
    assert requests.get(f"{hub.url}/api/v1/users/public/{person.username}", timeout=10).json()["domain"] == theirs


def test_a_changed_developer_token_writes_no_listing_again(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "One", there.url)
    publish(services)
    written = [asked for asked in there.requests if asked.method != "GET"]
    connection(services, developer_token="syft_pat_x")
    work(services)
    assert [asked for asked in there.requests if asked.method != "GET"] == written
