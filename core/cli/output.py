"""What a command prints: JSON for programs, tables for people, plain lines where stdout is no terminal."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

from .texts import clean, fitted

EMPTY = "-"


def emit(data: Any) -> None:
    """Print ``data`` as JSON."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def emit_list(items: Sequence[Any]) -> None:
    """Print a whole list as JSON: ``{items, total}``."""
    emit({"items": list(items), "total": len(items)})


def say(text: str = "") -> None:
    """Print a line of the answer."""
    click.echo(fitted(text, sys.stdout))


def note(text: str) -> None:
    """Print a line beside the answer, on stderr."""
    click.echo(fitted(text, sys.stderr), err=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: drawn and coloured on a terminal, else aligned columns, one line a row."""
    shown = [[clean(cell) or EMPTY for cell in row] for row in rows]
    if sys.stdout.isatty():
        from .screen import draw_table

        draw_table(columns, shown)
    else:
        _print_plain(columns, shown)


def facts(rows: Sequence[tuple[str, str]]) -> None:
    """Print names with their values, one a line; values of several lines, or too long for one, are indented."""
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        lines = fitted(value, sys.stdout, width + 2).split("\n") if value else [EMPTY]
        click.echo(f"{name.ljust(width)}  {lines[0]}")
        for line in lines[1:]:
            click.echo(f"{' ' * width}  {line}".rstrip())


def count(number: int, word: str) -> str:
    """Return ``1 endpoint``, ``2 endpoints``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _print_plain(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len

    lines = [[name.upper() for name in columns], *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _one_line(cell: str) -> str:
    """Join the lines of a cell; a remedy (→) follows its fault without a semicolon."""
    return "; ".join(" ".join(line.split()) for line in cell.split("\n")).replace("; →", " →")
