"""``publicist policy`` on the command line."""

from .conftest import CommandLine

FRIENDS = '{"name": "friends", "type": "access", "config": {"allowed_users": ["ann@uni.example"]}}'
PAID = '{"name": "price", "type": "accounting", "config": {"price": "0.5", "require_payment": true}}'


def test_a_try_exits_with_1_when_the_person_does_not_get_through(space: CommandLine) -> None:
    space.add_endpoint("research-qa", "--policy", FRIENDS, "--policy", PAID)
    refused = space.run("policy", "try", "research-qa", "--email", "bob@corp.example", code=1).stdout
    assert "They do not get through." in refused
    (deciding,) = [line for line in refused.splitlines() if line.endswith("decides")]
    assert deciding.startswith("friends")
    passed = space.run("policy", "try", "research-qa", "--email", "ann@uni.example").stdout
    assert "They get through when they pay." in passed
    assert "passes when paid" in passed
    space.run("policy", "try", "research-qa", "--guest", code=1)
    space.run("endpoint", "edit", "research-qa", "--policy", FRIENDS)
    assert "They get through." in space.run("policy", "try", "research-qa", "--email", "ann@uni.example").stdout


def test_a_try_as_json_is_what_the_api_answers(space: CommandLine) -> None:
    space.add_endpoint("research-qa", "--policy", FRIENDS)
    told = space.json("policy", "try", "research-qa", "--email", "bob@corp.example", code=1)
    assert told["endpoint_slug"] == "research-qa"
    assert told["allowed"] is False
    assert told["steps"][0]["outcome"] == "access_denied"


def test_a_try_needs_one_person(space: CommandLine) -> None:
    space.add_endpoint()
    space.run("policy", "try", "research-qa", code=2)
    space.run("policy", "try", "research-qa", "--email", "ann@uni.example", "--guest", code=2)
    space.run("policy", "try", "nothing-here", "--guest", code=1)
    space.run("policy", "try", "research-qa", "--guest", "--marketplace", "Nowhere", code=1)
