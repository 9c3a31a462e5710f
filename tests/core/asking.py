"""People, queries and endpoints for tests of policies."""

from typing import Any

from publicist.core.records import Asker, Endpoint, Message, Policy, Query
from publicist.core.schemas import load_policy

from ..clock import START

ANN = Asker("hub", "Hub", "ann-id", email="ann@uni.example")
BOB = Asker("hub", "Hub", "bob-id", email="bob@corp.example")
NAMELESS = Asker("hub", "Hub", "who-id")
VISITOR = Asker("hub", "Hub", "guest", guest=True)
NOBODY = Asker("", "", "guest", guest=True)
OWNER = Asker("", "", "owner", owner=True)
PLUGINS_OWN = ("quota",)


def policy(kind: str, name: str = "", **config: Any) -> Policy:
    """Return a policy as it is stored."""
    return load_policy({"name": name, "type": kind, "config": config}, known_types=PLUGINS_OWN)


def endpoint_with(*policies: Policy, id: str = "papers") -> Endpoint:  # noqa: A002 - the record's own word
    """Return an endpoint with these policies."""
    return Endpoint(
        id, id, id, "", "", (), "0.1.0", "public", "raw", True, None, None, policies, "", "", START, START
    )  # fmt: skip


def query(text: str = "why?", **fields: Any) -> Query:
    """Return a query in words."""
    return Query((Message("user", text),), **fields)
