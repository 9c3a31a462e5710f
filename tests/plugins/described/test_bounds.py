"""Whatever a description says, reading and filling it ends soon and makes little: nothing grows without end."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import MarketplaceUnavailable, RejectedError
from publicist.core.http import Sessions
from publicist.plugins.described import bounds
from publicist.plugins.described.bounds import MAX_DEPTH, MAX_TEXT, QueryError, weight
from publicist.plugins.described.fields import _shape
from publicist.plugins.described.filters import FILTERS, TemplateError
from publicist.plugins.described.queries import KEPT, MAX_FOUND, OWN, compile_query
from publicist.plugins.described.templates import compile_template, fill
from pytest_httpserver import HTTPServer

from .descriptions import described, small

FEW = 20_000
LONG = "x" * 900_000
HUGE: dict[str, Any] = {
    "long": LONG,
    "wide": [str(number) for number in range(6_000)],
    "numbers": [number * (2**61 - 1) for number in range(6_000)],
    "deep": [[[1] * 40] * 40] * 40,
    "n": 10**4000,
}
MUCH = 48 * 1024 * 1024
"""More memory than any of these may take, and less than each takes that is not bounded."""


@pytest.fixture(scope="module", autouse=True)
def _small_budgets() -> Iterator[None]:
    """Show the bounds at small numbers: what reaches these reaches the real ones, and takes longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "MAX_STEPS", 2 * FEW)
        patch.setattr(bounds, "MAX_MADE", FEW)
        yield


def each(depth: int, made: Any) -> Any:
    return {"each": "{{ wide | first | default(deep) and deep }}", "make": each(depth - 1, made)} if depth else made


@pytest.fixture
def modest() -> Iterator[None]:
    tracemalloc.start()
    yield
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MUCH


@pytest.mark.usefixtures("modest")
@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10**9 }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 999999999 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ 'x' | indent(1000000000) }}",
        "{{ range(1000000000) }}",
        "{% for a in range(1000000000) %}x{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ lipsum(n=100000) }}",
        "{{ cycler(1) }}",
        "{{ " + " ~ ".join(["long"] * 300) + " }}",
        "{{ " + " + ".join(["long"] * 40) + " }}",
        "{{ long }}" * 200,
        "{{ [" + ",".join(["long"] * 300) + "] | join }}",
        "{{ wide | join(long) }}",
        "{{ [" + ",".join(["wide"] * 100) + "] | string }}",
        "{{ [" + ",".join(["wide"] * 100) + "] }}",
        "x{{ [" + ",".join(["long"] * 100) + "] }}",
        "{{ long | replace('x', long) }}",
        "{{ long" + " | quoted" * 40 + " }}" + "{{ long | replace('x', 'ü') | quoted }}",
        "{{ [" + ",".join(["numbers"] * 100) + "] | unique | length }}",
        "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
        "{{ " + "not " * 480 + "1 }}",
        "{{ " + "-" * 1900 + "1 }}",
        "{{ " + "[" * 900 + "]" * 900 + " }}",
        "{{ n" + ".a" * 900 + " }}",
        "{{ n" + "|string" * 200 + " }}",
    ],
)
def test_a_template_that_grows_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(text)(HUGE)


@pytest.mark.usefixtures("modest")
@pytest.mark.parametrize(
    "shape",
    [
        each(5, 1),
        each(5, "x"),
        each(5, {}),
        each(4, "{{ item }}"),
        each(2, ["{{ long }}"]),
        {str(number): "{{ long }}" for number in range(300)},
        [f"{{{{ wide }}}}{'':{number}}" for number in range(300)],
    ],
)
def test_a_body_that_grows_is_refused(shape: Any) -> None:
    with pytest.raises(TemplateError):
        fill(_shape(shape), HUGE)


