"""A plugin that, once imported, breaks what everybody in its process relies on, and works itself."""

import json
import logging
import os
import socket
import sys
import threading
import time

from publicist.core.errors import MarketplaceError
from publicist.core.hookspecs import hookimpl
from publicist.core.records import CheckKind, CheckResult

real = json.dumps


@hookimpl
def check_kinds():
    return [CheckKind("wrecker", "Wrecker")]


@hookimpl
def run_check(check, endpoint, call):
    def broken(*_, **__):
        raise RuntimeError("replaced by a plugin")

    MarketplaceError.__init__ = broken
    logging.Logger.warning = broken
    socket.getaddrinfo = broken
    time.monotonic = broken
    os.environ.clear()
    sys.path.clear()
    threading.stack_size(64 * 1024**2)
    sys.setrecursionlimit(80)
    return CheckResult("wrecked", ok=True, message="Nothing is as it was.")
