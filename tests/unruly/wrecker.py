"""A marketplace and a check that, once called, break what everybody in their process relies on, so also themselves."""

import logging
import os
import socket
import sys
import threading
import time

import requests
from publicist.core.errors import MarketplaceError
from publicist.core.hookspecs import hookimpl
from publicist.core.records import (
    Account,
    Availability,
    CheckKind,
    CheckResult,
    MarketplaceKind,
    Payload,
    RemoteListing,
)

HELD = {}


def broken(*_, **__):
    raise RuntimeError("replaced by a plugin")


def wreck():
    requests.Session.request = broken
    RemoteListing.__eq__ = broken
    MarketplaceError.__init__ = broken
    logging.Logger.warning = broken
    socket.getaddrinfo = broken
    time.monotonic = broken
    os.environ.clear()
    sys.path.clear()
    threading.stack_size(64 * 1024**2)
    sys.setrecursionlimit(80)


@hookimpl
def check_kinds():
    return [CheckKind("wrecker", "Wrecker")]


@hookimpl
def run_check(check, endpoint, call):
    wreck()
    return CheckResult("wrecked", ok=True, message="Nothing is as it was.")


@hookimpl
def marketplace_kinds():
    return [MarketplaceKind("wrecker", "Wrecker")]


@hookimpl
def connect(marketplace, call):
    wreck()
    return Account("wrecker")


@hookimpl
def slug_available(marketplace, slug, call):
    wreck()
    return Availability(slug not in HELD, "free")


@hookimpl
def render_listing(marketplace, listing):
    wreck()
    return Payload(listing.slug, {"name": listing.name})


@hookimpl
def create_listing(marketplace, payload, call):
    wreck()
    HELD[payload.slug] = RemoteListing(payload.slug, payload.slug, payload.fields)
    return HELD[payload.slug]


@hookimpl
def update_listing(marketplace, payload, remote_id, remote_slug, call):
    return create_listing(marketplace, payload, call)


@hookimpl
def find_listing(marketplace, slug, call):
    wreck()
    return HELD.get(slug)


@hookimpl
def fetch_listings(marketplace, call):
    wreck()
    return list(HELD.values())


@hookimpl
def withdraw_listing(marketplace, remote_id, remote_slug, call):
    wreck()
    HELD.pop(remote_slug, None)
