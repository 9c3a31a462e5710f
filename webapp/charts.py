"""Charts as geometry: from figures to whole coordinates, which ``charts.html`` draws. Pure.

Coordinates are those of an SVG's view box, from the top left corner. A part is told from others by its ``tone``, which
chooses a colour and besides it a pattern, a dash, a height or a size, so that nothing is told by colour alone.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 960, 360
LEFT, RIGHT, TOP, BOTTOM = 96, 944, 20, 310
"""Where the plot lies within the view box; what is beside it is for labels."""

_LABELS, _TICKS = 6, 4
_STRIP_STEP, _STRIP_TALL = 12, 60
_STRIP_HEIGHTS: Mapping[str, int] = {"healthy": 60, "degraded": 46, "unhealthy": 32, "offline": 32, "unknown": 8}
_CELL, _HEAT_LEFT, _HEAT_TOP = 36, 84, 6
MOST_SPOTS = 100
LEVELS = 5
"""How many sizes a square of a heat map may have, beside none."""

_THOUSAND, _MILLION = 1_000, 1_000_000
_LEAST = 1e-6
_NARROW = 10
"""A step that is narrower leaves less of a gap between bars."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place on an axis; a ``minor`` one is left out where there is little room."""

    at: int
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """What a bar chart is made of: one step, its parts from the bottom up (tone and amount), and what it says."""

    label: str
    title: str
    parts: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``title`` is what it says."""

    x: int
    y: int
    width: int
    height: int
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars over a row of steps; without a bar there is nothing to show. ``spots`` are what each step says."""

    bars: Sequence[Box]
    spots: Sequence[Box]
    across: Sequence[Tick]
    up: Sequence[Tick]

    @property
    def paths(self) -> Mapping[str, str]:
        """All bars of each tone as one SVG path: many bars must not make a page heavy."""
        found: dict[str, str] = {}
        for bar in self.bars:
            drawn = f"M{bar.x} {bar.y}h{bar.width}v{bar.height}h-{bar.width}z"
            found[bar.tone] = found.get(bar.tone, "") + drawn
        return found


@dataclass(frozen=True, slots=True)
class Series:
    """What a line is made of: a value for each step, None where nothing is known."""

    name: str
    tone: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its stretches as SVG paths, and dots for values that stand alone between gaps."""

    name: str
    tone: str
    paths: Sequence[str]
    dots: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over a row of steps; ``spots`` are what each step says where one points at it."""

    lines: Sequence[Line]
    spots: Sequence[Box]
    across: Sequence[Tick]
    up: Sequence[Tick]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known at any step."""
        return not any(line.paths or line.dots for line in self.lines)


@dataclass(frozen=True, slots=True)
class Strip:
    """A row of states, one box a step; one that is lower is worse."""

    width: int
    height: int
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Squares in rows and columns; the larger, the more."""

    width: int
    height: int
    boxes: Sequence[Box]
    across: Sequence[Tick]
    down: Sequence[Tick]


def round_ticks(most: float, wanted: int = _TICKS) -> tuple[float, ...]:
    """Return round values from 0 on, evenly spaced, the last one not below ``most``; about ``wanted`` steps.

    Steps are 1, 2 or 5 times a power of ten. Without anything above a millionth they are 0 and 1.
    """
    if not _LEAST < most < math.inf:
        return (0.0, 1.0)
    rough = most / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    return tuple(round(step * number, 10) for number in range(math.ceil(most / step - 1e-9) + 1))


def say_number(value: float) -> str:
    """Return a number as short as a label must be: ``950``, ``1.5k``, ``2M``; at most two decimals."""
    for size, letter in ((_MILLION, "M"), (_THOUSAND * 10, "k")):
        if abs(value) >= size:
            unit = _MILLION if letter == "M" else _THOUSAND
            return f"{value / unit:.1f}".removesuffix(".0") + letter
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def bar_chart(columns: Sequence[Column], say: Callable[[float], str] = say_number) -> BarChart:
    """Return stacked bars, one a column; what is 0 gets no bar. Amounts are whole: no label is between two of them."""
    most = max((sum(amount for _, amount in column.parts) for column in columns), default=0)
    values = [value for value in round_ticks(most) if value == int(value)]
    boxes = [box for place, column in enumerate(columns) for box in _stack(place, column, len(columns), values[-1])]
    spots = _spots([column.title for column in columns])
    return BarChart(boxes, spots, _across([column.label for column in columns]), _up(values, say))


def line_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    titles: Sequence[str] = (),
    say: Callable[[float], str] = say_number,
) -> LineChart:
    """Return lines over the steps that ``labels`` name; a step without a value is a gap, not a zero.

    ``titles`` say what each step is.
    """
    known = [value for one in series for value in one.values if value is not None]
    values = round_ticks(max(known, default=0))
    lines = [_line(one, values[-1]) for one in series]
    return LineChart(lines, _spots(titles), _across(labels, centred=True), _up(values, say))


