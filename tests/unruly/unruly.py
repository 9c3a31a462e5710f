"""A marketplace, a backend and a policy that misbehave in whatever way a test says.

Installed beside publicist as any plugin is. The word is the setting `how` of the marketplace, or of the policy; every
hook of the marketplace that would call somebody follows it.
"""

import logging
import os
import re
import subprocess
import sys
import threading

from publicist.core.errors import MarketplaceUnavailable, RateLimited, RejectedError
from publicist.core.hookspecs import hookimpl
from publicist.core.records import (
    Account,
    Availability,
    BackendAnswer,
    BackendHealth,
    BackendKind,
    Capabilities,
    Decision,
    MarketplaceKind,
    Payload,
    PolicyType,
    RemoteListing,
    SettingField,
)

PAIR = threading.Barrier(2)


@hookimpl
def marketplace_kinds():
    fields = (SettingField("how", "How"), SettingField("api_key", "API key", secret=True))
    return [
        MarketplaceKind("unruly", "Unruly", settings=fields, capabilities=Capabilities(health_push=True, feedback=True))
    ]


def misbehave(how, answer):
    """Do what ``how`` says, and return ``answer`` if that is nothing special."""
    if how == "raise":
        raise KeyError("it broke")
    if how == "exit":
        sys.exit(3)
    if how == "end":
        os._exit(3)
    if how == "hang":
        threading.Event().wait()
    if how == "hold":
        re.match(r"(a+)+$", "a" * 60 + "b")
    if how == "memory":
        return "a" * (64 * 1024**3)
    if how == "huge":
        return Availability(True, "x" * (40 * 1024**2))
    if how == "many":
        return [0] * 3_000_000
    if how == "wrong":
        return {"available": True, "reason": "free"}
    if how == "inside":
        return Availability("yes", "free")
    if how == "nothing":
        return None
    if how == "leave":
        return Availability(True, str(subprocess.Popen(["sleep", "300"]).pid))
    if how == "flood":
        for number in range(5_000):
            print("out", number)
            print("err", number, file=sys.stderr)
            logging.getLogger("unruly").warning("log %d", number)
    if how == "slow down":
        raise RateLimited("slower", retry_after=7)
    if how == "fields":
        raise RejectedError("no", errors={"name": ["too long"]})
    return answer


def misbehave_there(marketplace, answer):
    return misbehave(marketplace.settings.get("how", ""), answer)


@hookimpl
def slug_available(marketplace, slug, call):
    how = marketplace.settings.get("how", "")
    if how == "pair":
        PAIR.wait(20)
    if how == "wait":
        while call.memory.get("go") is None:
            threading.Event().wait(0.01)
    if how == "change":
        marketplace.settings["how"] = "changed"
    if how == "remember":
        before = call.memory.get("note")
        call.memory.set("note", slug)
        return Availability(None, f"before: {before}, now: {call.memory.get('note')}")
    if how == "tell the secret":
        key = marketplace.credentials["api_key"].reveal()
        logging.getLogger("unruly").warning("the key is %s", key)
        print("the key is", key, file=sys.stderr)
        raise ValueError(f"the key is {key}")
    return misbehave(how, Availability(True, "free"))


@hookimpl
def connect(marketplace, call):
    how = marketplace.settings.get("how", "")
    misbehave(how, None)
    path, elsewhere = ("/me", False) if how != "elsewhere" else ("http://localhost:1/me", True)
    answer = call.http.get(path, auth=marketplace.credentials["api_key"], absolute=elsewhere)
    return Account(answer.json()["name"])


@hookimpl
def render_listing(marketplace, listing):
    return Payload(listing.slug, {"name": listing.name})


@hookimpl
def create_listing(marketplace, payload, call):
    return misbehave_there(marketplace, RemoteListing("1", payload.slug, payload.fields))


@hookimpl
def update_listing(marketplace, payload, remote_id, remote_slug, call):
    return misbehave_there(marketplace, RemoteListing("1", payload.slug, payload.fields))


@hookimpl
def find_listing(marketplace, slug, call):
    return misbehave_there(marketplace, None)


@hookimpl
def fetch_listings(marketplace, call):
    return misbehave_there(marketplace, [])


@hookimpl
def report_health(marketplace, readings, call):
    return misbehave_there(marketplace, "told")


@hookimpl
def withdraw_listing(marketplace, remote_id, remote_slug, call):
    return misbehave_there(marketplace, True)


@hookimpl
def policy_types():
    return [PolicyType("unruly", "Unruly")]


@hookimpl
def check_policy(policy, endpoint, asker, query):
    return misbehave(policy.config.get("how", ""), Decision("allowed"))


@hookimpl
def backend_kinds():
    return [BackendKind("unruly", "Unruly")]


@hookimpl
def check_backend(backend, call):
    return BackendHealth(True, "well")


@hookimpl
def query_backend(backend, query, call, deliver):
    for piece in ("one ", "two"):
        deliver(piece)
    try:
        deliver(3)
    except TypeError:
        return BackendAnswer(summary="one two")


@hookimpl
def commands(cli):
    raise MarketplaceUnavailable("commands are not for another process")
