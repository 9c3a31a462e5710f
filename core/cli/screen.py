"""Drawing on a terminal, with rich. Imported only where there is one."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

STYLES = {
    **dict.fromkeys(
        ("published", "in sync", "active", "free", "created", "changed", "set", "yes", "ok", "healthy"), "green"
    ),
    **dict.fromkeys(
        ("failed", "error", "taken", "blocks", "broken", "revoked", "expired", "fail", "offline", "unhealthy"),
        "bold red",
    ),
    **dict.fromkeys(("pending", "drifted", "needs republish", "advice", "cannot tell", "warn", "degraded"), "yellow"),
    **dict.fromkeys(("not_published", "disabled", "unchanged", "-", "no", "unknown"), "dim"),
}
"""The colour of the words that stand for a state, wherever a cell starts with one."""


ID = "ID"
"""The head of a column whose cells are copied by people, and so are not broken where there is room."""

GAP = 3
"""How far the words of two columns of a drawn table are apart."""

LONGEST_WORD = 17
"""Words of a table with ids are not broken up to this length: where they do not fit, it is told row by row."""


class Screen(Console):
    """A console that takes text as it is (no markup) and leaves a reader that went away to the caller."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError, as an ordinary print does."""
        raise BrokenPipeError


def draw_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table no wider than the terminal; words that are too long for their column are folded.

    One with ids, which leave no room for other words on a narrow terminal, becomes a list of its rows there.
    """
    screen = Screen()
    if ID in columns and _least_width(columns, rows) > screen.width:
        _draw_rows(screen, columns, rows)
        return
    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        drawn.add_column(name, overflow="fold", no_wrap=name == ID)
    for row in rows:
        drawn.add_row(*(Text(cell, style=_style(cell)) for cell in row))
    screen.print(drawn)


def _least_width(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how wide a table must be for its words."""
    words = (
        [word for line in (name, *cells) for word in line.split()] for name, *cells in zip(columns, *rows, strict=True)
    )
    longest = (max(map(len, found)) for found in words)
    widths = (width if name == ID else min(width, LONGEST_WORD) for name, width in zip(columns, longest, strict=True))
    return sum(widths) + GAP * len(columns)


def _draw_rows(screen: Screen, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        drawn = Table.grid(padding=(0, 2))
        drawn.add_column(no_wrap=True, style="dim")
        drawn.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            drawn.add_row(name, Text(cell, style=_style(cell)))
        screen.print()
        screen.print(drawn)


def _style(cell: str) -> str:
    return STYLES.get(cell.partition("\n")[0], "")
