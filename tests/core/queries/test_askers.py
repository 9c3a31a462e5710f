"""Who sends a query: by which marketplace and keys, how often those are asked for, and what an outage stops."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError
from publicist.core.errors import AuthenticationFailed, MarketplaceError, MarketplaceUnavailable, NotAuthenticated
from publicist.core.queries.askers import Askers
from publicist.core.records import Asker, Endpoint, Marketplace, Publication, Space, TokenIssuer
from publicist.core.services import Services

from ...clock import Clock
from ...spaces import add_endpoint, add_marketplace, opened
from .minting import Mint, jwk, signing_key

PERSON = Asker("", "", "7", email="Ada@Example.org", username="ada", role="user")


@dataclass
class Hubs:
    """What the marketplaces answer, by name, in place of an adapter; it counts how often each is asked."""

    mints: dict[str, Mint] = field(default_factory=dict)
    people: dict[str, Asker | None] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    keys_asked: list[str] = field(default_factory=list)
    people_asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    error: MarketplaceError = field(default_factory=lambda: MarketplaceUnavailable("down", retry_after=7))

    def __post_init__(self) -> None:
        self.gate.set()

    def token_issuer(self, marketplace: Marketplace, space: Space, *, seconds: float | None = None) -> TokenIssuer:
        assert seconds is not None
        self.keys_asked.append(marketplace.name)
        shown = self.mints[marketplace.name].shown
        return self._answer(marketplace, shown)

    def verify_token(self, marketplace: Marketplace, space: Space, token: str) -> Asker | None:
        self.people_asked.append(marketplace.name)
        return self._answer(marketplace, self.people.get(marketplace.name))

    def _answer(self, marketplace: Marketplace, answer: Any) -> Any:
        assert self.gate.wait(10)
        if marketplace.name in self.down:
            raise self.error
        return answer


@dataclass
class Scene:
    """A space with an endpoint, marketplaces that list it, and its askers."""

    services: Services
    clock: Clock
    hubs: Hubs
    endpoint: Endpoint
    askers: Askers

    def hub(self, name: str, mint: Mint, *, endpoint: Endpoint | None = None, **row: Any) -> Marketplace:
        """Add a marketplace that lists the endpoint."""
        url = f"http://{name.lower()}.example"
        marketplace = add_marketplace(self.services, name, url, kind="syfthub", api_key="syft_pat_abcdefgh")
        self.hubs.mints[name] = mint
        self.list_on(marketplace, endpoint or self.endpoint, **row)
        return marketplace

    def list_on(self, marketplace: Marketplace, endpoint: Endpoint, **row: Any) -> None:
        listed: dict[str, Any] = {"wanted": "listed", "wanted_rev": 1, "status": "published", "remote_id": "5", **row}
        publication = Publication(f"{endpoint.id}-{marketplace.id}", endpoint.id, marketplace.id, **listed)
        with self.services.store.write():
            self.services.store.publications.add(publication)

    def change_row(self, marketplace: Marketplace, **changed: Any) -> None:
        with self.services.store.write():
            row = self.services.store.publications.of(self.endpoint.id, marketplace.id)
            assert row is not None
            self.services.store.publications.save(replace(row, **changed))

    def identify(self, token: str | None, *, need_email: bool = False) -> Asker:
        return self.askers.identify(self.endpoint, token, need_email=need_email)

    def reason(self, token: str, *, need_email: bool = False) -> str:
        with pytest.raises(NotAuthenticated) as caught:
            self.identify(token, need_email=need_email)
        return caught.value.reason

    def new_process(self) -> "Scene":
        """The same space in another process: what was only in memory is gone."""
        return replace(self, askers=askers(self.services, self.hubs, self.clock))


def askers(services: Services, hubs: Hubs, clock: Clock) -> Askers:
    space: Callable[[], Space] = services.spaces.current
    adapter: Any = hubs
    return Askers(services.store, adapter, services.plugins, services.marketplaces, space, clock)


@pytest.fixture
def scene(services: Services, clock: Clock) -> Scene:
    hubs = Hubs()
    return Scene(services, clock, hubs, add_endpoint(services), askers(services, hubs, clock))


def at_once(number: int, work: Callable[[], Any]) -> list[Any]:
    """Run the work in as many threads, all let go together; return the results, and errors for those that raise."""
    ready = threading.Barrier(number)

    def run() -> Any:
        ready.wait(10)
        try:
            return work()
        except (NotAuthenticated, MarketplaceUnavailable) as error:
            return error

    with ThreadPoolExecutor(number) as pool:
        return [future.result(20) for future in [pool.submit(run) for _ in range(number)]]


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_a_guest_asks(scene: Scene, token: str | None) -> None:
    scene.hub("Hub", Mint())

    asker = scene.identify(token, need_email=True)

    assert (asker.guest, asker.subject, asker.marketplace_id, asker.email) == (True, "guest", "", "")
    assert scene.hubs.keys_asked == []


def test_a_token_tells_the_person_and_the_marketplace(scene: Scene, clock: Clock) -> None:
    hub = scene.hub("Hub", Mint())

    asker = scene.identify(Mint().token(clock()))

    assert (asker.marketplace_id, asker.marketplace_name, asker.subject, asker.role) == (hub.id, "Hub", "7", "user")
    assert (asker.guest, asker.email, asker.person) == (False, "", f"{hub.id}/7")
    assert asker.expires_at is not None
    assert (asker.expires_at - clock()).total_seconds() == 60
    assert scene.hubs.people_asked == []


@pytest.mark.parametrize("claims", [{"sub": "guest", "role": "guest"}, {"sub": "guest"}, {"role": "guest"}])
def test_a_guests_token_makes_a_guest_and_no_e_mail_is_asked_for(
    scene: Scene, clock: Clock, claims: dict[str, str]
) -> None:
    scene.hub("Hub", Mint())

    asker = scene.identify(Mint().token(clock(), **claims), need_email=True)

    assert (asker.guest, asker.subject, asker.email) == (True, "guest", "")
    assert scene.hubs.people_asked == []


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (Mint().forged, "invalid_signature"),
        (Mint().unsigned, "invalid_algorithm"),
        (Mint().by_public_key, "invalid_algorithm"),
        (Mint(kid="other").token, "unknown_key"),
        (Mint(audience="eve").token, "audience_mismatch"),
        (Mint(issuer="https://elsewhere.example").token, "invalid_issuer"),
        (lambda now: Mint().token(now, exp=now.timestamp() - 31), "token_expired"),
        (lambda _: "nonsense", "malformed"),
    ],
)
def test_a_bad_token_is_refused_and_makes_no_guest(
    scene: Scene, clock: Clock, make: Callable[[Any], str], reason: str
) -> None:
    scene.hub("Hub", Mint())
    assert scene.reason(make(clock())) == reason


def test_a_malformed_or_unsigned_token_never_makes_a_marketplace_be_asked(scene: Scene, clock: Clock) -> None:
    scene.hub("Hub", Mint())
    for token in ("nonsense", Mint().unsigned(clock()), Mint().by_public_key(clock())):
        scene.reason(token)
    assert scene.hubs.keys_asked == []


def test_the_keys_are_asked_for_once_an_hour(scene: Scene, clock: Clock) -> None:
    scene.hub("Hub", Mint())
    for _ in range(3):
        scene.identify(Mint().token(clock()))
    clock.move(minutes=59)
    scene.identify(Mint().token(clock()))
    assert scene.hubs.keys_asked == ["Hub"]

    clock.move(minutes=1)
    scene.identify(Mint().token(clock()))
    assert scene.hubs.keys_asked == ["Hub"] * 2


@pytest.mark.parametrize(
    "renewed",
    [Mint("second", "hub-key-2"), Mint("second"), Mint(audience="5f0c"), Mint(issuer="https://new.example")],
    ids=["other key", "same id, other key", "other audience", "other issuer"],
)
def test_what_a_marketplace_changed_is_noticed_by_the_first_token_that_does_not_fit(
    scene: Scene, clock: Clock, renewed: Mint
) -> None:
    scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    clock.move(seconds=30)
    scene.hubs.mints["Hub"] = renewed

    assert scene.identify(renewed.token(clock())).subject == "7"
    assert scene.reason(Mint().token(clock())) in (
        "unknown_key",
        "invalid_signature",
        "audience_mismatch",
        "invalid_issuer",
    )


def test_a_flood_of_unknown_keys_asks_the_marketplace_at_most_once_in_half_a_minute(scene: Scene, clock: Clock) -> None:
    scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    clock.move(seconds=30)

    for number in range(20):
        assert scene.reason(Mint().token(clock(), kid=f"kid-{number}")) == "unknown_key"
    found = at_once(8, lambda: scene.identify(Mint().token(clock(), kid="kid-0")))

    assert [error.reason for error in found] == ["unknown_key"] * 8
    assert scene.hubs.keys_asked == ["Hub"] * 2
    clock.move(seconds=29.9)
    scene.reason(Mint().token(clock(), kid="again"))
    assert scene.hubs.keys_asked == ["Hub"] * 2
    clock.move(seconds=0.1)
    scene.reason(Mint().token(clock(), kid="again"))
    assert scene.hubs.keys_asked == ["Hub"] * 3


def test_a_flood_while_a_marketplace_is_down_is_bounded_as_well(scene: Scene, clock: Clock) -> None:
    scene.hub("Hub", Mint())
    scene.hubs.down.add("Hub")

    for _ in range(10):
        with pytest.raises(MarketplaceUnavailable) as caught:
            scene.identify(Mint().token(clock()))

    assert "Hub" not in caught.value.message
    assert scene.hubs.keys_asked == ["Hub"]


def test_many_first_queries_at_once_ask_for_the_keys_once(scene: Scene, clock: Clock) -> None:
    hub = scene.hub("Hub", Mint())
    token = Mint().token(clock())

    found = at_once(16, lambda: scene.identify(token))

    assert {asker.marketplace_id for asker in found} == {hub.id}
    assert scene.hubs.keys_asked == ["Hub"]


def test_while_one_thread_renews_old_keys_the_others_go_on_with_them(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publicist.core.queries.issuers.PATIENCE", 60)
    scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    clock.move(hours=2)
    token = Mint().token(clock())
    scene.hubs.gate.clear()

    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(scene.identify, token)
        while len(scene.hubs.keys_asked) < 2:
            assert not renewing.done()
        assert scene.identify(token).subject == "7"
        assert not renewing.done()
        scene.hubs.gate.set()
        assert renewing.result(10).subject == "7"


@pytest.mark.parametrize("error", [MarketplaceUnavailable("down"), AuthenticationFailed("refused")])
def test_a_marketplace_that_is_down_does_not_stop_what_can_be_verified_here(
    scene: Scene, clock: Clock, error: MarketplaceError
) -> None:
    scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    scene.hubs.down.add("Hub")
    scene.hubs.error = error

    clock.move(days=3)

    assert scene.identify(Mint().token(clock())).subject == "7"
    assert scene.new_process().identify(Mint().token(clock())).subject == "7"


def test_keys_that_another_process_has_just_read_are_not_read_again(scene: Scene, clock: Clock) -> None:
    scene.hub("Hub", Mint())
    other = scene.new_process()
    scene.identify(Mint().token(clock()))
    clock.move(minutes=10)
    scene.hubs.mints["Hub"] = Mint("second", "hub-key-2")
    other.identify(Mint("second", "hub-key-2").token(clock()))
    assert scene.hubs.keys_asked == ["Hub"] * 2

    assert scene.identify(Mint("second", "hub-key-2").token(clock())).subject == "7"
    assert scene.hubs.keys_asked == ["Hub"] * 2


def test_what_is_kept_is_sealed_in_the_store(scene: Scene, clock: Clock, tmp_path: Path) -> None:
    hub = scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))

    with scene.services.store.session():
        note = scene.services.store.marketplaces.recall(hub.id, "core/token_issuer") or ""
    assert "hub-key-1" in note
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(b"hub-key-1" in path.read_bytes() for path in files)


def test_keys_of_a_former_address_prove_nothing(scene: Scene, clock: Clock) -> None:
    hub = scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    with scene.services.store.write():
        scene.services.store.marketplaces.save(replace(hub, url="http://moved.example"), only=["url"])
    scene.hubs.mints["Hub"] = Mint("second")

    assert scene.reason(Mint().token(clock())) == "invalid_signature"
    assert scene.identify(Mint("second").token(clock())).subject == "7"


def test_of_marketplaces_that_share_an_issuer_each_token_finds_its_own(scene: Scene, clock: Clock) -> None:
    mints = {"First": Mint(), "Second": Mint("second"), "Third": Mint(audience="grace")}
    for name, mint in mints.items():
        scene.hub(name, mint)

    for name, mint in mints.items():
        assert scene.identify(mint.token(clock())).marketplace_name == name


def test_a_token_of_a_marketplace_that_lists_only_another_endpoint_is_refused(scene: Scene, clock: Clock) -> None:
    other = add_endpoint(scene.services, slug="other-qa", name="Other")
    scene.hub("Here", Mint())
    scene.hub("Elsewhere", Mint("second"), endpoint=other)
    token = Mint("second").token(clock())

    assert scene.askers.identify(other, token, need_email=False).marketplace_name == "Elsewhere"
    assert scene.reason(token) == "not_published_there"
    with pytest.raises(NotAuthenticated):
        scene.askers.identify(other, Mint().token(clock()), need_email=False)


@pytest.mark.parametrize(
    "changed", [{"wanted": "absent"}, {"remote_id": None}, {"wanted": "absent", "remote_id": None}]
)
def test_an_unpublish_ends_the_tokens_of_that_marketplace_at_once(
    scene: Scene, clock: Clock, changed: dict[str, Any]
) -> None:
    left, kept = scene.hub("Left", Mint()), scene.hub("Kept", Mint("second"))
    scene.hubs.people = {"Left": PERSON}
    token = Mint().token(clock())
    assert scene.identify(token, need_email=True).marketplace_id == left.id

    scene.change_row(left, **changed)

    assert scene.reason(token) == scene.reason(token, need_email=True) == "not_published_there"
    assert scene.identify(Mint("second").token(clock())).marketplace_id == kept.id
    scene.change_row(left, wanted="listed", remote_id="5")
    assert scene.identify(token).marketplace_id == left.id


def test_tokens_of_a_disabled_marketplace_do_not_count_until_it_is_used_again(scene: Scene, clock: Clock) -> None:
    hub = scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    scene.services.marketplaces.disable(hub.id)
    assert scene.reason(Mint().token(clock())) == "not_published_there"


def test_an_endpoint_listed_nowhere_takes_no_token(scene: Scene, clock: Clock) -> None:
    assert scene.reason(Mint().token(clock())) == "invalid_issuer"


def test_a_marketplace_whose_kind_has_no_tokens_is_not_asked_for_keys(scene: Scene, clock: Clock) -> None:
    catalogue = add_marketplace(scene.services, "Catalogue", "http://catalogue.example", test=False)
    scene.list_on(catalogue, scene.endpoint)

    assert scene.reason(Mint().token(clock())) == "invalid_issuer"
    assert scene.hubs.keys_asked == []


def test_a_removed_marketplace_vouches_for_nobody(scene: Scene, clock: Clock) -> None:
    hub = scene.hub("Hub", Mint())
    scene.identify(Mint().token(clock()))
    with scene.services.store.write():
        scene.services.marketplaces.forget(hub)
    assert scene.reason(Mint().token(clock())) == "invalid_issuer"


def test_a_marketplace_that_is_silent_and_may_vouch_makes_it_unclear_not_wrong(scene: Scene, clock: Clock) -> None:
    scene.hub("Up", Mint())
    scene.hub("Down", Mint("second"))
    scene.hubs.down.add("Down")

    assert scene.identify(Mint().token(clock())).marketplace_name == "Up"
    with pytest.raises(MarketplaceUnavailable):
        scene.identify(Mint("second").token(clock()))


def test_the_e_mail_is_asked_for_once_in_the_tokens_life(scene: Scene, clock: Clock) -> None:
    hub = scene.hub("Hub", Mint())
    scene.hubs.people = {"Hub": PERSON}
    token = Mint().token(clock())

    first = scene.identify(token, need_email=True)
    clock.move(seconds=59)
    assert scene.identify(token, need_email=True) == first
    assert (first.email, first.username, first.marketplace_id) == ("ada@example.org", "ada", hub.id)
    assert scene.hubs.people_asked == ["Hub"]

    clock.move(seconds=1)
    scene.identify(token, need_email=True)
    scene.identify(Mint().token(clock()), need_email=True)
    assert scene.hubs.people_asked == ["Hub"] * 3


def test_many_queries_with_one_token_ask_for_the_e_mail_once(scene: Scene, clock: Clock) -> None:
    scene.hub("Hub", Mint())
    scene.hubs.people = {"Hub": PERSON}
    token = Mint().token(clock())
    scene.identify(token)

    found = at_once(16, lambda: scene.identify(token, need_email=True).email)

    assert found == ["ada@example.org"] * 16
    assert scene.hubs.people_asked == ["Hub"]


@pytest.mark.parametrize(
    "told",
    [None, replace(PERSON, subject="8"), replace(PERSON, email=""), replace(PERSON, guest=True)],
    ids=["nobody", "somebody else", "no e-mail", "a guest"],
)
def test_a_token_for_which_the_marketplace_does_not_vouch_is_refused(
    scene: Scene, clock: Clock, told: Asker | None
) -> None:
    scene.hub("Hub", Mint())
    scene.hubs.people = {"Hub": told}
    token = Mint().token(clock())

    assert [scene.reason(token, need_email=True) for _ in range(3)] == ["not_vouched_for"] * 3
    assert scene.hubs.people_asked == ["Hub"]


@pytest.mark.parametrize(
    ("error", "retry_after"), [(MarketplaceUnavailable("x", retry_after=7), 7), (AuthenticationFailed("secret"), 30)]
)
def test_without_its_marketplace_nobodys_e_mail_is_known(
    scene: Scene, clock: Clock, error: MarketplaceError, retry_after: float
) -> None:
    scene.hub("Hub", Mint())
    token = Mint().token(clock())
    scene.identify(token)
    scene.hubs.down.add("Hub")
    scene.hubs.error = error

    with pytest.raises(MarketplaceUnavailable) as caught:
        scene.identify(token, need_email=True)

    assert caught.value.retry_after == retry_after
    assert "secret" not in caught.value.message
    scene.hubs.down.clear()
    scene.hubs.people = {"Hub": PERSON}
    assert scene.identify(token, need_email=True).email == "ada@example.org"


def test_what_is_kept_of_people_is_bounded(scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publicist.core.queries.vouchers.MOST", 2)
    scene.hub("Hub", Mint())
    scene.hubs.people = {"Hub": PERSON}
    tokens = [Mint().token(clock(), pad=number) for number in range(3)]

    for token in (*tokens, tokens[2], tokens[1], tokens[0]):
        scene.identify(token, need_email=True)

    assert len(scene.hubs.people_asked) == 4


def test_the_space_takes_up_what_it_knew_before_a_restart(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as services:
        hubs = Hubs()
        scene = Scene(services, clock, hubs, add_endpoint(services), askers(services, hubs, clock))
        scene.hub("Hub", Mint(keys={"keys": [jwk(signing_key("first"), "hub-key-1")]}))
        scene.identify(Mint().token(clock()))
    hubs.down.add("Hub")
    clock.move(days=1)
    with opened(tmp_path, clock) as services:
        restarted = Scene(services, clock, hubs, scene.endpoint, askers(services, hubs, clock))
        assert restarted.identify(Mint().token(clock())).subject == "7"


def test_a_person_whose_names_are_no_texts_is_nobodys(scene: Scene, clock: Clock) -> None:
    mint = Mint()
    scene.hub("Hub", mint)
    scene.hubs.people["Hub"] = replace(PERSON, email=7)

    with pytest.raises(MarketplaceUnavailable):
        scene.identify(mint.token(clock()), need_email=True)


def test_nobody_waits_for_a_marketplace_that_did_not_issue_their_token(scene: Scene, clock: Clock) -> None:
    mint = Mint()
    scene.hub("Hub", mint)
    scene.hub("Away", Mint())
    scene.hubs.down.add("Away")
    scene.identify(mint.token(clock()))
    asked = sorted(scene.hubs.keys_asked)

    for _ in range(3):
        clock.move(minutes=1)
        assert scene.identify(mint.token(clock())).marketplace_name == "Hub"

    assert asked == ["Away", "Hub"]
    assert sorted(scene.hubs.keys_asked) == asked


def test_keys_that_cannot_be_stored_are_believed_all_the_same(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    mint = Mint()
    scene.hub("Hub", mint)
    monkeypatch.setattr(scene.services.store.marketplaces, "keep", full)

    assert scene.identify(mint.token(clock())).marketplace_name == "Hub"
    assert scene.identify(mint.token(clock())).marketplace_name == "Hub"
