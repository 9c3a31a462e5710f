"""A process that asks endpoints: `python enforcer_process.py DATA_DIR REDIS_URL`.

It says `ready`; for each line `LIMIT HOW_MANY NAME` it asks so often, from four threads, and says how many queries got
through and what they cost. Processes that are given one NAME ask the same queries, others different ones.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from publicist.core.records import Asker, Endpoint, Message, Policy, Query
from publicist.core.secrets import Secret
from publicist.core.services import Services, open_services
from publicist.core.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN = Asker("hub", "Hub", "ann-id")
THREADS = 4


def endpoint_with(limit: str) -> Endpoint:
    """Return an endpoint of its own for each limit, that costs 1 a query."""
    policies = (
        Policy("limit", "rate_limit", {"limit": limit, "scope": "per_user", "applied_to": ["*"]}),
        Policy("price", "accounting", {"price": "1", "currency": "USD", "unit": "query"}),
    )
    return Endpoint(
        limit, "papers", "", "", "", (), "0.1.0", "public", "raw", True, None, None, policies, "", "", NOW, NOW
    )  # fmt: skip


def ask(services: Services, endpoint: Endpoint, body: str) -> tuple[int, Decimal]:
    """Ask once; return whether it got through, and what it cost."""
    query = Query((Message("user", "why?"),), correlation_id="shared")
    admission = services.enforcer.admit(endpoint, ANN, query, body_digest=body, payment=None)
    return admission.decision.allowed, admission.settle(0)[0]


def main() -> None:
    """Ask as the lines say, until there are no more."""
    settings = Settings(data_dir=Path(sys.argv[1]), plugins="", rate_limit_storage=Secret(sys.argv[2]))
    services = open_services(settings, lambda: NOW, make=True)
    print("ready", flush=True)  # noqa: T201 - what the test waits for
    for line in sys.stdin:
        limit, many, name = line.split()
        endpoint = endpoint_with(limit)
        with ThreadPoolExecutor(THREADS) as pool:
            bodies = [f"{name}/{number}" for number in range(int(many))]
            found = list(pool.map(lambda body: ask(services, endpoint, body), bodies))  # noqa: B023 - used up at once
        print(sum(through for through, _ in found), sum(cost for _, cost in found), flush=True)  # noqa: T201
    services.close()


main()
