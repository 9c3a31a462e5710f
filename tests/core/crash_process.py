"""Run as a process: its children publish (or unpublish, or tell alerts), and die without a word at the step named.

Each line of its input is ``[DATA_DIR, ACTION, STEP]``; the answer is the code with which the child ended. The step is
a method of the worker (of the outbox's table), ``before:`` or ``after:`` it; the child ends there as if it had been
killed. It is forked from a process that has imported everything, which takes an interpreter most of a second.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any

from publicist.core.hosting.manager import BUILT_IN
from publicist.core.publishing.worker import Worker
from publicist.core.schemas import Targets, load_publish, load_unpublish
from publicist.core.services import open_services
from publicist.core.settings import load_settings
from publicist.core.store.deliveries import DeliveryTable


def die_at(owner: type, step: str) -> None:
    when, _, name = step.partition(":")
    original = getattr(owner, name)

    def dying(*arguments: Any, **options: Any) -> Any:
        if when == "before":
            os._exit(9)
        original(*arguments, **options)
        os._exit(9)

    setattr(owner, name, dying)


def act(data_dir: str, action: str, step: str) -> None:
    die_at(DeliveryTable if action == "alerts" else Worker, step)
    settings = load_settings({"PUBLICIST_DATA_DIR": data_dir, "PUBLICIST_PLUGINS": ""})
    services = open_services(settings)
    if action == "alerts":
        services.alerts.round()
        services.outbox.settle(30)
    elif action == "publish":
        body = {"publish_to_all_marketplaces": True, "force": True, "wait": 30}
        services.publisher.publish("research-qa", load_publish(body))
    elif action.startswith("republish:"):
        targets = Targets(everywhere=True, wait=30, force=True)
        services.republisher.republish(action.partition(":")[2], targets)
    else:
        services.publisher.unpublish("research-qa", load_unpublish({"wait": 30}))


def main() -> None:
    for module in BUILT_IN.values():
        import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            act(*json.loads(line))
            sys.exit()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201 - the answer


main()
