"""What is particular to each of the three descriptions, beyond the contract that all kinds keep."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from publicist.core.errors import AuthenticationFailed, RejectedError, SlugConflict
from publicist.core.http import Sessions
from publicist.core.records import PolicySummary
from publicist.core.secrets import Secret
from publicist.plugins import syfthub
from publicist.plugins.described import SHIPPED, load
from publicist.plugins.localhub.server import RunningHub

from ..syfthub import provider as by_code
from ..syfthub.provider import ORIGIN, THEIRS, Person, Provider, provider
from . import ckan, registry
from .descriptions import LISTING, Described, described
from .served import served

POLICY = PolicySummary("p", "rate_limit", " 100 a minute. ", {"limit": "100/m", "applied_to": ["*"], "whole": 2.0})


def shipped(sessions: Sessions, name: str, url: str, **entered: str) -> Described:
    plugin = load(SHIPPED / f"{name}.yaml")
    secret = {one.name for one in plugin.description.kind.settings if one.secret}
    there = described(sessions, url)
    credentials = {key: Secret(value) for key, value in entered.items() if key in secret}
    settings = {key: value for key, value in entered.items() if key not in secret}
    there.plugin = plugin
    there.marketplace = replace(there.marketplace, kind=name, settings=settings, credentials=credentials)
    return there


@pytest.fixture
def portal() -> ckan.Portal:
    return ckan.Portal()


@pytest.fixture
def ada(portal: ckan.Portal, sessions: Sessions) -> Iterator[Described]:
    with served(portal.app()) as running:
        yield shipped(sessions, "ckan", running.url, api_key=ckan.TOKEN, organization=ckan.ORGANIZATION)


@pytest.fixture
def there() -> registry.Registry:
    return registry.Registry()


def test_ckan_may_answer_a_refusal_with_200(portal: ckan.Portal, ada: Described) -> None:
    portal.soft = True

    assert ada.find() is None
    ada.create()
    with pytest.raises(SlugConflict, match="Diese URL wird bereits verwendet"):
        ada.create()


def test_ckan_tells_what_is_wrong_by_our_fields(ada: Described) -> None:
    payload = ada.plugin.render_listing(ada.marketplace, replace(LISTING, version="1" * 101, tags=("?!",)))

    with pytest.raises(RejectedError) as raised:
        ada.plugin.create_listing(ada.marketplace, payload, ada.call())

    assert set(raised.value.errors) >= {"version", "tags"}


def test_ckan_reads_all_pages_and_only_what_publicist_made(portal: ckan.Portal, ada: Described) -> None:
    for number in range(230):
        extras = [{"key": "publicist_installation", "value": "another"}] if number % 2 else []
        portal.insert(f"dataset-{number:03}", ckan.TOKEN, extras=extras)

    assert len(ada.fetch()) == 115


def test_ckan_purges_where_it_is_told_to(portal: ckan.Portal, ada: Described) -> None:
    made = ada.create()
    ada.plugin.withdraw_listing(ada.marketplace, made.remote_id, made.slug, ada.call())
    assert [one["state"] for one in portal.datasets.values()] == ["deleted"]

    settings = {**ada.marketplace.settings, "purge": "yes"}
    ada.marketplace = replace(ada.marketplace, settings=settings, credentials={"api_key": Secret(ckan.ADMIN)})
    made = ada.create()
    ada.plugin.withdraw_listing(ada.marketplace, made.remote_id, made.slug, ada.call())
    assert [one["state"] for one in portal.datasets.values()] == ["deleted"]


def test_ckan_needs_the_organisation(ada: Described) -> None:
    ada.marketplace = replace(ada.marketplace, settings={"organization": "navy"})

    with pytest.raises(AuthenticationFailed, match="may not make datasets"):
        ada.connect()


def test_an_unlisted_dataset_is_private(portal: ckan.Portal, ada: Described) -> None:
    payload = ada.plugin.render_listing(ada.marketplace, replace(LISTING, visibility="private"))
    ada.plugin.create_listing(ada.marketplace, payload, ada.call())

    assert [one["private"] for one in portal.datasets.values()] == [True]
    assert [one.fields for one in ada.fetch()] == [payload.fields]


def test_every_change_is_a_new_version_in_the_mcp_registry(there: registry.Registry, sessions: Sessions) -> None:
    with served(there.app()) as running:
        ada = shipped(sessions, "mcp-registry", running.url, api_key=registry.TOKEN, namespace=registry.NAMESPACE)
        made = ada.create()
        for number in range(11):
            changed = ada.plugin.render_listing(ada.marketplace, replace(LISTING, name=f"Name {number}"))
            ada.plugin.update_listing(ada.marketplace, changed, made.remote_id, made.slug, ada.call())

        assert [row["server"]["version"] for row in there.rows] == [f"1.0.{number}" for number in range(1, 13)]
        assert [one.fields["title"] for one in ada.fetch()] == ["Name 10"]
        ada.plugin.withdraw_listing(ada.marketplace, made.remote_id, made.slug, ada.call())
        assert {row["_meta"][registry.OFFICIAL]["status"] for row in there.rows} == {"deleted"}
        ada.create()
        assert there.rows[-1]["server"]["version"] == "1.0.13"
        assert [one.fields["title"] for one in ada.fetch()] == [LISTING.name]


def test_the_mcp_registrys_tokens_are_exchanged_and_renewed(there: registry.Registry, sessions: Sessions) -> None:
    there.life = -1.0
    with served(there.app()) as running:
        ada = shipped(sessions, "mcp-registry", running.url, github_token=registry.GITHUB, namespace=registry.NAMESPACE)
        with pytest.raises(AuthenticationFailed):
            ada.create()
        there.life = 300.0
        running.requests.clear()
        ada.create()
        ada.find()

        assert [one for one in running.requests if "/auth/" in one] == ["POST /v0.1/auth/github-at"]
        assert registry.GITHUB not in str(there.rows)


def test_the_mcp_registry_is_searched_by_namespace_through_all_pages(
    there: registry.Registry, sessions: Sessions
) -> None:
    for number in range(230):
        there.take(f"server-{number}")
    there.publish({"name": "org.io.github.ada/x", "version": "1.0.0", "description": "x", "title": "x"})
    with served(there.app()) as running:
        ada = shipped(sessions, "mcp-registry", running.url, api_key=registry.TOKEN, namespace=registry.NAMESPACE)

        assert len(ada.fetch()) == 230


def test_a_namespace_that_is_not_ours_is_refused(there: registry.Registry, sessions: Sessions) -> None:
    with served(there.app()) as running:
        ada = shipped(sessions, "mcp-registry", running.url, api_key=registry.TOKEN, namespace="io.github.grace")

        with pytest.raises(RejectedError) as raised:
            ada.create()

    assert raised.value.cause_code == "not_allowed"


def test_an_address_for_mcp_clients_is_shown_where_there_is_one(there: registry.Registry, sessions: Sessions) -> None:
    with served(there.app()) as running:
        given = {"namespace": registry.NAMESPACE, "remote_url": "https://mcp.example/SLUG"}
        ada = shipped(sessions, "mcp-registry", running.url, api_key=registry.TOKEN, **given)
        made = ada.create()

    assert there.rows[0]["server"]["remotes"] == [{"type": "streamable-http", "url": "https://mcp.example/research-qa"}]
    assert made.fields == ada.payload().fields


@pytest.fixture
def person(hub: RunningHub) -> Person:
    return Person.sign_up(hub.url)


@pytest.fixture
def coded(sessions: Sessions, person: Person) -> Provider:
    return provider(sessions, person.url, token=person.token)


@pytest.fixture
def plain(sessions: Sessions, person: Person, coded: Provider) -> Provider:
    """The same space on the same account, by the description."""
    by_file = shipped(sessions, "syfthub-described", person.url, api_key=person.token)
    return Provider(by_file.marketplace, coded.space, sessions)


def by_file(space: Provider, hook: str, **arguments: Any) -> Any:
    plugin = load(SHIPPED / "syfthub-described.yaml")
    return getattr(plugin, hook)(space.marketplace, **arguments, call=space.call())


@pytest.mark.parametrize("made_by", ["code", "file"])
def test_the_plugin_and_its_description_read_each_other_without_drift(
    person: Person, coded: Provider, plain: Provider, made_by: str
) -> None:
    listing = replace(
        by_code.LISTING,
        public_url=f"{ORIGIN}/sub",
        installation_id=coded.space.installation_id,
        tags=(" Open-Data ", "open-data", "z"),
        policies=(POLICY,),
        version=" ",
    )
    described_plugin = load(SHIPPED / "syfthub-described.yaml")
    wanted = syfthub.render_listing(listing)
    assert described_plugin.render_listing(plain.marketplace, listing) == wanted

    coded.move(listing.public_url)
    plain.move(listing.public_url)
    if made_by == "code":
        made = syfthub.create_listing(coded.marketplace, wanted, coded.call())
        read = by_file(plain, "find_listing", slug=wanted.slug)
    else:
        by_file(plain, "connect")
        made = by_file(plain, "create_listing", payload=wanted)
        read = coded.find(wanted.slug)

    assert read is not None
    assert read.fields == made.fields == wanted.fields
    assert (read.remote_id, read.installation_id) == (made.remote_id, made.installation_id)
    assert [one.fields for one in by_file(plain, "fetch_listings")] == [one.fields for one in coded.fetch()]


def test_both_settle_the_same_address(person: Person, coded: Provider, plain: Provider, hub: RunningHub) -> None:
    payload = replace(coded.payload(), slug="by-file")

    by_file(plain, "create_listing", payload=payload)
    coded.create()

    assert {record["slug"] for record in person.records} == {"by-file", by_code.LISTING.slug}
    shown = {record["connect"][0]["config"]["url"] for record in person.records}
    assert len(shown) == 1


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_another_spaces_address_in_the_profile_stops_both(person: Person, coded: Provider, plain: Provider) -> None:
    person.does("PUT", "/users/me", domain=THEIRS)

    for write in (coded.create, lambda: by_file(plain, "create_listing", payload=coded.payload())):
        with pytest.raises(RejectedError) as raised:
            write()
        assert raised.value.cause_code == "conflict"
    assert person.domain == THEIRS
    assert person.records == []


def test_a_user_and_password_do_as_well(sessions: Sessions, person: Person) -> None:
    entered = {"username": person.username, "password": by_code.PASSWORD}

    assert shipped(sessions, "syfthub-described", person.url, **entered).connect().name == person.username


@pytest.mark.parametrize("suffix", ["", "/", "/api/v1", "/api/v1/"])
def test_a_hub_is_reached_by_any_of_its_addresses(sessions: Sessions, person: Person, suffix: str) -> None:
    there = shipped(sessions, "syfthub-described", person.url + suffix, api_key=person.token)
    there.connect()

    assert there.create().url == f"{person.url}/{person.username}/{LISTING.slug}"
