"""Run as a process of its own: publish (or unpublish), and die without a word at the step that is named.

    python crash_process.py DATA_DIR ACTION STEP

The step is a method of the worker, ``before:`` or ``after:`` it; the process ends there as if it had been killed.
"""

import os
import sys
from typing import Any

from publicist.core.schemas import Targets, load_publish, load_unpublish
from publicist.core.services import open_services
from publicist.core.settings import load_settings
from publicist.core.worker import Worker


def die_at(step: str) -> None:
    when, _, name = step.partition(":")
    original = getattr(Worker, name)

    def dying(*arguments: Any, **options: Any) -> Any:
        if when == "before":
            os._exit(9)
        original(*arguments, **options)
        os._exit(9)

    setattr(Worker, name, dying)


def main(data_dir: str, action: str, step: str) -> None:
    die_at(step)
    settings = load_settings({"PUBLICIST_DATA_DIR": data_dir, "PUBLICIST_PLUGINS": ""})
    services = open_services(settings)
    if action == "publish":
        body = {"publish_to_all_marketplaces": True, "force": True, "wait": 30}
        services.publisher.publish("research-qa", load_publish(body))
    elif action.startswith("republish:"):
        targets = Targets(everywhere=True, wait=30, force=True)
        services.republisher.republish(action.partition(":")[2], targets)
    else:
        services.publisher.unpublish("research-qa", load_unpublish({"wait": 30}))


main(*sys.argv[1:])
