"""A plugin with a policy type of its own and a marketplace that takes payments, installed as `pip` would."""

import sys
from pathlib import Path

import pytest

SOURCE = """
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from publicist.core.hookspecs import hookimpl
from publicist.core.records import Decision, MarketplaceKind, PaymentCheck, PolicyType

asked, spent, seen, decisions = [], set(), [], []


@hookimpl
def policy_types():
    return [PolicyType("quota", "Quota", needs_email=True)]


@hookimpl
def check_policy(policy, asker):
    asked.append(asker.person)
    how = policy.config["how"]
    if how == "raise":
        raise RuntimeError("secret of the plugin")
    if how == "exit":
        raise SystemExit(3)
    if how == "true":
        return True
    if how == "change":
        policy.config.clear()
        return Decision("allowed")
    if how == "given":
        return decisions.pop()
    if how == "owed":
        return Decision("payment_required", owed=1.5)
    return Decision(how, "Said\\nby the plugin", policy="other", type="other")


@hookimpl
def marketplace_kinds():
    return [MarketplaceKind("till", "Till")]


@hookimpl
def verify_payment(payment, call):
    seen.append((payment, call.idempotency_key))
    if payment.proof == "down":
        raise MarketplaceUnavailable("inside")
    if payment.proof == "rejected":
        raise RejectedError("inside")
    if payment.proof == "nonsense":
        return "yes"
    if payment.proof in spent:
        return PaymentCheck(False, "This payment is spent.")
    if not payment.proof.startswith("paid"):
        return PaymentCheck(False)
    spent.add(payment.proof)
    return PaymentCheck(True)
"""


def install_till(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the plugin where it is found by its entry point, as ``till``."""
    folder.mkdir()
    (folder / "till.py").write_text(SOURCE)
    info = folder / "till-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: till\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[publicist]\ntill = till\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "till", raising=False)