@pytest.mark.usefixtures("modest")
@pytest.mark.parametrize(
    "text",
    [
        "[wide,wide][]" + " | [@,@][]" * 20,
        "[deep,deep]" + " | [@,@]" * 22,
        "[[deep]" + " | [@,@]" * 10 + "] == [[deep]" + " | [@,@]" * 10 + "]",
        "contains([deep]" + " | [@,@]" * 20 + ", `1`)",
        "map(&map(&map(&[@,@,@,@], @), @), deep)",
        "map(&`[" + ",".join("1" * 400) + "]`, wide)[]",
        "wide[].[" + ",".join("@" * 100) + "][]",
        "merge({a: wide, b: wide}, {c: wide, d: wide}) | [values(@)[], values(@)[], values(@)[]][]",
        "join(long, wide)",
        "join('', [" + ",".join(["long"] * 100) + "])",
        "join('', [long,long])" + " | join('', [@,@])" * 6,
        "split('x', long)",
        "[" + ",".join(["unique(numbers)"] * 70) + "]",
        "[" + ",".join(["sort(wide)"] * 70) + "]",
        "ceil(to_number('inf'))",
        "wide[::0]",
        "!" * 900 + "n",
        "[" * 300 + "n" + "]" * 300,
        "n" + ".a" * 400,
    ],
)
def test_an_expression_that_grows_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        compile_query(text)(HUGE)


NESTED = [("not ", "n", ""), ("(", "n", ",)"), ("[", "n", "]"), ("{1:", "n", "}"), ("-", "n", ""), ("", "n", "|string"),
          ("", "n", " if n else n"), ("", "n", " + 1"), ("", "n", "|default(n)"),  ("n ~ (", "n", ")")]  # fmt: skip


@pytest.mark.parametrize(("before", "inside", "after"), NESTED)
def test_what_is_not_nested_too_deep_to_be_loaded_can_be_filled(before: str, inside: str, after: str) -> None:
    taken = []
    for depth in range(1, MAX_DEPTH + 2):
        try:
            taken.append(compile_template("{{ " + before * depth + inside + after * depth + " }}"))
        except TemplateError:
            break

    assert 10 < len(taken) < MAX_DEPTH + 1
    taken[-1]({"n": 1})


NAMES = st.sampled_from([*HUGE, "'x'", "1", "item"])
FILTERED = st.sampled_from([*sorted(FILTERS), "join(long)", "replace('x', long)", "default(wide)", "without('a')"])
TEMPLATES = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("({} ~ {})".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("[{0}, {1}, {0}, {1}]".format, inner, inner),
        st.builds("{{'a': {0}, 'b': {0}}}".format, inner),
        st.builds("({} | {})".format, inner, FILTERED),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    ),
)
FUNCTIONS = st.sampled_from([*KEPT, *OWN])
QUERIES = st.recursive(
    st.sampled_from([*HUGE, "`[1, 2, 3]`", "'x'", "@"]),
    lambda inner: st.one_of(
        st.builds("[{0}, {1}, {0}, {1}]".format, inner, inner),
        st.builds("{{a: {0}, b: {1}, c: {0}}}".format, inner, inner),
        st.builds("({} | {})".format, inner, inner),
        st.builds("({})[]".format, inner),
        st.builds("({})[*].{}".format, inner, st.sampled_from(["[@,@,@]", "a", "{a: @, b: @}"])),
        st.builds("map(&{}, {})".format, inner, inner),
        st.builds("{}({})".format, FUNCTIONS, inner),
        st.builds("{}({}, {})".format, FUNCTIONS, inner, inner),
        st.builds("({} == {})".format, inner, inner),
    ),
)


@given(TEMPLATES)
def test_what_any_template_makes_is_small(text: str) -> None:
    try:
        made = compile_template("{{ " + text + " }}")({**HUGE, "item": {"a": "b"}})
    except TemplateError:
        return
    assert weight(made) <= FEW
    assert not isinstance(made, str) or len(made) <= MAX_TEXT


@given(QUERIES)
def test_what_any_expression_finds_is_small(text: str) -> None:
    try:
        found = compile_query(text)(HUGE)
    except QueryError:
        return
    assert weight(found, MAX_FOUND) <= MAX_FOUND


def test_what_grows_is_told_with_its_place_in_the_file(httpserver: HTTPServer, sessions: Sessions) -> None:
    bomb = {"each": "{{ listing.tags }}", "make": "{{ listing.description }}"}
    data = small(fields={"title": {"each": "{{ listing.description }}", "make": bomb}})
    with pytest.raises(RejectedError, match=r"small\.yaml:\d+:\d+: fields\.title\.each: .* list of at most 1000"):
        described(sessions, httpserver.url_for(""), data).payload()

    httpserver.expect_request("/items/research-qa").respond_with_json({})
    data = small()
    data["find"]["item"] = "body" + " | [@,@]" * 20
    with pytest.raises(MarketplaceUnavailable, match=r"small\.yaml:\d+:\d+: find\.item: .* too much"):
        described(sessions, httpserver.url_for(""), data).find()
