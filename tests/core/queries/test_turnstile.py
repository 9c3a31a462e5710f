"""How much strangers may leave here."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from publicist.core.queries.turnstile import Turnstile


def test_so_many_come_through_from_one_address_and_the_next_is_told_how_long_to_wait() -> None:
    turnstile = Turnstile(from_one="2/hour", from_all="100/hour")
    assert [turnstile.enter("192.0.2.1") for _ in range(2)] == [0.0, 0.0]
    assert 3500 < turnstile.enter("192.0.2.1") <= 3600
    assert turnstile.enter("192.0.2.2") == 0.0


def test_one_that_is_held_up_uses_nothing_up_for_the_others() -> None:
    turnstile = Turnstile(from_one="1/hour", from_all="2/hour")
    assert turnstile.enter("192.0.2.1") == 0.0
    assert all(turnstile.enter("192.0.2.1") > 0 for _ in range(5))
    assert turnstile.enter("192.0.2.2") == 0.0
    assert turnstile.enter("192.0.2.3") > 0


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "", True),
        ("unix:", "192.0.2.1", False),
    ],
)
def test_a_host_is_one_however_many_addresses_it_has(first: str, second: str, same: bool) -> None:
    turnstile = Turnstile(from_one="1/hour")
    assert turnstile.enter(first) == 0.0
    assert (turnstile.enter(second) > 0) is same


def test_of_many_at_once_exactly_so_many_come_through() -> None:
    turnstile = Turnstile(from_one="5/hour", from_all="100/hour")
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: turnstile.enter("192.0.2.1"), range(64)))
    assert waits.count(0.0) == 5


def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_longer() -> None:
    now = [1_000_000.0]
    turnstile = Turnstile("1/10 minutes", now=lambda: now[0])
    assert turnstile.enter("192.0.2.1") == 0

    now[0] -= 86_400
    assert turnstile.enter("192.0.2.1") <= 600
    now[0] += 601
    assert turnstile.enter("192.0.2.1") == 0
