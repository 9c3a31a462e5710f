"""The canonical form: what is read back equals what was sent, whatever an endpoint holds."""

from typing import Any

import pytest
from publicist.core.errors import RejectedError
from publicist.core.records import Payload, PolicySummary

from .conftest import Connection


def test_a_listing_is_sent_as_it_is_and_without_its_internals(hub: Connection) -> None:
    payload = hub.payload(tags=("b", "a", "b"), summary="  two  spaces \r\n")
    assert payload.slug == "research-qa"
    assert payload.fields["summary"] == "  two  spaces \r\n"
    assert payload.fields["tags"] == ["b", "a", "b"]
    assert payload.fields["query_url"] == "https://space.example/api/v1/endpoints/research-qa/query"
    assert {"public_url", "query_path", "slug"}.isdisjoint(payload.fields)


def test_a_space_without_an_address_sends_none(hub: Connection) -> None:
    assert hub.payload(public_url="").fields["query_url"] == ""


@pytest.mark.parametrize(("price", "same"), [(1.0, 1), (-0.0, 0), (0.25, 0.25), (1e300, 1e300), (True, True)])
def test_one_number_has_one_spelling(hub: Connection, price: float, same: float) -> None:
    def shown(value: float) -> Payload:
        return hub.payload(policies=(PolicySummary("price", "accounting", "", {"price": value}),))

    assert shown(price).digest == shown(same).digest
    assert repr(shown(price).fields["policies"][0]["config"]["price"]) == repr(same)


def nested(levels: int) -> dict[str, Any]:
    return {"inner": nested(levels - 1)} if levels else {}


@pytest.mark.parametrize(
    "config", [{"price": float("nan")}, {"price": float("inf")}, {"text": "\ud800"}, {"zero\0": 1}, nested(30)]
)
def test_a_policy_that_json_cannot_carry_is_refused_before_it_is_sent(hub: Connection, config: dict[str, Any]) -> None:
    with pytest.raises(RejectedError) as caught:
        hub.payload(policies=(PolicySummary("price", "accounting", "", config),))
    assert list(caught.value.errors) == ["policies.0.config"]
