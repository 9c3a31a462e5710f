import pytest
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, NotSupported
from publicist.core.http import Sessions
from publicist.core.records import Capabilities
from publicist.core.secrets import Secret
from publicist.plugins import custom

from .conftest import LISTING, Connection, connection
from .counterpart import Counterpart, start_counterpart


def document(**changes: object) -> dict[str, object]:
    return {"protocol": "rest-v1", "name": "Small catalogue", **changes}


def test_the_kind_asks_for_a_secret_key_and_makes_listings_idempotently() -> None:
    (kind,) = custom.marketplace_kinds()
    assert (kind.name, kind.capabilities.idempotent_create) == ("custom", True)
    assert {field.name: (field.secret, field.required) for field in kind.settings} == {
        "api_key": (True, False),
        "description": (False, False),
    }


def test_connecting_names_the_account_and_what_the_catalogue_can_do(hub: Connection) -> None:
    account = custom.connect(hub.marketplace, hub.call())
    assert account.name == "ada"
    assert account.capabilities == Capabilities(
        idempotent_create=True, health_push=True, health_batch=300, health_ttl_seconds=900, feedback=True
    )
    assert account.message == "Example catalogue takes health reports."


def test_every_request_carries_the_key(hub: Connection, counterpart: Counterpart) -> None:
    custom.connect(hub.marketplace, hub.call())
    assert {seen.headers["Authorization"] for seen in counterpart.requests} == {"Bearer key-of-ada-1815"}


def test_a_catalogue_without_keys_is_sent_none(sessions: Sessions) -> None:
    counterpart = start_counterpart()
    open_hub = connection(counterpart.url, sessions, {})
    account = custom.connect(open_hub.marketplace, open_hub.call())
    counterpart.stop()
    assert account.name == "Example catalogue"
    assert all("Authorization" not in seen.headers for seen in counterpart.requests)


@pytest.mark.parametrize("credentials", [{}, {"api_key": Secret("")}, {"api_key": Secret("not-a-key-of-anybody")}])
def test_a_missing_or_unknown_key_is_an_authentication_failure(hub: Connection, credentials: dict[str, Secret]) -> None:
    stranger = hub.given(credentials=credentials)
    with pytest.raises(AuthenticationFailed, match="401"):
        custom.connect(stranger.marketplace, stranger.call())


def test_a_key_is_proved_even_where_the_capability_document_is_open_to_all(
    hub: Connection, counterpart: Counterpart
) -> None:
    counterpart.faults.add("wrong_shape", method="GET", body=document(), times=1)
    stranger = hub.given(credentials={"api_key": Secret("not-a-key-of-anybody")})
    with pytest.raises(AuthenticationFailed):
        custom.connect(stranger.marketplace, stranger.call())


def test_the_document_is_looked_for_at_v1_where_the_base_url_shows_a_page(
    hub: Connection, counterpart: Counterpart
) -> None:
    counterpart.faults.add("html", method="GET", times=1)
    assert custom.connect(hub.marketplace, hub.call()).name == "ada"
    assert [seen.path for seen in counterpart.requests] == ["/", "/v1", "/listings"]


def test_what_the_document_leaves_out_is_not_offered(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("wrong_shape", method="GET", body=document(), times=1)
    account = custom.connect(hub.marketplace, hub.call())
    assert account.name == "Small catalogue"
    assert account.capabilities is not None
    assert not account.capabilities.health_push


def test_limits_and_features_of_the_document_count(hub: Connection, counterpart: Counterpart) -> None:
    limits = {"name": 40, "tags": 3, "health_batch": 50, "health_ttl_seconds": 120}
    answer = document(features={"health": True, "smell": True}, limits=limits, colour="green")
    counterpart.faults.add("wrong_shape", method="GET", body=answer, times=1)
    account = custom.connect(hub.marketplace, hub.call())
    assert account.capabilities is not None
    assert (account.capabilities.health_batch, account.capabilities.health_ttl_seconds) == (50, 120)
    assert account.message == "Small catalogue takes health reports. Its limits: name 40, tags 3."


def test_another_protocol_is_not_supported(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.faults.add("wrong_shape", method="GET", body=document(protocol="rest-v7"))
    with pytest.raises(NotSupported, match="rest-v7"):
        custom.connect(hub.marketplace, hub.call())


@pytest.mark.parametrize(
    "answer",
    [
        [],
        "rest-v1",
        {"protocol": "rest-v1"},
        document(name=""),
        document(name=7),
        document(features=[]),
        document(features={"health": "yes"}),
        document(limits={"tags": -1}),
        document(limits={"health_batch": 0}),
        document(limits={"name": "100"}),
    ],
)
def test_a_document_of_another_shape_is_no_document(hub: Connection, counterpart: Counterpart, answer: object) -> None:
    counterpart.faults.add("wrong_shape", method="GET", body=answer)
    with pytest.raises(MarketplaceUnavailable, match="not rest-v1"):
        custom.connect(hub.marketplace, hub.call())


def test_an_address_without_a_catalogue_says_to_check_the_address(hub: Connection, counterpart: Counterpart) -> None:
    nowhere = hub.given(url=f"{counterpart.url}/nowhere")
    with pytest.raises(MarketplaceUnavailable) as caught:
        custom.connect(nowhere.marketplace, nowhere.call())
    assert "base URL" in caught.value.remedy


@pytest.mark.parametrize("name", ["", None, "rest-v1"])
def test_the_protocol_is_rest_v1_unless_another_is_named(hub: Connection, name: str | None) -> None:
    named = hub.given(settings={"description": name})
    assert custom.connect(named.marketplace, named.call()).name == "ada"


@pytest.mark.parametrize("name", ["rest-v0", 1, ["rest-v1"]])
def test_an_unknown_protocol_is_told_with_those_that_there_are(hub: Connection, name: object) -> None:
    named = hub.given(settings={"description": name})
    with pytest.raises(NotSupported) as caught:
        custom.render_listing(named.marketplace, LISTING)
    assert "rest-v1" in caught.value.remedy
