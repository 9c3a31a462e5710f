"""The group that holds all commands: its own at hand, those of plugins when they are asked for."""

import logging
import os
import sys
from typing import Any

import click

from ..errors import ConfigurationError, MarketplaceError, PublicistError
from . import codes
from .options import JSON_KEY
from .reporting import report

log = logging.getLogger(__name__)

LOAD_SECONDS = 10.0
LOGGING_KEY = "publicist.logging"
PLUGINS_KEY = "publicist.plugin_commands"


class Cli(click.Group):
    """Knows its own commands by name; plugins are loaded only for a listing or an unknown name.

    Whatever a plugin does to its ``commands`` hook (raise, exit, hang, take the name of another command), the
    other commands work.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, those of plugins too."""
        return sorted({*super().list_commands(ctx), *_of_plugins(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        return super().get_command(ctx, cmd_name) or _of_plugins(ctx).get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command to run; those of plugins are services, which log as the settings say."""
        name, command, rest = super().resolve_command(ctx, args)
        if name not in self.commands:
            from ..settings import load_settings
            from .logs import log_to_stderr

            log_to_stderr(load_settings().log_level)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every failure becomes an exit code, and words for whoever reads them."""
        try:
            _start_logging(ctx)
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(codes.INTERRUPTED)
        except BrokenPipeError:
            _drop_output()
            ctx.exit(codes.INTERRUPTED)
        except Exception as error:  # noqa: BLE001 - the last door before a person: no traceback leaves it
            report(error, as_json=ctx.meta.get(JSON_KEY, False))
            ctx.exit(codes.ERROR)
        return result


def _of_plugins(ctx: click.Context) -> dict[str, click.Command]:
    """Return the plugins' commands, loaded once for each run."""
    if LOGGING_KEY not in ctx.meta:
        _start_quietly()
    if PLUGINS_KEY not in ctx.meta:
        ctx.meta[PLUGINS_KEY] = load_commands()
    found: dict[str, click.Command] = ctx.meta[PLUGINS_KEY]
    return found


def load_commands() -> dict[str, click.Command]:
    """Return the commands of all plugins by name; a plugin that fails is logged and left out."""
    from ..hosting.manager import build_manager
    from ..settings import load_settings

    found: dict[str, click.Command] = {}
    try:
        plugins = build_manager(load_settings(), apart=False)
    except PublicistError as error:
        log.warning("The commands of plugins are missing: %s", error.message)
        return found
    for name in [info.name for info in plugins.infos if "commands" in info.hooks]:
        offered = click.Group()
        try:
            plugins.call(name, "commands", LOAD_SECONDS, cli=offered)
        except MarketplaceError as error:
            log.warning("The commands of the plugin %s are missing: %s", name, error.message)
            continue
        found = {**offered.commands, **found}
    return found


def _start_logging(ctx: click.Context) -> None:
    """Log as the settings say. Wrong settings are for the command to tell, which may not need them."""
    from ..settings import load_settings
    from .logs import BRIEF, log_to_stderr, quiet_level

    ctx.meta[LOGGING_KEY] = True
    try:
        settings = load_settings()
    except ConfigurationError:
        _start_quietly()
        return
    log_to_stderr(quiet_level(settings), BRIEF)


def _start_quietly() -> None:
    from .logs import BRIEF, QUIET, log_to_stderr

    log_to_stderr(QUIET, BRIEF)


def _drop_output() -> None:
    """Send what is still buffered nowhere: its reader has gone, and Python would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
