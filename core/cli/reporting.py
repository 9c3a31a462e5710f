"""How a command that fails tells it: what happened, why, what to do; never a traceback, never a secret."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import click

from ..errors import InvalidInput, PublicistError, RejectedError
from .texts import fitted

HOW_TO_SEE_MORE = "Run it again with PUBLICIST_LOG_LEVEL=DEBUG to see the traceback."


def report(error: Exception, *, as_json: bool) -> None:
    """Tell the error to a person on stderr, or to a program as a JSON object on stdout."""
    told = error_json(error)
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _tell(told)
    if not isinstance(error, PublicistError) and logging.getLogger().isEnabledFor(logging.DEBUG):
        click.echo(_redacted("".join(traceback.format_exception(error))), err=True)


def error_json(error: Exception) -> dict[str, Any]:
    """Return the error as ``{cause, message, remedy, errors?}``."""
    if not isinstance(error, PublicistError):
        said = _redacted(f"{type(error).__name__}: {error}").splitlines() or [""]
        return {"cause": "internal", "message": f"Unexpected error: {said[0]}", "remedy": HOW_TO_SEE_MORE}
    told: dict[str, Any] = {"cause": error.cause_code, "message": error.message, "remedy": error.remedy}
    if isinstance(error, InvalidInput | RejectedError) and error.errors:
        told["errors"] = error.errors
    return told


def _tell(told: Mapping[str, Any]) -> None:
    fields = told.get("errors")
    message = _counted(fields) if fields and told["message"].startswith("Not accepted:") else told["message"]
    lines = [f"{message} ({told['cause']})"]
    lines += [f"  {field}: {text}" for field, texts in (fields or {}).items() for text in texts]
    lines.append(f"What to do: {told['remedy']}")
    click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    for line in lines:
        click.echo(fitted(line, sys.stderr), err=True)


def _counted(fields: Mapping[str, Any]) -> str:
    return "One field is not accepted." if len(fields) == 1 else f"{len(fields)} fields are not accepted."


def _redacted(text: str) -> str:
    from ..redact import redact

    return redact(text)
