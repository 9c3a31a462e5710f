"""The audit trail: every change is in it, with who made it; no secret is."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publicist.core.actors import acting_as, current_actor, machine_user
from publicist.core.errors import NotFound
from publicist.core.parallel import for_all
from publicist.core.publishing.publication import SETTLE
from publicist.core.records import Event
from publicist.core.schemas import event_json, load_network, load_patch, load_token
from publicist.core.services import Services

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, opened, publish, unpublish, work

Start = Callable[..., Counterpart]
KEY = "the-right-key-1815"


def trail(services: Services, **asked: Any) -> list[Event]:
    """Return the events, oldest first."""
    return list(reversed(services.trail.page(per_page=200, **asked).items))


def actions(services: Services, **asked: Any) -> list[str]:
    return [event.action for event in trail(services, **asked)]


def published(services: Services, there: Counterpart) -> None:
    add_endpoint(services)
    add_marketplace(services, "Hub", there.url)
    publish(services)


def test_the_life_of_a_publication_is_told_from_wish_to_withdrawal(services: Services, catalogues: Start) -> None:
    published(services, catalogues())
    services.endpoints.edit("research-qa", {"name": "Renamed"})
    work(services)
    unpublish(services)
    said = [event for event in trail(services) if event.subject.kind == "publication"]
    assert [(event.action, event.outcome) for event in said] == [
        ("publication.wanted", "asked"),
        ("publication.published", "done"),
        ("publication.updated", "done"),
        ("publication.wanted", "asked"),
        ("publication.withdrawn", "done"),
    ]
    assert {event.subject.name for event in said} == {"research-qa on Hub"}
    listed, changed = said[1], said[2]
    assert (listed.before_digest, listed.after_digest) == (None, changed.before_digest)
    assert changed.after_digest not in (None, changed.before_digest)
    assert said[-1].after_digest is None


def test_an_unknown_outcome_and_a_failure_are_told_with_the_reason(
    services: Services, catalogues: Start, clock: Clock
) -> None:
    lost, refused = catalogues(), catalogues(accounts={KEY: "ada"})
    lost.faults.add("drop", method="POST", path="/listings", times=1, written=True)
    add_endpoint(services)
    add_marketplace(services, "Lost", lost.url)
    add_marketplace(services, "Refused", refused.url, api_key="a-wrong-key")
    publish(services)
    assert "publication.unknown" in actions(services, marketplace="Lost")
    assert "publication.published" not in actions(services, marketplace="Lost")
    clock.move(seconds=SETTLE.total_seconds())
    work(services)
    assert actions(services, marketplace="Lost").count("publication.published") == 1
    [failed] = trail(services, action="publication.failed")
    assert failed.outcome == "failed"
    assert "Refused" in failed.subject.name
    [status] = trail(services, action="marketplace.status", marketplace="Refused")
    assert status.what.startswith("active → error")


def test_what_changes_nothing_is_no_event(services: Services, catalogues: Start, clock: Clock) -> None:
    published(services, catalogues())
    held = len(trail(services))
    services.endpoints.edit("research-qa", {"name": "Research Q&A"})
    services.spaces.change({"name": services.spaces.current().name})
    services.marketplaces.test("Hub")
    clock.move(hours=1)
    work(services)
    assert len(trail(services)) == held


def test_endpoints_marketplaces_settings_and_tokens_leave_events(services: Services, catalogues: Start) -> None:
    published(services, catalogues())
    services.marketplaces.edit("Hub", {"sync_policy": "full"})
    services.marketplaces.disable("Hub")
    services.marketplaces.enable("Hub")
    services.spaces.change(load_network({"public_url": "https://space.example", "developer_token": "dev-secret-1"}))
    token, _ = services.tokens.create(load_token({"name": "ci", "scopes": ["read"]}, services.clock()))
    services.tokens.revoke(token.id)
    services.tokens.revoke(token.id)
    unpublish(services)
    services.endpoints.delete("research-qa")
    services.marketplaces.remove("Hub")
    assert [(event.action, event.subject.name) for event in trail(services) if event.subject.kind != "publication"] == [
        ("endpoint.created", "research-qa"),
        ("marketplace.added", "Hub"),
        ("marketplace.edited", "Hub"),
        ("marketplace.status", "Hub"),
        ("marketplace.status", "Hub"),
        ("setting.changed", "public_url"),
        ("setting.changed", "developer_token"),
        ("token.created", "ci"),
        ("token.revoked", "ci"),
        ("endpoint.deleted", "research-qa"),
        ("marketplace.removed", "Hub"),
    ]


def test_an_event_is_kept_only_with_the_change_itself(services: Services) -> None:
    add_endpoint(services)
    with pytest.raises(NotFound):
        services.endpoints.edit("nowhere", {"name": "x"})
    with services.store.session():
        assert len(services.store.endpoints.all()) == 1

    def half() -> None:
        with services.store.write():
            services.marketplaces._set_status(add_row(), "error", None)
            raise KeyError

    def add_row() -> Any:
        return services.store.marketplaces.all()[0]

    add_marketplace(services, "Hub", "http://127.0.0.1:9")
    held = len(trail(services))
    with pytest.raises(KeyError):
        half()
    assert len(trail(services)) == held
    assert services.marketplaces.get("Hub").status == "active"


def test_an_endpoint_has_its_own_events_and_those_of_its_publications(services: Services, catalogues: Start) -> None:
    published(services, catalogues())
    add_endpoint(services, slug="other")
    assert {event.subject.name for event in trail(services, endpoint="research-qa")} == {
        "research-qa",
        "research-qa on Hub",
    }
    assert {event.subject.name for event in trail(services, marketplace="Hub")} == {"Hub", "research-qa on Hub"}
    assert len(trail(services, subject="endpoint")) == 2
    assert len(trail(services, subject="other")) == 1
    with pytest.raises(NotFound):
        trail(services, endpoint="nowhere")


def test_events_come_newest_first_a_page_at_a_time_and_since_a_time(services: Services, clock: Clock) -> None:
    for number in range(5):
        add_endpoint(services, slug=f"endpoint-{number}")
    later = clock.move(days=1)
    add_endpoint(services, slug="endpoint-5")
    page = services.trail.page(2, 2)
    assert page.total == 6
    assert [event.subject.name for event in page.items] == ["endpoint-3", "endpoint-2"]
    assert [event.subject.name for event in trail(services, since=later)] == ["endpoint-5"]


def test_old_events_are_dropped_and_young_ones_kept(services: Services, clock: Clock) -> None:
    for number in range(3):
        add_endpoint(services, slug=f"endpoint-{number}")
    clock.move(days=400)
    add_endpoint(services, slug="young-one")
    assert services.trail.prune(400) == 0
    clock.move(seconds=1)
    assert services.trail.prune(400) == 3
    assert [event.subject.name for event in trail(services)] == ["young-one"]


def test_whoever_acts_is_named_also_by_the_calls_that_follow(services: Services, catalogues: Start) -> None:
    with acting_as("token", "ci"):
        published(services, catalogues())
    assert {(event.actor.kind, event.actor.name) for event in trail(services)} == {("token", "ci")}
    services.endpoints.edit("research-qa", {"name": "Renamed"})
    assert trail(services)[-1].actor.name == "unknown"


def test_the_actor_goes_along_into_threads_and_ends_with_the_block() -> None:
    with acting_as("runner", "runner"), acting_as("cli", machine_user()):
        assert {actor.kind for actor in for_all(lambda _: current_actor(), range(4))} == {"cli"}
    assert current_actor().name == "unknown"


secrets = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=["L", "N", "P"]), min_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(credential=secrets, header=secrets, developer=secrets, renewed=secrets)
def test_no_secret_gets_into_an_event(
    tmp_path_factory: pytest.TempPathFactory, credential: str, header: str, developer: str, renewed: str
) -> None:
    """Whatever the secrets are, neither they nor anything made from them is in the trail."""
    folder: Path = tmp_path_factory.mktemp("space")
    with ExitStack() as stack:
        services = stack.enter_context(opened(folder, Clock()))
        backend = {
            "kind": "http",
            "name": "d",
            "settings": {"url": "http://127.0.0.1:9/", "headers": {"X-Key": f"Q{header}"}},
        }
        add_endpoint(services, dataset=backend)
        services.endpoints.edit("research-qa", load_patch({"dataset": {**backend, "name": "e"}}))
        add_marketplace(services, "Hub", "http://127.0.0.1:9", api_key=f"Q{credential}")
        services.marketplaces.edit("Hub", {"api_key": f"Q{renewed}"}, test=False)
        services.marketplaces.test("Hub")
        services.spaces.change(load_network({"developer_token": f"Q{developer}"}))
        _, token = services.tokens.create(load_token({"name": "ci", "scopes": ["read"]}, services.clock()))
        publish(services, wait=0.2)
        said = json.dumps([event_json(event) for event in trail(services)], ensure_ascii=False)
    for secret in (credential, header, developer, renewed):
        assert f"Q{secret}" not in said
        assert json.dumps(f"Q{secret}")[1:-1] not in said
    assert token.reveal() not in said
    assert "api_key" not in said.lower() or KEY not in said


def test_a_changed_secret_leaves_the_digests_alone(services: Services) -> None:
    add_marketplace(services, "Hub", "http://127.0.0.1:9", api_key="first-secret-1")
    services.marketplaces.edit("Hub", {"api_key": "second-secret-2"}, test=False)
    event = trail(services)[-1]
    assert event.what == "Changed credentials."
    assert event.before_digest == event.after_digest
