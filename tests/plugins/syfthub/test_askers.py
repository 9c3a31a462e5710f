"""Whose tokens a hub mints for this space, who it says they belong to, and a whole space that believes only those."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from jwt.algorithms import RSAAlgorithm
from publicist.core.errors import AuthenticationFailed, MarketplaceUnavailable, NotAuthenticated, RejectedError
from publicist.core.http import Sessions
from publicist.core.queries.satellite import verify
from publicist.core.records import Asker
from publicist.core.services import Services
from publicist.plugins import syfthub
from publicist.plugins.localhub.server import RunningHub
from pytest_httpserver import HTTPServer

from ...clock import Clock
from ...spaces import add_endpoint, add_marketplace, opened, publish, unpublish
from .conftest import Spaces
from .provider import ORIGIN, THEIRS, Person, Provider, provider

ISSUER = "https://localhub.invalid"


def mint(asking: Person, owner: Person, resource: str = ORIGIN) -> str:
    """A token by which the hub vouches for one person at another's space."""
    to = f"owner_username={owner.username}&resource={resource}&aud={owner.username}"
    token: str = asking.does("GET", f"/token?{to}")["target_token"]
    return token


def mint_guest(owner: Person, resource: str = ORIGIN) -> str:
    to = {"owner_username": owner.username, "resource": resource, "aud": owner.username}
    answer = requests.get(f"{owner.url}/api/v1/token/guest", params=to, timeout=10)
    token: str = answer.json()["target_token"]
    return token


def ask(space: Provider, token: str) -> Asker | None:
    return syfthub.verify_token(space.marketplace, token, space.call())


@pytest.fixture
def stranger(hub: RunningHub) -> Person:
    return Person.sign_up(hub.url)


def test_the_hubs_issuer_and_keys_fit_the_tokens_that_it_mints(
    space: Provider, person: Person, stranger: Person
) -> None:
    space.create()
    token = mint(stranger, person)

    issuer = syfthub.token_issuer(space.marketplace, space.call())

    assert issuer.issuer == ISSUER
    assert verify(token, [("hub", issuer)], datetime.now(UTC))[1]["role"] == "user"


@pytest.mark.parametrize("hub", ["accounts"], indirect=True)
def test_on_a_hub_of_accounts_tokens_are_for_the_user(space: Provider, person: Person) -> None:
    assert syfthub.token_issuer(space.marketplace, space.call()).audiences == (person.username,)


@pytest.mark.parametrize("hub", ["satellites"], indirect=True)
def test_on_a_hub_with_satellites_tokens_are_for_our_satellite(
    space: Provider, spaces: Spaces, person: Person, stranger: Person
) -> None:
    other = spaces(THEIRS)
    space.create(slug="first-qa")
    other.create(slug="second-qa")
    ids = {row["base_url"]: row["id"] for row in person.satellites}

    issuer = syfthub.token_issuer(space.marketplace, space.call())

    assert issuer.audiences == (ids[ORIGIN],)
    assert syfthub.token_issuer(other.marketplace, other.call()).audiences == (ids[THEIRS],)
    with pytest.raises(NotAuthenticated, match="not meant"):
        verify(mint(stranger, person, THEIRS), [("hub", issuer)], datetime.now(UTC))


@pytest.mark.parametrize("hub", ["satellites"], indirect=True)
def test_asking_for_the_issuer_registers_nothing(space: Provider, person: Person) -> None:
    with pytest.raises(RejectedError, match="registered"):
        syfthub.token_issuer(space.marketplace, space.call())
    assert person.satellites == []


def test_the_hub_says_whom_a_token_belongs_to(space: Provider, person: Person, stranger: Person) -> None:
    space.create()

    asker = ask(space, mint(stranger, person))

    assert asker is not None
    assert (asker.email, asker.username) == (f"{stranger.username}@example.org", stranger.username)
    assert (asker.role, asker.guest, asker.marketplace_id) == ("user", False, space.marketplace.id)
    assert asker.expires_at is not None


def test_a_guest_is_told_as_one(space: Provider, person: Person) -> None:
    space.create()
    asker = ask(space, mint_guest(person))
    assert asker is not None
    assert (asker.guest, asker.subject) == (True, "guest")


