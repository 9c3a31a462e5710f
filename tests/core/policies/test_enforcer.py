"""Policies at work: what is decided in which order, what is used up, and what is charged."""

import math
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from types import ModuleType
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, NotAuthenticated, TransientError
from publicist.core.policies.enforcer import Admission
from publicist.core.records import Asker, Decision, Endpoint, Policy
from publicist.core.services import Services

from ...clock import Clock
from ...redis_server import RedisServer
from ...spaces import add_marketplace, opened
from ..asking import ANN, BOB, NOBODY, OWNER, VISITOR, endpoint_with, policy, query
from ..till import install_till

LIMIT_2 = policy("rate_limit", "two", limit="2/h")
CLOSED = policy("access", "closed", denied_users=["*"])
PAID = policy("accounting", "paid", price="0.5", require_payment=True)
TRACKED = policy("accounting", "tracked", price="0.1", unit="document")
WORKER = Path(__file__).parent / "enforcer_process.py"


def quota(how: str) -> Policy:
    return policy("quota", "own", how=how)


@pytest.fixture
def space(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A space with the plugin `till`."""
    install_till(tmp_path / "plugin", monkeypatch)
    with opened(tmp_path / "space", clock, PUBLICIST_PLUGINS="till") as services:
        yield services


@pytest.fixture
def till(space: Services) -> ModuleType:
    return sys.modules["till"]


@pytest.fixture
def payer(space: Services) -> Asker:
    marketplace = add_marketplace(space, "Till", "http://127.0.0.1:9", "till")
    return Asker(marketplace.id, "Till", "ann-id", email="ann@uni.example")


def admit(
    services: Services,
    endpoint: Endpoint,
    asker: Asker = ANN,
    *,
    body: str = "b",
    correlation_id: str = "",
    payment: str | None = None,
    uncounted: bool = False,
) -> Admission:
    asked = query(correlation_id=correlation_id)
    return services.enforcer.admit(endpoint, asker, asked, body_digest=body, payment=payment, uncounted=uncounted)


def outcomes(services: Services, endpoint: Endpoint, times: int, **options: Any) -> list[str]:
    return [admit(services, endpoint, **options).decision.outcome for _ in range(times)]


def test_without_policies_everyone_a_marketplace_vouches_for_gets_through(services: Services) -> None:
    admission = admit(services, endpoint_with())
    assert admission.decision.allowed
    assert admission.settle(3) == (Decimal(0), "")


@pytest.mark.parametrize(
    ("policies", "outcome", "decides"),
    [
        ((PAID, quota("access_denied"), LIMIT_2, CLOSED), "access_denied", "closed"),
        ((PAID, quota("access_denied"), LIMIT_2), "rate_limited", "two"),
        ((PAID, quota("access_denied")), "access_denied", "own"),
        ((PAID, quota("allowed")), "payment_required", "paid"),
        ((policy("access", "a"), policy("access", "b", denied_users=["*"])), "access_denied", "b"),
        ((policy("access", "a"), policy("access", "b")), "allowed", ""),
    ],
)
def test_the_first_rule_that_refuses_decides(
    space: Services, policies: tuple[Policy, ...], outcome: str, decides: str
) -> None:
    outcomes(space, endpoint_with(LIMIT_2), 2)
    decision = admit(space, endpoint_with(*policies)).decision
    assert (decision.outcome, decision.policy) == (outcome, decides)


def test_the_third_query_is_refused_until_there_is_room_again(services: Services, clock: Clock) -> None:
    endpoint = endpoint_with(policy("rate_limit", limit="2/m"))
    assert outcomes(services, endpoint, 2) == ["allowed", "allowed"]
    decision = admit(services, endpoint).decision
    assert (decision.outcome, decision.retry_after) == ("rate_limited", 60)
    assert admit(services, endpoint, BOB).decision.allowed
    clock.move(seconds=60)
    assert outcomes(services, endpoint, 3) == ["allowed", "allowed", "rate_limited"]


@pytest.mark.parametrize("refusing", [CLOSED, PAID, quota("policy_violation")])
def test_a_query_that_another_rule_refuses_uses_up_no_limit(space: Services, refusing: Policy) -> None:
    for _ in range(5):
        assert not admit(space, endpoint_with(LIMIT_2, refusing)).decision.allowed
    assert outcomes(space, endpoint_with(LIMIT_2), 3) == ["allowed", "allowed", "rate_limited"]


def test_of_parallel_queries_exactly_the_limit_gets_through(services: Services) -> None:
    endpoint = endpoint_with(policy("rate_limit", limit="7/h; 100/d"), TRACKED)
    start = Barrier(16)

    def ask(number: int) -> tuple[bool, Decimal]:
        start.wait(10)
        admission = admit(services, endpoint, body=str(number), correlation_id=str(number))
        return admission.decision.allowed, admission.settle(2)[0]

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(ask, range(16)))
    assert sum(allowed for allowed, _ in found) == 7
    assert sum(cost for _, cost in found) == Decimal("1.4")


@dataclass(frozen=True)
class Workers:
    """Four processes, each with a space of its own, that share a Redis."""

    processes: list["subprocess.Popen[str]"]

    def ask(self, limit: str, each: int, names: str) -> list[tuple[int, Decimal]]:
        """Have all ask at once; return how many queries of each got through, and what they cost."""
        for process, name in zip(self.processes, names, strict=True):
            assert process.stdin
            process.stdin.write(f"{limit} {each} {name}\n")
            process.stdin.flush()
        said = [self.line(process).split() for process in self.processes]
        return [(int(through), Decimal(cost)) for through, cost in said]

    @staticmethod
    def line(process: "subprocess.Popen[str]") -> str:
        assert process.stdout
        return process.stdout.readline()


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    folder = tmp_path_factory.mktemp("workers")
    server = RedisServer.on_a_free_port(folder)
    commands = [[sys.executable, WORKER, folder / f"space{number}", server.url] for number in range(4)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = Workers([subprocess.Popen(command, **pipes) for command in commands])
    try:
        assert [running.line(process) for process in running.processes] == ["ready\n"] * 4
        yield running
    finally:
        for process in running.processes:
            process.communicate(timeout=20)
        server.stop()


def test_four_processes_let_exactly_the_limit_through(workers: Workers) -> None:
    found = workers.ask("101/h;150/d", 80, "abcd")
    assert sum(through for through, _ in found) == 101
    assert sum(cost for _, cost in found) == 101


def test_a_query_that_comes_to_four_processes_is_charged_once(workers: Workers) -> None:
    found = workers.ask("1000/h", 40, "aaaa")
    assert sum(through for through, _ in found) == 160
    assert sum(cost for _, cost in found) == 40


def test_a_repeated_query_is_neither_limited_nor_charged_again(services: Services, clock: Clock) -> None:
    endpoint = endpoint_with(LIMIT_2, TRACKED)
    first = admit(services, endpoint, correlation_id="c")
    assert not first.repeat
    assert first.settle(3) == (Decimal("0.3"), "USD")
    for _ in range(3):
        again = admit(services, endpoint, correlation_id="c")
        assert again.decision.allowed
        assert again.repeat
        assert again.settle(3) == (Decimal(0), "USD")
        assert again.repeat
    clock.move(seconds=60)
    later = admit(services, endpoint, correlation_id="c")
    assert not later.repeat
    assert later.settle(3)[0] == Decimal("0.3")
    assert outcomes(services, endpoint, 1) == ["rate_limited"]


@pytest.mark.parametrize(
    "other",
    [
        {"body": "another"},
        {"correlation_id": "another"},
        {"correlation_id": ""},
        {"asker": BOB},
        {"endpoint": endpoint_with(TRACKED, LIMIT_2, id="other")},
    ],
)
def test_a_query_that_differs_is_no_repeat(services: Services, other: dict[str, Any]) -> None:
    asked = {"endpoint": endpoint_with(LIMIT_2, TRACKED), "correlation_id": "c"}
    admit(services, **asked).settle(1)
    admission = admit(services, **(asked | other))
    assert not admission.repeat
    assert admission.settle(1)[0] == Decimal("0.1")
    assert not admission.repeat


def test_a_query_without_a_correlation_id_counts_each_time(services: Services) -> None:
    endpoint = endpoint_with(LIMIT_2, TRACKED)
    assert [admit(services, endpoint).settle(1)[0] for _ in range(2)] == [Decimal("0.1")] * 2
    assert outcomes(services, endpoint, 1) == ["rate_limited"]


def test_a_refused_query_is_not_repeated_into_the_endpoint(services: Services) -> None:
    endpoint = endpoint_with(policy("rate_limit", limit="1/h"))
    admit(services, endpoint)
    assert outcomes(services, endpoint, 3, correlation_id="c") == ["rate_limited"] * 3


def test_what_was_admitted_is_refused_once_access_is_taken_away(services: Services) -> None:
    assert admit(services, endpoint_with(LIMIT_2), correlation_id="c").decision.allowed
    assert not admit(services, endpoint_with(LIMIT_2, CLOSED), correlation_id="c").decision.allowed


def test_the_answer_that_arrives_is_charged_whichever_query_got_it(services: Services) -> None:
    endpoint = endpoint_with(LIMIT_2, TRACKED)
    failed = admit(services, endpoint, correlation_id="c")
    retry = admit(services, endpoint, correlation_id="c")
    assert retry.repeat
    assert retry.settle(2) == (Decimal("0.2"), "USD")
    assert not retry.repeat
    assert failed.settle(2) == (Decimal(0), "USD")
    assert failed.repeat


def test_settling_twice_gives_the_same(services: Services) -> None:
    admission = admit(services, endpoint_with(TRACKED), correlation_id="c")
    assert admission.settle(2) == admission.settle(2) == (Decimal("0.2"), "USD")
    assert not admission.repeat


def test_a_payment_is_asked_for_taken_once_and_not_again_for_a_repeat(
    space: Services, payer: Asker, till: ModuleType
) -> None:
    endpoint = endpoint_with(PAID, LIMIT_2)
    asked: dict[str, Any] = {"endpoint": endpoint, "asker": payer, "correlation_id": "c"}
    decision = admit(space, **asked).decision
    assert (decision.outcome, decision.owed, decision.currency) == ("payment_required", Decimal("0.5"), "USD")
    paid = admit(space, **asked, payment="paid-1")
    assert paid.decision.allowed
    assert not paid.repeat
    assert paid.settle(0) == (Decimal("0.5"), "USD")
    assert admit(space, **asked, payment="paid-1").repeat
    assert len(till.seen) == 1
    payment, key = till.seen[0]
    assert (payment.proof, payment.amount, payment.currency) == ("paid-1", Decimal("0.5"), "USD")
    assert key
    spent = admit(space, **(asked | {"correlation_id": "d"}), payment="paid-1").decision
    assert spent.outcome == "payment_required"
    assert spent.message.startswith("This payment is spent.")


@pytest.mark.parametrize(
    ("proof", "why"),
    [("forged", "The payment does not hold."), ("rejected", "The payment was refused."), ("x" * 20_000, "too long")],
)
def test_a_payment_that_does_not_hold_is_counted_and_refused(
    space: Services, payer: Asker, proof: str, why: str
) -> None:
    endpoint = endpoint_with(PAID, LIMIT_2)
    for _ in range(2):
        decision = admit(space, endpoint, payer, payment=proof, correlation_id="c").decision
        assert decision.outcome == "payment_required"
        assert why in decision.message
        assert "inside" not in decision.message
    assert admit(space, endpoint, payer, payment="paid-9").decision.outcome == "rate_limited"


@pytest.mark.parametrize("proof", ["down", "nonsense"])
def test_a_payment_that_cannot_be_verified_now_lets_nobody_through(space: Services, payer: Asker, proof: str) -> None:
    with pytest.raises(MarketplaceUnavailable) as caught:
        admit(space, endpoint_with(PAID), payer, payment=proof)
    assert "inside" not in caught.value.message


def test_where_no_marketplace_verifies_payments_that_is_said(services: Services) -> None:
    endpoint = endpoint_with(PAID, policy("access", allow_guests=True))
    marketplace = add_marketplace(services, "Shelf", "http://127.0.0.1:9", "custom")
    for asker in (replace(ANN, marketplace_id=marketplace.id), replace(ANN, marketplace_id="gone"), NOBODY):
        decision = admit(services, endpoint, asker, payment="paid").decision
        assert decision.outcome == "payment_required"
        assert decision.message.startswith("A payment cannot be verified here")


def test_per_document_the_most_is_owed_and_what_was_given_is_charged(space: Services, payer: Asker) -> None:
    endpoint = endpoint_with(policy("accounting", price="0.1", unit="document", require_payment=True))
    assert admit(space, endpoint, payer).decision.owed == Decimal("0.5")
    assert admit(space, endpoint, payer, payment="paid-3").settle(2) == (Decimal("0.2"), "USD")


def test_an_uncounted_query_uses_up_and_costs_nothing(space: Services, payer: Asker, till: ModuleType) -> None:
    endpoint = endpoint_with(LIMIT_2, PAID)
    for _ in range(5):
        admission = admit(space, endpoint, payer, uncounted=True, correlation_id="c", payment="paid-1")
        assert admission.decision.allowed
        assert admission.settle(5) == (Decimal(0), "")
        assert not admission.repeat
    assert till.seen == []
    assert admit(space, endpoint_with(CLOSED), OWNER, uncounted=True).decision.allowed
    outcomes(space, endpoint_with(LIMIT_2), 2, asker=payer)
    assert admit(space, endpoint, payer, uncounted=True).decision.outcome == "rate_limited"


def test_who_brings_no_token_is_told_to_where_guests_are_not_taken(services: Services) -> None:
    for endpoint in (endpoint_with(), endpoint_with(policy("access"))):
        with pytest.raises(NotAuthenticated) as caught:
            admit(services, endpoint, NOBODY)
        assert caught.value.reason == "token_required"
        assert admit(services, endpoint, VISITOR).decision.outcome == "access_denied"
    welcoming = endpoint_with(policy("access", allow_guests=True))
    assert admit(services, welcoming, NOBODY).decision.allowed
    assert admit(services, welcoming, VISITOR).decision.allowed


@pytest.mark.parametrize(
    "unsound",
    [
        (Policy("x", "rate_limit", {"limit": "often"}),),
        (Policy("x", "rate_limit", {}),),
        (Policy("x", "rate_limit", {"limit": None}),),
        (Policy("x", "access", {"denied_users": 5}),),
        (Policy("x", "accounting", {"price": "dear"}),),
        (Policy("x", "accounting", {}),),
        (TRACKED, policy("accounting", price=1, currency="EUR")),
        (Policy("x", "of_a_plugin_that_is_gone", {}),),
    ],
)
def test_what_cannot_be_evaluated_refuses(services: Services, unsound: tuple[Policy, ...]) -> None:
    assert admit(services, endpoint_with(*unsound)).decision.outcome == "policy_violation"


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("allowed", "allowed"),
        ("access_denied", "access_denied"),
        ("rate_limited", "rate_limited"),
        ("perhaps", "policy_violation"),
        ("raise", "policy_violation"),
        ("exit", "policy_violation"),
        ("true", "policy_violation"),
        ("owed", "policy_violation"),
    ],
)
def test_a_plugin_that_does_anything_but_decide_denies(space: Services, how: str, outcome: str) -> None:
    decision = admit(space, endpoint_with(quota(how))).decision
    assert decision.outcome == outcome
    assert "secret" not in decision.message
    if how in ("access_denied", "rate_limited"):
        assert (decision.policy, decision.type, decision.message) == ("own", "quota", "Said by the plugin")


def test_a_plugin_is_not_asked_again_for_a_repeat(space: Services, till: ModuleType) -> None:
    for _ in range(3):
        assert admit(space, endpoint_with(quota("allowed")), correlation_id="c").decision.allowed
    assert till.asked == [ANN.person]


@pytest.mark.parametrize(
    ("policies", "needed"),
    [
        ((), False),
        ((policy("access"), LIMIT_2, PAID), False),
        ((policy("access", denied_users=["eve@uni.example"]),), True),
        ((policy("rate_limit", limit="1/m", applied_to=["@uni.example"]),), True),
        ((quota("allowed"),), True),
        ((Policy("x", "gone", {}),), False),
    ],
)
def test_the_address_is_needed_only_for_policies_about_people(
    space: Services, policies: tuple[Policy, ...], needed: bool
) -> None:
    assert space.enforcer.needs_email(endpoint_with(*policies)) is needed


def test_without_the_storage_only_what_is_not_counted_gets_through(tmp_path: Path, clock: Clock) -> None:
    server = RedisServer.on_a_free_port(tmp_path)
    with opened(tmp_path / "space", clock, PUBLICIST_RATE_LIMIT_STORAGE=server.url) as services:
        admitted = admit(services, endpoint_with(LIMIT_2, TRACKED), correlation_id="c")
        server.stop()
        with pytest.raises(TransientError):
            admit(services, endpoint_with(LIMIT_2))
        assert admit(services, endpoint_with(policy("access")), correlation_id="c").decision.allowed
        assert admitted.settle(1) == (Decimal("0.1"), "USD")


@pytest.mark.parametrize(
    "decided",
    [
        Decision("rate_limited", retry_after=math.inf),
        Decision("rate_limited", retry_after=math.nan),
        Decision("rate_limited", retry_after=-1.0),
        Decision("payment_required", owed=Decimal("NaN"), currency="USD"),
        Decision("payment_required", owed=Decimal("sNaN"), currency="USD"),
        Decision("payment_required", owed=Decimal("1e100000"), currency="USD"),
        Decision("payment_required", owed=Decimal(-1), currency="USD"),
        Decision("payment_required", owed=Decimal(1), currency="USD\r\nSet-Cookie: a=b"),
        Decision("payment_required", owed=Decimal(1), currency='U", x="'),
        Decision("payment_required", owed=Decimal(1), currency="\u20ac"),
    ],
)
def test_a_decision_that_cannot_be_told_denies(space: Services, till: ModuleType, decided: Decision) -> None:
    till.decisions.append(decided)
    assert admit(space, endpoint_with(quota("given"))).decision.outcome == "policy_violation"


def test_a_plugin_that_changes_a_policy_changes_it_for_nobody_else(space: Services) -> None:
    changed = quota("change")
    assert admit(space, endpoint_with(changed)).decision.allowed
    assert changed.config == {"how": "change"}
