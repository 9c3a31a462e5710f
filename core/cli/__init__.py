"""The command line: ``publicist``.

Every command works on the store directly, in its own process; no server need run. Modules are named after the nouns
of their commands. What is heavy is imported when a command runs.
"""

import os
import signal
import sys
from types import FrameType

import click

from . import codes
from .alert import alert
from .apply import apply
from .backup import backup, restore
from .check import check
from .checks import availability, preflight, status
from .doctor import doctor
from .endpoint import endpoint
from .events import events
from .export import export
from .feedback import feedback
from .group import Cli
from .health import health
from .maintenance import maintenance
from .marketplace import marketplace
from .new_adapter import new_adapter
from .plugins import plugins
from .policy import policy
from .publishing import publish, republish, unpublish
from .query import query
from .runner import runner
from .space import init, network
from .status_page import status_page
from .sync import plan, sync
from .token import token
from .usage import usage
from .user import user
from .watch import watch
from .work import work

COMMANDS = (
    alert, apply, availability, backup, check, doctor, endpoint, events, export, feedback, health, init, maintenance,
    marketplace, network, new_adapter, plan, plugins, policy, preflight, publish, query, republish, restore, runner,
    status, status_page, sync, token, unpublish, usage, user, watch, work,
)  # fmt: skip


@click.group("publicist", cls=Cli, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="publicist", prog_name="publicist")
def cli() -> None:
    """Describe an endpoint once; list it, truthfully, on every marketplace you choose.

    Settings come from PUBLICIST_… variables and from publicist.toml in the data directory.
    """


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command that was typed, and exit with its code."""
    try:
        cli.main(prog_name="publicist")
    except SystemExit as end:
        if end.code == codes.INTERRUPTED:
            _leave()
        # Calls under way are let finish at exit; whoever does not want to wait for them may leave.
        signal.signal(signal.SIGINT, _leave)
        raise


def _leave(_: int = 0, __: FrameType | None = None) -> None:
    """End at once, without waiting for threads: the next start takes up what they leave."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(codes.INTERRUPTED)