def test_the_hub_does_not_vouch_for_what_is_not_its_own_or_not_for_us(
    space: Provider, person: Person, stranger: Person
) -> None:
    space.create()
    elsewhere = provider(space.sessions, person.url, THEIRS, token=stranger.token)
    elsewhere.create()

    assert ask(space, "nonsense") is None
    assert ask(space, mint(person, stranger, THEIRS)) is None
    assert ask(space, mint(stranger, person)[:-42]) is None


@pytest.mark.parametrize("hub", ["satellites"], indirect=True)
def test_a_token_for_another_space_of_the_account_is_not_vouched_for(
    space: Provider, spaces: Spaces, person: Person, stranger: Person
) -> None:
    space.create(slug="first-qa")
    spaces(THEIRS).create(slug="second-qa")

    assert ask(space, mint(stranger, person, THEIRS)) is None
    assert ask(space, mint(stranger, person, ORIGIN)) is not None


def test_a_refused_credential_is_told_as_ours(space: Provider, person: Person, stranger: Person) -> None:
    space.create()
    token = mint(stranger, person)
    [kept] = person.does("GET", "/auth/tokens")["tokens"]
    person.does("DELETE", f"/auth/tokens/{kept['id']}")

    with pytest.raises(AuthenticationFailed):
        ask(space, token)
    with pytest.raises(AuthenticationFailed):
        syfthub.token_issuer(space.marketplace, space.call())


BAD_TOKENS = [
    {},
    {"target_token": 5},
    {"target_token": "nonsense"},
    {"target_token": jwt.encode({"iss": "x"}, "k" * 32)},
    {"target_token": jwt.encode({"iss": "x", "aud": "mallory"}, "k" * 32)},
    {"target_token": jwt.encode({"iss": "", "aud": "ada"}, "k" * 32)},
]
GOOD_TOKEN = {"target_token": jwt.encode({"iss": "x", "aud": "Ada"}, "k" * 32)}


@pytest.fixture
def imitation(httpserver: HTTPServer, sessions: Sessions) -> Provider:
    """A space at a hub whose answers the test writes."""
    httpserver.expect_request("/api/v1/satellites").respond_with_json({"detail": "Not Found"}, status=404)
    httpserver.expect_request("/api/v1/users/me").respond_with_json({"username": "ada"})
    return provider(sessions, httpserver.url_for(""), token="syft_pat_abcdefgh")


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_token_for_somebody_else_does_not_tell_the_issuer(
    imitation: Provider, httpserver: HTTPServer, token: dict[str, Any]
) -> None:
    httpserver.expect_request("/api/v1/token").respond_with_json(token)
    httpserver.expect_request("/.well-known/jwks.json").respond_with_json({"keys": []})

    with pytest.raises(MarketplaceUnavailable):
        syfthub.token_issuer(imitation.marketplace, imitation.call())


@pytest.mark.parametrize("keys", [[], {"keys": "none"}, {"detail": "hello"}])
def test_what_is_no_key_set_is_not_taken_for_one(imitation: Provider, httpserver: HTTPServer, keys: Any) -> None:
    httpserver.expect_request("/api/v1/token").respond_with_json(GOOD_TOKEN)
    httpserver.expect_request("/.well-known/jwks.json").respond_with_json(keys)

    with pytest.raises(MarketplaceUnavailable):
        syfthub.token_issuer(imitation.marketplace, imitation.call())


