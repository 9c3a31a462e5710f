"""The canonical form: what is read back equals what was sent, whatever an endpoint holds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publicist.core.errors import RejectedError
from publicist.core.http import HttpSettings, Sessions
from publicist.core.records import Listing, Payload, PolicySummary
from publicist.plugins import custom

from .conftest import LISTING, MARKETPLACE, Connection, connection
from .counterpart import Counterpart, start_counterpart

# The core lets no NUL in, and neither does the protocol.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
policies = st.builds(PolicySummary, texts, texts, texts, st.dictionaries(texts, values, max_size=3))
listings = st.builds(
    replace,
    st.just(LISTING),
    name=texts.filter(bool),
    summary=texts,
    description=texts,
    tags=st.lists(texts, max_size=4).map(tuple),
    version=texts,
    visibility=st.sampled_from(["public", "private", "internal"]),
    response_type=st.sampled_from(["raw", "summary", "both"]),
    policies=st.lists(policies, max_size=2).map(tuple),
    public_url=st.sampled_from(["", "https://space.example"]),
    category=texts,
    language=texts,
    installation_id=texts,
)


@pytest.fixture(scope="module")
def quiet_counterpart() -> Iterator[Counterpart]:
    running = start_counterpart()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def quiet_hub(quiet_counterpart: Counterpart) -> Iterator[Connection]:
    sessions = Sessions(HttpSettings())
    yield connection(quiet_counterpart.url, sessions, {})
    sessions.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listing=listings)
def test_any_listing_survives_the_way_there_and_back(
    quiet_hub: Connection, quiet_counterpart: Counterpart, listing: Listing
) -> None:
    payload = custom.render_listing(quiet_hub.marketplace, listing)
    made = custom.create_listing(quiet_hub.marketplace, payload, quiet_hub.call())
    (read,) = custom.fetch_listings(quiet_hub.marketplace, quiet_hub.call())
    again = custom.update_listing(quiet_hub.marketplace, payload, made.remote_id, quiet_hub.call())
    quiet_counterpart.remove(payload.slug)
    assert {Payload(found.slug, found.fields).digest for found in (made, read, again)} == {payload.digest}
    assert read.installation_id == (listing.installation_id or None)


@given(listing=listings)
def test_rendering_is_the_same_for_the_same_input_and_is_plain_json(listing: Listing) -> None:
    payload = custom.render_listing(MARKETPLACE, listing)
    assert custom.render_listing(MARKETPLACE, listing).digest == payload.digest
    assert json.loads(json.dumps(payload.fields, allow_nan=False)) == payload.fields


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
