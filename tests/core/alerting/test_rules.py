"""Rules that are changed, also in the middle of an incident."""

import pytest
from publicist.core.errors import InvalidInput, NotFound
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint
from ..telling import Receiver, found, only_rule, watch


@pytest.fixture
def told(services: Services, clock: Clock, receiver: Receiver) -> str:
    """The id of a rule that has told of an endpoint."""
    receiver.channel(services)
    rule = only_rule(services, remind_minutes=600)
    found(services, add_endpoint(services).id, well=False)
    watch(services, clock)
    assert receiver.kinds() == ["alert"]
    return rule


@pytest.mark.parametrize(
    "patch",
    [
        {"name": "Another"},
        {"minutes": 90},
        {"words": ["offline"]},
        {"endpoint_slug": "research-qa"},
        {"tag": "science"},
        {"channels": ["hook"]},
    ],
)
def test_what_is_still_bad_goes_on_and_is_not_told_again(
    services: Services, clock: Clock, receiver: Receiver, told: str, patch: dict[str, object]
) -> None:
    services.alert_book.edit_rule(told, patch)
    watch(services, clock, 600)
    assert receiver.kinds() == ["alert"]
    assert services.alerts.incidents(open_only=True).total == 1
    found(services, services.endpoints.get("research-qa").id, well=True)
    watch(services, clock)
    assert receiver.kinds() == ["alert", "recovery"]


@pytest.mark.parametrize("patch", [{"words": ["degraded"]}, {"tag": "poetry"}])
def test_what_is_not_bad_any_more_as_the_rule_means_it_is_closed_without_a_word(
    services: Services, clock: Clock, receiver: Receiver, told: str, patch: dict[str, object]
) -> None:
    """It is not well again: nobody may be told so."""
    services.alert_book.edit_rule(told, patch)
    watch(services, clock, 600)

    assert receiver.kinds() == ["alert"]
    assert services.alerts.incidents(open_only=True).total == 0


def test_an_endpoint_takes_the_place_of_a_tag_and_the_other_way_round(services: Services, told: str) -> None:
    book, endpoint = services.alert_book, services.endpoints.get("research-qa")
    assert book.edit_rule(told, {"tag": "science"}).tag == "science"
    of_endpoint = book.edit_rule(told, {"endpoint_slug": "research-qa"})
    assert (of_endpoint.tag, of_endpoint.endpoint_id) == ("", endpoint.id)
    assert book.edit_rule(told, {"tag": "science"}).endpoint_id is None
    assert book.edit_rule(told, {"tag": ""}).tag == ""
    with pytest.raises(InvalidInput):
        book.edit_rule(told, {"tag": "science", "endpoint_slug": "research-qa"})


def test_a_rule_whose_endpoint_is_gone_does_not_become_one_for_everything(services: Services, told: str) -> None:
    held = services.alert_book.edit_rule(told, {"endpoint_slug": "research-qa"}).endpoint_id
    services.endpoints.delete("research-qa")

    for patch in ({"minutes": 5}, {"tag": ""}):
        assert services.alert_book.edit_rule(told, patch).endpoint_id == held


def test_what_is_not_there_or_does_not_do_is_refused(services: Services, told: str) -> None:
    with pytest.raises(NotFound):
        services.alert_book.edit_rule("no-such", {"minutes": 5})
    with pytest.raises(NotFound):
        services.alert_book.edit_rule(told, {"endpoint_slug": "no-such"})
    for patch in ({"trigger": "usage"}, {"words": ["sad"]}, {"channels": ["no-such"]}, {"minutes": None}):
        with pytest.raises(InvalidInput):
            services.alert_book.edit_rule(told, patch)
    assert services.alert_book.rules()[0].minutes == 0
