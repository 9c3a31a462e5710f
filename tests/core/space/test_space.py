"""A space's address and tokens, its marketplaces and endpoints, as their users meet them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from publicist.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from publicist.core.running.presence import Presence
from publicist.core.running.runner import Runner
from publicist.core.schemas import load_network, load_patch
from publicist.core.schemas.token import TokenDraft
from publicist.core.services import Services

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, look, publish, rows, unpublish, work

Start = Callable[..., Counterpart]


@pytest.mark.parametrize(
    ("held", "asked", "allowed"),
    [
        ("read", "read", True),
        ("read", "publish", False),
        ("publish", "read", True),
        ("publish", "admin", False),
        ("admin", "publish", True),
    ],
)
def test_a_token_has_its_scope_and_what_that_implies(services: Services, held: str, asked: str, allowed: bool) -> None:
    _, secret = services.tokens.create(TokenDraft("t", (held,), None))
    if allowed:
        assert services.tokens.check(secret.reveal(), asked).name == "t"
        return
    with pytest.raises(NotAllowed) as caught:
        services.tokens.check(secret.reveal(), asked)
    assert caught.value.authenticated


def test_unknown_expired_and_revoked_tokens_say_which_they_are(services: Services, clock: Clock) -> None:
    token, secret = services.tokens.create(TokenDraft("t", ("read",), clock.now + timedelta(days=1)))
    for presented, said in (("", "No API token"), ("pub_unknown", "not known")):
        with pytest.raises(NotAllowed, match=said) as caught:
            services.tokens.check(presented, "read")
        assert not caught.value.authenticated
    clock.move(days=2)
    with pytest.raises(NotAllowed, match="expired"):
        services.tokens.check(secret.reveal(), "read")
    services.tokens.revoke(token.id)
    with pytest.raises(NotAllowed, match="revoked"):
        services.tokens.check(secret.reveal(), "read")
    with pytest.raises(NotFound):
        services.tokens.revoke("no-such-id")


def test_a_changed_address_flows_to_every_listing(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    assert there.listings["research-qa"]["query_url"].startswith("http://127.0.0.1:8080/")
    services.spaces.change(load_network({"public_url": "https://space.example"}))
    work(services)
    assert there.listings["research-qa"]["query_url"] == "https://space.example/api/v1/endpoints/research-qa/query"


def test_a_local_space_cannot_publish_to_a_public_marketplace(services: Services) -> None:
    add_endpoint(services)
    add_marketplace(services, "SyftHub", "https://hub.invalid", kind="syfthub", api_key="syft_pat_x")
    result = publish(services)["SyftHub"]
    assert result.error is not None
    assert result.error.cause == "network_unreachable"
    assert "developer token" in result.error.remedy
    assert rows(services)["SyftHub"] is None


def test_a_marketplace_with_listings_can_neither_be_removed_nor_moved(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    assert services.marketplaces.counts() == {services.marketplaces.get("Hub").id: 1}
    with pytest.raises(Conflict, match="1 listing"):
        services.marketplaces.remove("Hub")
    with pytest.raises(Conflict):
        services.marketplaces.edit("Hub", {"url": "http://127.0.0.1:1"})
    services.marketplaces.edit("Hub", {"name": "Renamed"})
    unpublish(services)
    services.marketplaces.remove("Renamed")
    assert services.marketplaces.all() == []


def test_a_marketplace_that_does_not_answer_is_kept_with_its_error(services: Services) -> None:
    added = add_marketplace(services, "Hub", "http://127.0.0.1:1", test=True)
    assert (added.status, added.status_cause) == ("error", "marketplace_unavailable")
    assert services.marketplaces.get(added.id) == added


def test_two_marketplaces_cannot_share_a_name(services: Services) -> None:
    add_marketplace(services, "Hub", "http://127.0.0.1:1")
    with pytest.raises(InvalidInput, match="Hub"):
        add_marketplace(services, "Hub", "http://127.0.0.1:2")


def test_a_listed_endpoint_is_not_taken_back_or_deleted_by_accident(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    with pytest.raises(Conflict):
        services.endpoints.delete("research-qa")
    with pytest.raises(Conflict):
        services.endpoints.edit("research-qa", load_patch({"published": False}))
    services.endpoints.edit("research-qa", load_patch({"published": False}), unpublish=True)
    work(services)
    assert there.listings == {}
    assert services.endpoints.delete("research-qa")


def test_a_changed_slug_waits_for_a_republish_while_the_rest_follows(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)
    services.endpoints.edit("research-qa", load_patch({"slug": "new-slug", "name": "New name"}))
    work(services)
    assert there.listings["research-qa"]["name"] == "New name"
    assert "new-slug" not in there.listings


def test_availability_knows_our_own_listing_others_and_what_cannot_be_told(
    services: Services, catalogues: Start
) -> None:
    ours, others = catalogues(), catalogues()
    others.insert("research-qa")
    add_endpoint(services)
    add_marketplace(services, "Ours", ours.url)
    publish(services)
    add_marketplace(services, "Others", others.url)
    add_marketplace(services, "Dead", "http://127.0.0.1:1")
    local, answers = services.publisher.availability("research-qa")
    assert local
    assert {place.name: answer.available for place, answer in answers} == {"Ours": True, "Others": False, "Dead": None}


def test_preflight_names_what_blocks_and_what_is_only_advised(services: Services, catalogues: Start) -> None:
    there = catalogues()
    there.insert("research-qa")
    add_endpoint(services, published=False, tags=[], summary="", description="Short.")
    add_marketplace(services, "Hub", there.url)
    found = services.publisher.preflight("research-qa")
    assert {one.code for one in found if one.level == "blocks"} == {"not_ready", "unhealthy", "slug_taken"}
    assert {one.code for one in found if one.level == "advice"} == {
        "no_access_policy",
        "no_rate_limit",
        "thin_description",
        "no_tags",
    }
    assert all(one.remedy for one in found)


def test_preflight_without_any_marketplace_says_so(services: Services) -> None:
    add_endpoint(services)
    assert "no_marketplace" in {one.code for one in services.publisher.preflight("research-qa")}


def test_an_endpoint_whose_dataset_is_dead_is_published_only_by_force(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    refused = publish(services, force=False)["Hub"]
    assert refused.error is not None
    assert refused.error.cause == "endpoint_unhealthy"
    assert there.listings == {}
    assert publish(services, force=True)["Hub"].success


def test_a_dry_run_shows_what_would_be_sent_and_writes_nothing(services: Services, catalogues: Start) -> None:
    from publicist.core.schemas import load_publish

    there = catalogues()
    add_endpoint(
        services, policies=[{"name": "who", "type": "access", "config": {"allowed_users": ["ada@uni.example"]}}]
    )
    hub = add_marketplace(services, "Hub", there.url)
    preview = services.publisher.preview(
        "research-qa", load_publish({"publish_to_all_marketplaces": True, "dry_run": True})
    )
    payload = preview.payloads[hub.id]
    assert payload is not None
    assert payload["name"] == "Research Q&A"
    assert "ada@" not in str(payload)
    assert there.listings == {}


def test_health_is_reported_under_the_listed_slugs(services: Services, catalogues: Start) -> None:
    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url, test=True)
    publish(services)
    look(services, True)
    pushed = [seen.json for seen in there.requests if seen.path.endswith("/health")]
    assert [(one["slug"], one["state"]) for one in pushed[-1]["readings"]] == [("research-qa", "healthy")]
    look(services, False, False, False)
    pushed = [seen.json for seen in there.requests if seen.path.endswith("/health")]
    assert pushed[-1]["readings"][0]["state"] == "offline"


def test_a_process_that_lives_is_not_dead_and_one_that_ended_is(services: Services) -> None:
    folder = services.settings.data_dir
    other = Presence(folder)
    assert not services.presence.is_dead(other.owner)
    assert not services.presence.is_dead("somewhere-else")
    import os

    os.close(other._descriptor)  # what the operating system does when a process is killed
    assert services.presence.dead() == [other.owner]


def test_the_runner_publishes_what_is_due_and_stops_cleanly(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    import threading

    there = catalogues()
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    there.faults.add("problem", status=503, method="POST", path="/listings", times=1)
    publish(services)
    clock.move(seconds=30)
    runner = Runner(services)
    runner.start()
    assert runner.alive()
    waited = threading.Event()
    for _ in range(200):
        if "research-qa" in there.listings:
            break
        waited.wait(0.05)
    runner.stop()
    assert "research-qa" in there.listings
    assert not runner.alive()
