"""Accounts on both databases: names in any case, links that are used once, and an owner that is left."""

import threading
from pathlib import Path

from argon2 import PasswordHasher
from publicist.core.errors import PublicistError
from publicist.core.identity.accounts import Accounts
from publicist.core.identity.invitations import Invitations
from publicist.core.identity.passwords import Passwords
from publicist.core.identity.throttle import Throttle
from publicist.core.records import User
from publicist.core.schemas import load_user
from publicist.core.secrets import Secret, SecretBox
from publicist.core.settings import Settings
from publicist.core.store import Store, open_store

from ...clock import START, Clock

PASSWORD = Secret("tides and library cards")


def parts(store: Store) -> tuple[Accounts, Invitations]:
    clock, hasher = Clock(), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(store, Passwords(hasher), Throttle(store, clock), clock)
    return accounts, Invitations(store, accounts, clock)


def test_a_user_is_found_by_name_in_any_case(store: Store) -> None:
    user = User("1", "Ádá", "owner", START)
    with store.write():
        assert store.accounts.add(user, "hash")
        assert not store.accounts.add(User("2", "áDÁ", "viewer", START), "hash")

    assert store.accounts.by_name("ÁDÁ") == user
    assert store.accounts.any()


def test_a_link_that_many_open_at_once_makes_one_account(database: Settings, box: SecretBox) -> None:
    store = open_store(database, box)
    accounts, invitations = parts(store)
    code, refused = invitations.open_setup().reveal(), []

    def accept(name: str) -> None:
        try:
            invitations.accept(code, name, PASSWORD)
        except PublicistError as error:
            refused.append(error)

    crowd = [threading.Thread(target=accept, args=(f"name-{number}",)) for number in range(5)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert len(accounts.all()) == 1
    assert len(refused) == 4


def test_two_owners_who_step_down_at_once_leave_one(database: Settings, box: SecretBox) -> None:
    store = open_store(database, box)
    accounts, _ = parts(store)
    owners = [accounts.add(load_user({"name": name, "role": "owner"}), PASSWORD).id for name in ("Ada", "Grace")]
    refused = []

    def step_down(user_id: str) -> None:
        try:
            accounts.change_role(user_id, "viewer")
        except PublicistError as error:
            refused.append(error)

    both = [threading.Thread(target=step_down, args=(user_id,)) for user_id in owners]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(user.role for user in accounts.all()) == ["owner", "viewer"]
    assert len(refused) == 1


def test_what_is_kept_of_a_link_and_of_a_key_does_not_open_anything(tmp_path: Path, box: SecretBox) -> None:
    from publicist.core.store.database import SQLITE_FILE

    store = open_store(Settings(data_dir=tmp_path), box)
    _, invitations = parts(store)
    code = invitations.open_setup().reveal()

    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{SQLITE_FILE}*"))
    assert code.encode() not in kept
