"""Logging of the command line: to stderr, redacted."""

import logging
import os
from typing import TYPE_CHECKING

import click

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from ..settings import Settings

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
QUIET = "WARNING"
LONG = "%(asctime)s %(levelname)s %(name)s: %(message)s"
BRIEF = "%(levelname)s: %(message)s"


class EchoHandler(logging.Handler):
    """Writes to whatever is stderr when a record comes, not when the handler was made."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a stderr that nobody reads any more is no reason to fail."""
        try:
            click.echo(self.format(record), err=True)
        except (OSError, ValueError):
            self.handleError(record)


def log_to_stderr(level: str, form: str = LONG) -> None:
    """Log at ``level`` and above, with secrets masked; repeating it replaces the level. Raises ConfigurationError.

    Services that run for long use it as it is; ``BRIEF`` is the form for a person who waits for a command.
    """
    from ..redact import RedactingFilter

    if level.upper() not in LEVELS:
        raise ConfigurationError(
            f"There is no log level {level!r}.", remedy=f"Set PUBLICIST_LOG_LEVEL to one of {', '.join(LEVELS)}."
        )
    handler = EchoHandler()
    handler.addFilter(RedactingFilter())
    handler.setFormatter(logging.Formatter(form))
    root = logging.getLogger()
    for former in [item for item in root.handlers if isinstance(item, EchoHandler)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level.upper())


def quiet_level(settings: "Settings") -> str:
    """Return the level for a command that does its work and ends: WARNING, unless a level was chosen."""
    from ..settings import PREFIX, Settings

    chosen = os.environ.get(f"{PREFIX}LOG_LEVEL") or settings.log_level != Settings().log_level
    return settings.log_level if chosen else QUIET
