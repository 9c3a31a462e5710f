import blocked_words
import pytest
from publicist.core.records import Message, Policy, Query

POLICY = Policy("No gossip", "blocked_words", {"words": ["Gossip", "salary"]})


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("What is the SALARY?", "policy_violation"), ("Any gossip", "policy_violation"), ("Gossiping", "allowed")],
)
def test_a_blocked_word_refuses_the_query(text: str, outcome: str) -> None:
    assert blocked_words.check_policy(POLICY, Query((Message("user", text),))).outcome == outcome


def test_a_policy_without_words_refuses_every_query() -> None:
    with pytest.raises(KeyError):  # whatever is no Decision denies
        blocked_words.check_policy(Policy("Empty", "blocked_words", {}), Query((Message("user", "Hello"),)))
