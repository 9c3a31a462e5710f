"""Templates and expressions: what they give, and that nothing but reading values comes of them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.secrets import Secret
from publicist.plugins.described.bounds import QueryError
from publicist.plugins.described.filters import TemplateError
from publicist.plugins.described.queries import compile_query
from publicist.plugins.described.templates import OMIT, compile_template, fill

VALUES: dict[str, Any] = {
    "slug": "007",
    "number": 7,
    "items": ["b", "a", "b"],
    "deep": {"items": {"keys": 1}, "none": None},
    "infinite": float("inf"),
    "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "url": "https://User.example:8443/a/b/?x=1",
}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("plain", "plain"),
        ("{{ slug }}", "007"),
        ("{{ number }}", 7),
        ("n{{ number }}", "n7"),
        ("{{ items }}", ["b", "a", "b"]),
        ("{{ items | unique | sort }}", ["a", "b"]),
        ("{{ items | join('+') }}", "b+a+b"),
        ("{{ items[1] }}", "a"),
        ("{{ deep.items.keys }}", 1),
        ("{{ deep.none | default('x') }}", "x"),
        ("{{ deep.missing | default('x') }}", "x"),
        ("{{ 'y' if number > 3 and 'a' in items else omit }}", "y"),
        ("{{ {'a': number, 'b': [slug]} }}", {"a": 7, "b": ["007"]}),
        ("{{ slug ~ '/' ~ number }}", "007/7"),
        ("{{ 'a b/ü' | quoted }}", "a%20b%2F%C3%BC"),
        ("{{ at | iso }}", "2026-03-01T12:00:00Z"),
        ("{{ url | origin }}", "https://user.example:8443"),
        ("{{ url | path }}", "/a/b"),
        ("{{ [' B', 'b', ''] | cleaned }}", ["b"]),
        ("{{ deep | without('none') }}", {"items": {"keys": 1}}),
        ("{{ 'aXb' | replace('X', '-') }}", "a-b"),
        ("{{ {'a': 2.0} | settled }}", {"a": 2}),
        ("{{ items | length + 1 }}", 4),
        ("{{ -1 }}", -1),
    ],
)
def test_a_template_gives_the_value_that_it_names(text: str, made: Any) -> None:
    found = compile_template(text)(VALUES)

    assert found == made
    assert type(found) is type(made)


@pytest.mark.parametrize(
    "text",
    [
        "{{ slug() }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ [].append(1) }}",
        "{% for a in items %}{{ a }}{% endfor %}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ 'a' * 100000000 }}",
        "{{ 10 ** 100000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ items[0:1] }}",
        "{{ items | map('upper') }}",
        "{{ x is callable }}",
        "a{{ secrets.key }}",
        "{{ secrets.key ~ 'x' }}",
        "{{ slug",
        "{{ 'x' }}" * 500,
    ],
)
def test_a_template_has_no_statements_calls_or_repetition(text: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ slug.__class__ }}",
        "{{ deep.__class__.__mro__ }}",
        "{{ items['__len__'] }}",
        "{{ at.year }}",
        "{{ nowhere }}",
        "x{{ deep.missing }}",
        "{{ number | join('x') }}",
        "{{ at }}",
        "{{ [at] }}",
        "{{ {'a': nowhere} }}",
        "{{ '1e999' | int }}",
        "{{ infinite }}",
    ],
)
def test_a_template_reaches_nothing_but_values(text: str) -> None:
    with pytest.raises(TemplateError, match="cannot be filled"):
        compile_template(text)(VALUES)


def test_what_a_template_makes_is_bounded() -> None:
    growing = "{{ slug" + " | replace('0', '000000000000000000000000000000')" * 12 + " }}"

    with pytest.raises(TemplateError, match="too long"):
        compile_template(growing)(VALUES)


def test_a_secret_passes_through_and_is_never_a_text() -> None:
    secret = Secret("key-of-ada")

    assert fill({"k": compile_template("{{ secrets.key }}")}, {"secrets": {"key": secret}})["k"] is secret
    with pytest.raises(TemplateError, match="A secret stands by itself"):
        compile_template("{{ hidden | trim }}")({"hidden": secret})


def test_omit_leaves_keys_and_items_out() -> None:
    gone = compile_template("{{ omit }}")

    assert gone({}) is OMIT
    assert fill({"a": gone, "b": [gone, 1]}, {}) == {"b": [1]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lower(trim(a))", "x"),
        ("split('/', b) | [1]", "y"),
        ("unique(c)", [1, 2]),
        ("path_of(d)", "/p/q"),
        ("join('-', ['a', 'b'])", "a-b"),
        ("nothing.at.all", None),
    ],
)
def test_an_expression_finds_what_is_there(text: str, found: Any) -> None:
    assert compile_query(text)({"a": " X ", "b": "x/y", "c": [1, 2, 1], "d": "https://h/p/q/"}) == found


@pytest.mark.parametrize("text", ["to_string(a)", "nothing(a)", "a[", "", "a" * 1001, "[a,a]" + " | [@,@]" * 60])
def test_an_expression_is_bounded_and_has_no_other_functions(text: str) -> None:
    with pytest.raises(QueryError):
        compile_query(text)


def test_what_an_expression_finds_is_bounded() -> None:
    with pytest.raises(QueryError, match="too much"):
        compile_query("[a,a]" + " | [@,@]" * 25)({"a": 1})
    with pytest.raises(QueryError, match="too long"):
        compile_query("join('', [a,a])" + " | join('', [@,@])" * 6)({"a": "x" * 100_000})


def test_a_function_that_gets_the_wrong_type_is_told() -> None:
    with pytest.raises(QueryError, match="cannot be applied"):
        compile_query("lower(a)")({"a": 1})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("contains(body.r[].name, settings.o)", {"body", "settings"}),
        ("item.e[?key == 'p'].value | [0]", {"item"}),
        ("{a: x.b, c: y}", {"x", "y"}),
        ("sort_by(body, &key)[0] || text", {"body", "text"}),
        ("@", set()),
    ],
)
def test_the_names_at_the_root_are_known(text: str, names: set[str]) -> None:
    assert compile_query(text).names == names
