"""Whether the developer token is accepted, judged from what each marketplace last said of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..records import Connection, Marketplace, TokenNeed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one marketplace said of the token; ``reason`` is told where ``ok`` is False."""

    ok: bool
    reason: str
    at: datetime
    tunnel_domain: str = ""


def judge(
    need: TokenNeed, takers: Sequence[Marketplace], verdicts: Mapping[str, Verdict], *, entered: bool
) -> Connection:
    """Return how the connection by developer token stands.

    Args:
        need: whether the space needs one.
        takers: the marketplaces in use whose kind takes developer tokens.
        verdicts: what they said of the present token, by marketplace id.
        entered: whether there is a token.
    """
    if not entered:
        needed = "one is needed" if need.needed else "none is needed"
        return Connection("Not connected", f"No developer token is entered, and {needed}. {need.reason}")
    if not takers:
        return Connection("Not connected", _NOBODY_TO_ASK)
    said = {item.name: _latest(item, verdicts.get(item.id)) for item in takers}
    given = [verdict for verdict in said.values() if verdict]
    checked = max((verdict.at for verdict in given), default=None)
    tunnel = next((verdict.tunnel_domain for verdict in given if verdict.tunnel_domain), "")
    faults = [f"{name}: {_fault(verdict)}" for name, verdict in said.items() if not (verdict and verdict.ok)]
    if faults:
        return Connection("Not connected", " ".join(faults), checked, tunnel)
    offered = f" A tunnel could end at {tunnel}; none runs yet, so queries cannot arrive through it." if tunnel else ""
    return Connection("Connected", f"Accepted by {', '.join(said)}.{offered}", checked, tunnel)


_NOBODY_TO_ASK = (
    "The developer token is saved, and not validated yet: add a marketplace that takes one, such as SyftHub."
)


def _fault(verdict: Verdict | None) -> str:
    return verdict.reason if verdict else "The token is not validated there yet; test the connection."


def _latest(marketplace: Marketplace, verdict: Verdict | None) -> Verdict | None:
    """Return what is known last: where the token is the only credential, the marketplace's status tells as well."""
    if verdict is None or marketplace.credentials or marketplace.status_since <= verdict.at:
        return verdict
    ok = marketplace.status == "active"
    return replace(verdict, ok=ok, reason=marketplace.status_reason or "", at=marketplace.status_since)
