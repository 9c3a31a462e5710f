"""SyftHub's own client finds the endpoint on a hub and asks it."""

import pytest
from syfthub_sdk.exceptions import GenerationError, RetrievalError
from syfthub_sdk.models import Message

from .conftest import World


def ask(world: World, name: str, query: str = "What does a satellite token prove?") -> list[tuple[float, str]]:
    resource = world.client(name).syftai
    found = resource.query_data_source(world.reference(name), query, user_email=f"{name}@example.org")
    return [(document.score, document.content) for document in found]


def test_somebody_with_an_account_gets_ranked_passages(offered: World) -> None:
    found = ask(offered, "bob")

    assert "proves to a space who is asking" in found[0][1]
    assert found == sorted(found, key=lambda one: -one[0])
    assert all(0 < score <= 1 for score, _ in found)


def test_an_access_policy_denies_by_address(offered: World) -> None:
    offered.policies({"type": "access", "config": {"denied_users": ["bob@example.org"]}})

    with pytest.raises(RetrievalError) as denied:
        ask(offered, "bob")

    assert "bob@example.org" not in str(denied.value)
    assert '"outcome": "access_denied"' in str(denied.value.detail)
    assert ask(offered, "carol")


def test_the_third_query_in_a_minute_is_refused_at_two_a_minute(offered: World) -> None:
    offered.policies({"type": "rate_limit", "config": {"limit": "2/m"}})

    assert ask(offered, "bob", "token")
    assert ask(offered, "bob", "policies")
    with pytest.raises(RetrievalError, match="At most 2 queries a minute"):
        ask(offered, "bob", "satellite")
    assert ask(offered, "carol", "satellite")


def test_the_price_and_what_was_charged_come_with_the_answer(offered: World) -> None:
    offered.policies({"type": "accounting", "config": {"price": "0.05", "currency": "EUR", "unit": "document"}})

    found = offered.client("bob").syftai.query_data_source(offered.reference(), "token", user_email="bob@example.org")

    assert found.policy_metadata is not None
    (entry,) = found.policy_metadata.entries
    assert (entry.policy_type, entry.status, entry.currency) == ("accounting", "charged", "EUR")
    assert entry.amount == pytest.approx(0.05 * len(found.documents))


def test_a_model_is_asked_and_read_whole_and_in_pieces(world: World, model: str) -> None:
    world.offer(
        dataset=None,
        model={"kind": "openai", "settings": {"url": model, "model": "small"}},
        response_type="summary",
        policies=[{"type": "access", "config": {"allow_guests": True}}],
    )
    resource, place = world.client("bob").syftai, world.reference()
    said = [Message(role="user", content="Why?")]

    assert resource.query_model(place, said, user_email="bob@example.org") == "Because of the sources."
    pieces = list(resource.query_model_stream(place, said, user_email="bob@example.org"))

    assert "".join(pieces) == "Because of the sources."
    assert len(pieces) > 1


def test_guests_are_turned_away_where_no_policy_lets_them_in(world: World, model: str) -> None:
    world.offer(
        dataset=None, model={"kind": "openai", "settings": {"url": model, "model": "small"}}, response_type="summary"
    )

    with pytest.raises(GenerationError, match="guest"):
        world.client("bob").syftai.query_model(
            world.reference(), [Message(role="user", content="Why?")], user_email="bob@example.org"
        )
