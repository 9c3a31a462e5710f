from publicist.core.services import Services

from ...spaces import add_endpoint


def test_typed_secrets_are_sealed_and_come_back(services: Services) -> None:
    sealed = services.drafting.seal({"openai:model.settings.api_key": "sk-one"})
    assert "sk-one" not in sealed
    assert services.drafting.unseal(sealed) == {"openai:model.settings.api_key": "sk-one"}


def test_what_was_not_sealed_here_holds_nothing(services: Services) -> None:
    assert services.drafting.seal({}) == ""
    assert services.drafting.unseal("") == {}
    assert services.drafting.unseal("made-up") == {}


def test_a_draft_is_tried_and_not_stored(services: Services) -> None:
    add_endpoint(services)
    before, after = services.drafting.changed("research-qa", {"name": "Other"})
    found = services.drafting.test(after)
    assert (before.name, after.name) == ("Research Q&A", "Other")
    assert not found["dataset"].ok
    assert services.endpoints.get("research-qa").name == "Research Q&A"
