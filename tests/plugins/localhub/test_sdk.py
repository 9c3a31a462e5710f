"""SyftHub's own client, used as its documentation says, finds what it needs on a local hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from syfthub_sdk import SyftHubClient
from syfthub_sdk.exceptions import APIError, AuthenticationError, NotFoundError, ValidationError
from syfthub_sdk.models import Connection, EndpointType, Policy, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Place

PASSWORD = "Passw0rd1"


@pytest.fixture
def client(either: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyftHubClient]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with SyftHubClient(base_url=either.running.url) as made:
        made.auth.register(username="alice", email="alice@example.org", password=PASSWORD, full_name="Alice")
        yield made


def test_an_account_can_be_made_and_entered_and_left(client: SyftHubClient) -> None:
    assert client.auth.me().username == "alice"
    client.auth.logout()
    with pytest.raises(AuthenticationError):
        client.auth.me()
    assert client.auth.login(username="alice@example.org", password=PASSWORD).username == "alice"
    client.auth.refresh()
    client.auth.change_password(current_password=PASSWORD, new_password="Passw0rd2")
    with pytest.raises(AuthenticationError):
        client.auth.login(username="alice", password=PASSWORD)
    assert client.auth.get_auth_config().smtp_configured is False


def test_an_endpoint_goes_through_its_whole_life(client: SyftHubClient) -> None:
    made = client.my_endpoints.create(
        name="News",
        type=EndpointType.DATA_SOURCE,
        visibility=Visibility.PUBLIC,
        description="All the news",
        readme="# News",
        tags=["News", "daily"],
        policies=[Policy(type="access", config={"allowed": ["*"]})],
        connect=[Connection(type="http", config={"url": "/news"})],
    )
    assert (made.slug, made.tags, made.connect[0].type) == ("news", ["news", "daily"], "http")
    assert [one.slug for one in client.my_endpoints.list()] == ["news"]
    assert [one.path for one in client.hub.browse()] == ["alice/news"]
    changed = client.my_endpoints.update("alice/news", description="Old news", tags=[])
    assert (changed.description, changed.tags, changed.readme) == ("Old news", [], "# News")
    assert client.hub.get("alice/news").description == "Old news"
    assert client.my_endpoints.get("alice/news").name == "News"
    client.my_endpoints.delete("alice/news")
    with pytest.raises(NotFoundError):
        client.my_endpoints.delete("alice/news")
    assert client.my_endpoints.list().all() == []


def test_endpoints_can_be_found_and_starred(client: SyftHubClient) -> None:
    client.my_endpoints.create(name="Weather maps", type="model", description="clouds and rain")
    client.my_endpoints.create(name="Recipes", type="model")
    assert [(one.slug, one.relevance_score) for one in client.hub.search("rain")] == [("weather-maps", 1.0)]
    client.hub.star("alice/recipes")
    assert client.hub.is_starred("alice/recipes")
    assert [one.slug for one in client.hub.trending(min_stars=1)] == ["recipes"]
    client.hub.unstar("alice/recipes")
    assert not client.hub.is_starred("alice/recipes")


def test_pages_are_read_to_the_end(client: SyftHubClient) -> None:
    client.my_endpoints.sync([{"name": f"Item {number:02}", "type": "model"} for number in range(45)])
    assert len({one.slug for one in client.my_endpoints.list(page_size=20)}) == 45
    assert len({one.slug for one in client.hub.browse(page_size=20)}) == 45


def test_a_sync_replaces_everything(client: SyftHubClient) -> None:
    client.my_endpoints.create(name="Old one", type="model")
    answer = client.my_endpoints.sync([{"name": "New one", "type": "agent"}])
    assert (answer.synced, answer.deleted, answer.endpoints[0].slug) == (1, 1, "new-one")


def test_a_refusal_becomes_the_clients_own_errors(client: SyftHubClient) -> None:
    client.my_endpoints.create(name="News", type="model", slug="news")
    with pytest.raises(APIError, match="already taken") as taken:
        client.my_endpoints.create(name="News", type="model", slug="news")
    assert taken.value.status_code == 400
    with pytest.raises(ValidationError):
        client.my_endpoints.create(name="News", type="model", slug="admin")
    with pytest.raises(APIError) as tunnels:
        client.users.get_nats_credentials()
    assert tunnels.value.status_code == 503
    with pytest.raises(NotFoundError):
        client.users.send_heartbeat("http://127.0.0.1:7001")


def test_a_profile_can_be_changed(client: SyftHubClient) -> None:
    changed = client.users.update(full_name="Alice B.", domain="http://127.0.0.1:7001/")
    assert (changed.full_name, changed.domain) == ("Alice B.", "http://127.0.0.1:7001")
    assert not client.users.check_username("alice")
    assert client.users.check_email("new@example.org")


def test_an_api_token_works_until_it_is_revoked(client: SyftHubClient, either: Place) -> None:
    made = client.api_tokens.create(name="ci", scopes=["read"])
    with SyftHubClient(base_url=either.running.url, api_token=made.token) as other:
        assert other.auth.me().username == "alice"
        assert client.api_tokens.update(made.id, name="cd").name == "cd"
        assert [one.name for one in client.api_tokens.list().tokens] == ["cd"]
        client.api_tokens.revoke(made.id)
        with pytest.raises(AuthenticationError, match="revoked"):
            other.auth.me()


def test_a_satellite_token_is_made_out_to_the_owner(client: SyftHubClient, either: Place) -> None:
    client.users.update(domain="http://127.0.0.1:7001")
    token = client.auth.get_satellite_token("alice").target_token
    audience = jwt.decode(token, options={"verify_signature": False})["aud"]
    satellites = either.running.hub.has_satellites
    assert (audience == "alice") is not satellites
    assert client.auth.get_guest_satellite_token("alice").expires_in == 60
