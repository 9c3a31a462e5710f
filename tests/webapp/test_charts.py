"""Charts are geometry: figures in, whole coordinates out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.webapp.charts import (
    BOTTOM,
    LEFT,
    LEVELS,
    RIGHT,
    TOP,
    Column,
    Series,
    bar_chart,
    heat_map,
    level_of,
    line_chart,
    round_ticks,
    say_number,
    share_of,
    strip,
)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, (0, 1)),
        (-3, (0, 1)),
        (float("inf"), (0, 1)),
        (0.3, (0, 0.1, 0.2, 0.3)),
        (1, (0, 0.5, 1)),
        (4, (0, 1, 2, 3, 4)),
        (7, (0, 2, 4, 6, 8)),
        (100, (0, 50, 100)),
        (101, (0, 50, 100, 150)),
        (3_999, (0, 1_000, 2_000, 3_000, 4_000)),
    ],
)
def test_ticks_are_at_round_values(most: float, ticks: tuple[float, ...]) -> None:
    assert round_ticks(most) == pytest.approx(ticks)


@given(st.floats(min_value=2e-6, max_value=1e12))
def test_ticks_reach_what_is_shown_and_not_much_further(most: float) -> None:
    ticks = round_ticks(most)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 6
    assert ticks[-2] < most * (1 + 1e-6)
    assert ticks[-1] >= most * (1 - 1e-6)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.25, "0.25"),
        (0.5, "0.5"),
        (1_500, "1,500"),
        (20_000, "20k"),
        (15_500, "15.5k"),
        (2_000_000, "2M"),
    ],
)
def test_labels_are_short(value: float, said: str) -> None:
    assert say_number(value) == said


def column(*parts: float, label: str = "1 Mar") -> Column:
    return Column(label, f"{label}: {sum(parts):g}", tuple(zip(("answered", "refused"), parts, strict=False)))


def test_a_bar_is_as_tall_as_its_amount_and_parts_stand_on_each_other() -> None:
    chart = bar_chart([column(75, 25), column(0, 50)])
    first, on_it, second = chart.bars
    assert [tick.label for tick in chart.up] == ["0", "50", "100"]
    assert first.y + first.height == BOTTOM
    assert on_it.y + on_it.height == first.y
    assert on_it.y == TOP
    assert second.height == (BOTTOM - TOP) / 2
    assert (first.tone, on_it.tone, second.tone) == ("answered", "refused", "refused")
    assert LEFT <= first.x < first.x + first.width < second.x


def test_bars_of_a_tone_are_one_path() -> None:
    chart = bar_chart([column(1, 1), column(2)])
    assert {tone: path.count("M") for tone, path in chart.paths.items()} == {"answered": 2, "refused": 1}
    assert chart.paths["refused"].endswith("z")


def test_each_step_says_something_unless_there_are_very_many() -> None:
    assert [spot.title for spot in bar_chart([column(1), column(2)]).spots] == ["1 Mar: 1", "1 Mar: 2"]
    assert bar_chart([column(1)] * 101).spots == []


@pytest.mark.parametrize("columns", [[], [column(0, 0)], [column()]])
def test_without_an_amount_there_are_no_bars(columns: list[Column]) -> None:
    chart = bar_chart(columns)
    assert chart.bars == []
    assert [tick.label for tick in chart.up] == ["0", "1"]


def test_a_single_query_has_whole_labels_and_one_bar() -> None:
    chart = bar_chart([column(1)])
    assert [tick.label for tick in chart.up] == ["0", "1"]
    (bar,) = chart.bars
    assert (bar.y, bar.height) == (TOP, BOTTOM - TOP)
    assert [tick.label for tick in chart.across] == ["1 Mar"]


def test_one_among_very_many_can_still_be_seen() -> None:
    small = next(bar for bar in bar_chart([column(100_000), column(1)]).bars if bar.x > (LEFT + RIGHT) / 2)
    assert small.height >= 2


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=400))
def test_bars_stay_in_the_plot_and_do_not_touch(amounts: list[tuple[int, int]]) -> None:
    chart = bar_chart([column(*each) for each in amounts])
    for bar in chart.bars:
        assert isinstance(bar.x, int)
        assert bar.x >= LEFT
        assert bar.x + bar.width <= RIGHT
        assert bar.width >= 1
        assert bar.y <= bar.y + bar.height <= BOTTOM + 2
    for one, other in pairwise(chart.bars):
        assert one.x == other.x or one.x + one.width <= other.x
    assert len(chart.across) <= 6


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    chart = line_chart(["a", "b", "c", "d", "e"], [Series("median", "line-half", [10, 20, None, 40, None])])
    (line,) = chart.lines
    assert len(line.paths) == 1
    assert line.paths[0].count("L") == 1
    assert len(line.dots) == 1
    assert not chart.is_empty
    assert chart.spots == []


@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_a_line_of_nothing_is_empty(values: list[float | None]) -> None:
    chart = line_chart(["x"] * len(values), [Series("median", "line-half", values)])
    assert chart.is_empty


def test_a_single_value_is_a_dot_in_the_middle() -> None:
    chart = line_chart(["1 Mar"], [Series("median", "line-half", [4.0])], ["1 Mar: 4 ms"])
    assert chart.lines[0].dots == [((LEFT + RIGHT) // 2, TOP)]
    assert chart.lines[0].paths == []
    assert [(spot.x, spot.width, spot.title) for spot in chart.spots] == [(LEFT, RIGHT - LEFT, "1 Mar: 4 ms")]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=400))
def test_every_known_value_is_on_the_line(values: list[float | None]) -> None:
    chart = line_chart(["x"] * len(values), [Series("median", "line-half", values)])
    (line,) = chart.lines
    points = sum(path.count("L") + 1 for path in line.paths) + len(line.dots)
    assert points == sum(value is not None for value in values)


def test_worse_states_are_lower_so_that_they_are_told_without_colour() -> None:
    made = strip([(state, f"1 Mar: {state}") for state in ("healthy", "degraded", "unhealthy", "unknown")])
    heights = [box.height for box in made.boxes]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 4
    assert all(box.y + box.height == made.height for box in made.boxes)
    assert made.boxes[-1].x + made.boxes[-1].width <= made.width
    assert strip([]).boxes == []


@pytest.mark.parametrize(
    ("value", "most", "level"),
    [(0, 0, 0), (0, 10, 0), (1, 100, 1), (20, 100, 1), (21, 100, 2), (100, 100, LEVELS), (5, 0, 0)],
)
def test_the_level_of_a_square_is_its_share_of_the_most(value: int, most: int, level: int) -> None:
    assert level_of(value, most) == level


def test_more_is_a_larger_square() -> None:
    made = heat_map(["Mon", "Tue"], ["00", "01", "02"], [[0, 1, 10], [0, 0, 5]], lambda row, hour: f"{row} {hour}")
    sides = [box.width for box in made.boxes]
    assert len(sides) == 6
    assert sides[2] > sides[5] > sides[1] > sides[0]
    assert all(box.width == box.height for box in made.boxes)
    assert [tick.label for tick in made.down] == ["Mon", "Tue"]
    assert made.boxes[5].title == "1 2"


@pytest.mark.parametrize(("value", "most", "length"), [(0, 10, 0), (10, 10, 100), (1, 1_000, 1), (3, 0, 0)])
def test_bars_of_a_ranking_show_whatever_is_there(value: int, most: int, length: int) -> None:
    assert share_of(value, most) == length
