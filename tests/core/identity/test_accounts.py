"""People, their passwords, how signing in is slowed down, and how long a session lasts."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from publicist.core.errors import Conflict, InvalidInput, NotAllowed
from publicist.core.identity.accounts import MOST_WAITING, Accounts
from publicist.core.identity.passwords import Passwords
from publicist.core.identity.throttle import Throttle, TooManyTries, wait
from publicist.core.records import Visitor
from publicist.core.schemas import load_token, load_user
from publicist.core.secrets import Secret
from publicist.core.services import Services

from ...clock import START, Clock
from ...spaces import opened

GOOD = Secret("tides and library cards")
BAD = Secret("not this one at all")
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def cheap(rounds: int = 1) -> Passwords:
    return Passwords(PasswordHasher(time_cost=rounds, memory_cost=8, parallelism=1))


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with opened(tmp_path, clock) as running:
        yield running


@pytest.fixture
def accounts(services: Services, clock: Clock) -> Accounts:
    return Accounts(services.store, cheap(), Throttle(services.store, clock), clock)


def add(accounts: Accounts, name: str = "Ada", role: str = "owner") -> str:
    return accounts.add(load_user({"name": name, "role": role}), GOOD).id


def fail(accounts: Accounts, times: int, name: str = "Ada", address: str = ELSEWHERE) -> None:
    for _ in range(times):
        with pytest.raises(NotAllowed):
            accounts.check(name, BAD, address)


def actions(services: Services) -> list[str]:
    return [event.action for event in services.trail.page(subject="user").items]


@pytest.mark.parametrize("name", ["Ada", "ada", " ADA ", "\uff21da"])
def test_a_name_is_the_same_in_any_case(accounts: Accounts, name: str) -> None:
    add(accounts)

    assert accounts.check(name, GOOD, HOME).name == "Ada"
    with pytest.raises(InvalidInput, match="already"):
        add(accounts, name)


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("Ada", "eleven char", "at least 12"),
        ("Ada", "x" * 1025, "at most 1024"),
        ("the name itself", "The Name Itself", "not be the name"),
        ("", "tides and library cards", "nothing visible"),
        ("a" * 61, "tides and library cards", "at most 60"),
    ],
)
def test_what_does_not_do_is_told(accounts: Accounts, name: str, password: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        accounts.add(load_user({"name": name, "role": "owner"}), Secret(password))
    assert accounts.all() == []


def test_an_unknown_name_is_refused_in_the_same_words_as_a_wrong_password(accounts: Accounts) -> None:
    add(accounts)
    told = []
    for name in ("Ada", "Nobody"):
        for _ in range(7):
            with pytest.raises(NotAllowed) as refused:
                accounts.check(name, BAD, name)
            told.append(refused.value.message)

    assert told[:7] == told[7:]
    assert "Signing in failed too often" in told[-1]


def test_a_password_is_kept_as_an_argon2_hash_and_hashed_anew_when_the_parameters_change(
    services: Services, accounts: Accounts, clock: Clock
) -> None:
    user_id = add(accounts)
    with services.store.session():
        before = services.store.accounts.password(user_id)
    Accounts(services.store, cheap(2), Throttle(services.store, clock), clock).check("Ada", GOOD, HOME)
    with services.store.session():
        after = services.store.accounts.password(user_id)

    assert before
    assert after
    assert before.startswith("$argon2id$")
    assert "t=1," in before
    assert "t=2," in after
    assert accounts.check("Ada", GOOD, HOME).id == user_id


def test_no_password_gets_into_the_events(services: Services, accounts: Accounts) -> None:
    user_id = add(accounts)
    accounts.check("Ada", GOOD, HOME)
    accounts.set_password(user_id, Secret("another one entirely"))

    assert actions(services) == ["user.password", "user.signed_in", "user.created"]
    assert "tides" not in str(services.trail.page().items)


@pytest.mark.parametrize(
    ("fails", "seconds", "expected"),
    [(0, 0, 0), (4, 0, 0), (5, 0, 1), (6, 0, 2), (8, 3, 5), (11, 0, 60), (500, 0, 60), (500, 60, 0), (500, 3601, 0)],
)
def test_the_wait_doubles_up_to_a_minute(fails: int, seconds: float, expected: float) -> None:
    now = START + timedelta(seconds=seconds)

    assert max(0.0, wait(fails, START, 5, now)) == expected


def test_failures_under_a_name_make_the_next_try_wait_and_a_good_one_ends_it(accounts: Accounts, clock: Clock) -> None:
    add(accounts)
    fail(accounts, 5)
    for _ in range(3):
        with pytest.raises(TooManyTries) as refused:
            accounts.check("Ada", GOOD, HOME)
        assert refused.value.seconds == 1

    clock.move(seconds=1)

    assert accounts.check("Ada", GOOD, HOME).name == "Ada"
    fail(accounts, 5)


def test_a_stranger_who_guesses_keeps_nobody_out_where_they_signed_in_before(accounts: Accounts, clock: Clock) -> None:
    add(accounts)
    accounts.check("Ada", GOOD, HOME)
    for _ in range(12):
        fail(accounts, 1)
        clock.move(seconds=60)
    fail(accounts, 1)

    with pytest.raises(TooManyTries):
        accounts.check("Ada", GOOD, ELSEWHERE)
    assert accounts.check("Ada", GOOD, HOME).name == "Ada"


@pytest.mark.parametrize("address", [HOME, ""])
def test_a_stranger_at_the_same_address_keeps_nobody_out_of_a_browser_that_they_signed_in_with(
    accounts: Accounts, clock: Clock, address: str
) -> None:
    """Behind a proxy that is not trusted to say for whom it asks, all visitors have one address, or none."""
    accounts.recognise(accounts.get(add(accounts)), "mark")
    for _ in range(30):
        with pytest.raises(NotAllowed):
            accounts.check("Ada", BAD, address)
        clock.move(seconds=2)

    with pytest.raises(TooManyTries):
        accounts.check("Ada", GOOD, address, "another")
    assert accounts.check("Ada", GOOD, address, "mark").name == "Ada"


def test_failures_in_a_known_browser_count_for_that_browser_alone(accounts: Accounts, clock: Clock) -> None:
    accounts.recognise(accounts.get(add(accounts)), "mark")
    for _ in range(5):
        with pytest.raises(NotAllowed):
            accounts.check("Ada", BAD, HOME, "mark")

    with pytest.raises(TooManyTries):
        accounts.check("Ada", GOOD, HOME, "mark")
    assert accounts.check("Ada", GOOD, HOME).name == "Ada"
    clock.move(seconds=1)
    assert accounts.check("Ada", GOOD, HOME, "mark").name == "Ada"
    fail(accounts, 5)


def test_without_an_address_failures_under_one_name_slow_nobody_else_down(accounts: Accounts) -> None:
    add(accounts)
    for number in range(30):
        fail(accounts, 1, f"name-{number}", "")

    assert accounts.check("Ada", GOOD, "").name == "Ada"


def test_what_was_guessed_is_forgotten_and_who_is_known_is_not(services: Services, clock: Clock) -> None:
    def accounts() -> Accounts:
        return Accounts(services.store, cheap(), Throttle(services.store, clock), clock)

    accounts().recognise(accounts().get(add(accounts())), "mark")
    fail(accounts(), 5)
    for number in range(20):
        fail(accounts(), 1, f"name-{number}", "")
    clock.move(hours=2)
    fail(accounts(), 1, "the last", "")

    with services.store.session():
        kept = services.store._connections.database.execute_sql("SELECT count(*) FROM sign_in_try").fetchone()
    assert kept == (2,)


def test_who_signs_in_while_many_do_is_asked_to_come_again(services: Services, clock: Clock) -> None:
    """Comparing takes long by intent: it must not take every thread of a server."""
    begun, go_on = threading.Semaphore(0), threading.Event()

    class Slow(Passwords):
        def fits(self, hashed: str | None, password: Secret) -> bool:
            begun.release()
            return go_on.wait(30) and super().fits(hashed, password)

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(services.store, Slow(hasher), Throttle(services.store, clock), clock)
    add(accounts)
    with ThreadPoolExecutor(MOST_WAITING) as pool:
        waiting = [pool.submit(fail, accounts, 1, f"name-{number}") for number in range(MOST_WAITING)]
        for _ in waiting:
            assert begun.acquire(timeout=30)
        with pytest.raises(TooManyTries, match="at this moment"):
            accounts.check("Ada", GOOD, HOME)
        go_on.set()
        for one in waiting:
            one.result()

    assert accounts.check("Ada", GOOD, HOME).name == "Ada"


@pytest.mark.parametrize(("first", "second"), [(HOME, HOME), ("2001:db8::1", "2001:db8::ffff")])
def test_failures_from_an_address_count_whatever_the_name(accounts: Accounts, first: str, second: str) -> None:
    add(accounts)
    for number in range(20):
        fail(accounts, 1, f"name-{number}", first)

    with pytest.raises(TooManyTries):
        accounts.check("Ada", GOOD, second)
    assert accounts.check("Ada", GOOD, ELSEWHERE).name == "Ada"


def test_signing_in_as_oneself_does_not_pay_for_guesses_from_the_same_address(accounts: Accounts) -> None:
    add(accounts)
    add(accounts, "Eve", "viewer")
    for number in range(20):
        fail(accounts, 1, f"name-{number}", HOME)
        if number < 19:
            accounts.check("Eve", GOOD, HOME)

    with pytest.raises(TooManyTries):
        accounts.check("Eve", GOOD, HOME)


def test_all_processes_count_together(services: Services, accounts: Accounts, clock: Clock) -> None:
    add(accounts)
    fail(accounts, 5)

    with pytest.raises(TooManyTries):
        Accounts(services.store, cheap(), Throttle(services.store, clock), clock).check("Ada", GOOD, HOME)


def test_the_last_owner_stays_an_owner(accounts: Accounts) -> None:
    ada, grace = add(accounts), add(accounts, "Grace", "publisher")
    with pytest.raises(Conflict, match="last owner"):
        accounts.remove(ada)
    with pytest.raises(Conflict, match="last owner"):
        accounts.change_role(ada, "viewer")
    accounts.change_role(grace, "owner")
    accounts.change_role(ada, "viewer")
    accounts.remove(ada)

    assert [(one.name, one.role) for one in accounts.all()] == [("Grace", "owner")]


def test_a_session_lasts_for_12_hours_after_it_was_used_and_30_days_at_most(
    services: Services, accounts: Accounts, clock: Clock
) -> None:
    add(accounts)
    key = services.web_sessions.begin(accounts.all()[0], "Firefox on Linux").reveal()
    for _ in range(60):
        clock.move(hours=12)
        assert services.web_sessions.visitor(key)
    clock.move(hours=11)
    assert services.web_sessions.visitor(key) is None

    idle = services.web_sessions.begin(accounts.all()[0], "Firefox on Linux").reveal()
    clock.move(hours=12, seconds=1)
    assert services.web_sessions.visitor(idle) is None


def test_a_session_of_a_token_has_its_scopes_and_ends_with_it(services: Services) -> None:
    token, _ = services.tokens.create(load_token({"name": "laptop", "scopes": ["publish"]}, services.clock()))
    key = services.web_sessions.begin_with_token(token, "curl").reveal()
    seen = services.web_sessions.visitor(key)

    assert isinstance(seen, Visitor)
    assert (seen.name, seen.role, seen.kind, seen.id) == ("laptop", "publisher", "token", token.id)
    services.tokens.revoke(token.id)
    assert services.web_sessions.visitor(key) is None


def test_no_key_opens_a_session_that_is_not_there(services: Services) -> None:
    assert [services.web_sessions.visitor(key) for key in ("", "x", "\ud800", "0" * 43)] == [None] * 4