def strip(states: Sequence[tuple[str, str]]) -> Strip:
    """Return a strip of ``states``, each with its title."""
    boxes = [
        Box(
            place * _STRIP_STEP,
            _STRIP_TALL - _STRIP_HEIGHTS.get(state, _STRIP_TALL),
            _STRIP_STEP - 2,
            _STRIP_HEIGHTS.get(state, _STRIP_TALL),
            state,
            title,
        )
        for place, (state, title) in enumerate(states)
    ]
    return Strip(max(1, len(states)) * _STRIP_STEP, _STRIP_TALL, boxes)


def heat_map(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[int]], title: Callable[[int, int], str]
) -> HeatMap:
    """Return squares whose size tells how large each value is beside the largest; 0 gets the smallest.

    ``title`` is given row and column.
    """
    most = max((value for row in values for value in row), default=0)
    boxes = [
        _square(row, column, level_of(value, most), title(row, column))
        for row, line in enumerate(values)
        for column, value in enumerate(line)
    ]
    across = [
        Tick(_HEAT_LEFT + column * _CELL + _CELL // 2, label, minor=column % 6 != 0)
        for column, label in enumerate(columns)
        if column % 3 == 0
    ]
    down = [Tick(_HEAT_TOP + row * _CELL + _CELL // 2, label) for row, label in enumerate(rows)]
    width, height = _HEAT_LEFT + len(columns) * _CELL, _HEAT_TOP + len(rows) * _CELL + 40
    return HeatMap(width, height, boxes, across, down)


def level_of(value: float, most: float) -> int:
    """Return a level from 0 (nothing) to :data:`LEVELS` (the most)."""
    return min(LEVELS, math.ceil(LEVELS * value / most)) if value > 0 and most > 0 else 0


def share_of(value: float, most: float, length: int = 100) -> int:
    """Return how long a bar is that tells ``value`` beside ``most``; what is there at all is at least 1 long."""
    return max(1, round(length * value / most)) if value > 0 and most > 0 else 0


def _stack(place: int, column: Column, number: int, top: float) -> Iterator[Box]:
    left, right = _edge(place, number), _edge(place + 1, number)
    gap = 1 if right - left < _NARROW else min(12, (right - left) // 4)
    below = 0.0
    for tone, amount in column.parts:
        if amount > 0:
            low, high = _height(below, top), _height(below + amount, top)
            high = min(high, low - 2)  # what is there at all can be seen
            yield Box(left + gap // 2, high, max(1, right - left - gap), low - high, tone, column.title)
        below += amount


def _line(one: Series, top: float) -> Line:
    number = len(one.values)
    stretches: list[list[tuple[int, int]]] = [[]]
    for place, value in enumerate(one.values):
        if value is not None:
            stretches[-1].append((_middle(place, number), _height(value, top)))
        elif stretches[-1]:
            stretches.append([])
    paths = ["M" + "L".join(f"{x} {y}" for x, y in stretch) for stretch in stretches if len(stretch) > 1]
    return Line(one.name, one.tone, paths, [stretch[0] for stretch in stretches if len(stretch) == 1])


def _spots(titles: Sequence[str]) -> list[Box]:
    """Return what is said where one points; of very many steps nothing is, for that would make a page heavy."""
    if len(titles) > MOST_SPOTS:
        return []
    edges = [_edge(place, len(titles)) for place in range(len(titles) + 1)] if titles else []
    return [
        Box(edges[place], TOP, edges[place + 1] - edges[place], BOTTOM - TOP, "spot", title)
        for place, title in enumerate(titles)
    ]


def _across(labels: Sequence[str], *, centred: bool = True) -> list[Tick]:
    """Return few labels, evenly spaced; every other one is minor."""
    every = max(1, math.ceil(len(labels) / _LABELS))
    places = range(every // 2 if centred and every > 1 else 0, len(labels), every)
    return [
        Tick(_middle(place, len(labels)), labels[place], minor=number % 2 == 1) for number, place in enumerate(places)
    ]


def _up(values: Sequence[float], say: Callable[[float], str]) -> list[Tick]:
    return [Tick(_height(value, values[-1]), say(value)) for value in values]


def _square(row: int, column: int, level: int, title: str) -> Box:
    side = 6 + level * 5
    rest = (_CELL - side) // 2
    return Box(_HEAT_LEFT + column * _CELL + rest, _HEAT_TOP + row * _CELL + rest, side, side, f"level-{level}", title)


def _edge(place: int, number: int) -> int:
    return LEFT + round((RIGHT - LEFT) * place / number)


def _middle(place: int, number: int) -> int:
    return LEFT + round((RIGHT - LEFT) * (2 * place + 1) / (2 * number))


def _height(value: float, top: float) -> int:
    return BOTTOM - round((BOTTOM - TOP) * value / top)