def test_the_keys_are_read_at_the_hubs_root_and_without_our_credential(
    imitation: Provider, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/api/v1/token", query_string={"aud": "ada"}).respond_with_json(GOOD_TOKEN)
    httpserver.expect_request("/.well-known/jwks.json").respond_with_json({"keys": []})
    imitation.marketplace = replace(imitation.marketplace, url=httpserver.url_for("/api/v1"))

    assert syfthub.token_issuer(imitation.marketplace, imitation.call()).issuer == "x"
    [asked] = [request for request, _ in httpserver.log if request.path == "/.well-known/jwks.json"]
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize("said", [[], {}, {"valid": "yes"}, {"valid": False, "error": "verification_error"}])
def test_an_answer_that_says_nothing_of_the_token_is_no_verdict(
    imitation: Provider, httpserver: HTTPServer, said: Any
) -> None:
    httpserver.expect_request("/api/v1/verify", method="POST").respond_with_json(said)

    with pytest.raises(MarketplaceUnavailable):
        ask(imitation, "token")


@dataclass
class Lab:
    """A whole space on a person's account, with one endpoint that is listed on the hub."""

    services: Services
    clock: Clock
    person: Person

    def identify(self, token: str, slug: str = "research-qa", *, need_email: bool = False) -> Asker:
        endpoint = self.services.endpoints.get(slug)
        self.clock.now = datetime.now(UTC)
        return self.services.askers.identify(endpoint, token, need_email=need_email)

    def reason(self, token: str) -> str:
        with pytest.raises(NotAuthenticated) as caught:
            self.identify(token)
        return caught.value.reason


@pytest.fixture
def lab(tmp_path: Path, person: Person) -> Iterator[Lab]:
    clock = Clock(datetime.now(UTC))
    with opened(tmp_path, clock, PUBLICIST_PUBLIC_URL=ORIGIN) as services:
        add_endpoint(services)
        add_marketplace(services, "Hub", person.url, kind="syfthub", api_key=person.token, test=True)
        results = publish(services)
        assert results["Hub"].success, results
        yield Lab(services, clock, person)


def test_a_person_of_the_hub_is_known_with_and_without_the_e_mail(lab: Lab, stranger: Person) -> None:
    token = mint(stranger, lab.person)

    assert lab.identify(token).email == ""
    named = lab.identify(token, need_email=True)
    assert (named.email, named.username) == (f"{stranger.username}@example.org", stranger.username)
    assert lab.identify(mint_guest(lab.person)).guest


def test_forged_and_expired_tokens_and_those_for_others_are_refused(
    lab: Lab, stranger: Person, sessions: Sessions
) -> None:
    elsewhere = provider(sessions, stranger.url, THEIRS, token=stranger.token)
    elsewhere.create()
    token = mint(stranger, lab.person)
    header, claims, signature = token.split(".")
    numbers = requests.get(f"{stranger.url}/.well-known/jwks.json", timeout=10).json()["keys"][0]
    public: Any = RSAAlgorithm.from_jwk(json.dumps(numbers))
    assert jwt.decode(token, public, algorithms=["RS256"], options={"verify_aud": False})["role"] == "user"

    assert lab.reason(f"{header}.{claims[:-4]}AAAA.{signature}") in ("malformed", "invalid_signature")
    assert lab.reason(mint(lab.person, stranger, THEIRS)) == "audience_mismatch"
    assert lab.reason(lab.person.token) == "malformed"


def test_an_unpublish_ends_the_hubs_tokens_though_they_have_not_expired(lab: Lab, stranger: Person) -> None:
    token = mint(stranger, lab.person)
    assert lab.identify(token, need_email=True).email

    unpublish(lab.services)

    assert lab.reason(token) == "not_published_there"


def test_tokens_of_two_hubs_that_share_an_issuer_open_only_what_each_lists(
    lab: Lab, stranger: Person, hubs: dict[str, RunningHub]
) -> None:
    other_url = next(running.url for running in hubs.values() if running.url != lab.person.url)
    account, asking = Person.sign_up(other_url), Person.sign_up(other_url)
    added = add_marketplace(lab.services, "Other", other_url, kind="syfthub", api_key=account.token, test=True)
    add_endpoint(lab.services, slug="other-qa", name="Other")
    publish(lab.services, "other-qa", marketplace_ids=[added.id])
    token = mint(asking, account)

    assert lab.identify(token, "other-qa").marketplace_name == "Other"
    assert lab.reason(token) == "not_published_there"
    with pytest.raises(NotAuthenticated):
        lab.identify(mint(stranger, lab.person), "other-qa")


def test_a_restart_without_the_hub_still_knows_its_people(
    tmp_path: Path, lab: Lab, stranger: Person, httpserver: HTTPServer
) -> None:
    token = mint(stranger, lab.person)
    lab.identify(token)
    httpserver.expect_request("/").respond_with_data("gone", status=503)

    with opened(tmp_path, lab.clock, PUBLICIST_PUBLIC_URL=ORIGIN, PUBLICIST_PROXY=httpserver.url_for("")) as services:
        restarted = Lab(services, lab.clock, lab.person)
        assert restarted.identify(token).subject
        with pytest.raises(MarketplaceUnavailable):
            restarted.identify(token, need_email=True)
