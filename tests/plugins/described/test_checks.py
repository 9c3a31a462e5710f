"""A description is refused with every fault at once, each with its line, column and key."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from publicist.plugins.described import SHIPPED, load
from publicist.plugins.described.checks import load_text
from publicist.plugins.described.source import MAX_BYTES, DescriptionFault

from .descriptions import small


def faults(text: str) -> list[str]:
    with pytest.raises(DescriptionFault) as raised:
        load_text("x.yaml", text)
    return raised.value.traceback.splitlines()


def of(**changes: Any) -> list[str]:
    return [line.split(": ", 1)[1] for line in faults(yaml.safe_dump(small(**changes)))]


def limits(**slug: Any) -> dict[str, Any]:
    return {"limits": {"slug": slug}}


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_descriptions_are_sound(path: Path) -> None:
    assert load(path).description.kind.name == path.stem


def test_all_faults_are_told_at_once_where_they_stand() -> None:
    text = """\
format: 1
kind: x
titel: A
auth: [{type: bearer, secrt: k}]
settings: {k: {title: K, secret: 1}}
fields: {a: "{{ listing.name", b: "{{ listin.x }}", c: "{{ settings.z }}"}
reading: {id: "item.id[", slug: itm.slug, fields: {q: item.q}}
"""
    found = faults(text)

    assert "x.yaml:3:1: titel: There is no such key; did you mean title?" in found
    assert "x.yaml:1:1: title: It is needed here." in found
    assert "x.yaml:4:23: auth.0.secrt: There is no such key; did you mean secret?" in found
    assert "x.yaml:5:34: settings.k.secret: Must be true or false." in found
    assert any(line.startswith("x.yaml:6:13: fields.a: This is not a template") for line in found)
    assert "x.yaml:6:35: fields.b: There is no listin here; there are listing, settings." in found
    assert "x.yaml:6:56: fields.c: There is no setting z; there are k." in found
    assert any(line.startswith("x.yaml:7:15: reading.id: This is not JMESPath") for line in found)
    assert "x.yaml:7:33: reading.slug: There is no itm here; there are item, settings, space." in found
    assert sum(": It is needed here." in line for line in found) == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: The file is empty."),
        ("a: [", "2:1:"),
        ("kind: !!python/object/apply:os.system ['x']", "1:7: kind: The tag"),
        ("kind: a\nkind: b\n", "2:1: kind: This key stands here twice."),
        ("[" * 40 + "]" * 40, "1:25: The description is nested in more than 24 levels."),
        ("a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcd", "bcde", strict=True)
        ), "The description has more than 20000 parts."),
    ],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_refused_with_its_place(text: str, said: str) -> None:
    assert any(said in line for line in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [*a]\n", "1:4: a.0: This part contains itself."),
        ("a: &a {b: *a}\n", "1:4: a.b: This part contains itself."),
        ("&a <<: 1\n", "1:8: << takes one mapping"),
        ("a: !foo x\n", "1:4: a: The tag !foo is not read here."),
        ("a: !!binary aGk=\n", "1:4: a: The tag tag:yaml.org,2002:binary is not read here."),
        ("a: !!map x\n", "1:4: a: The tag tag:yaml.org,2002:map is not read here."),
        ("a: !!int abc\n", "1:4: a: This value cannot be read."),
        (f"a: {'9' * 5_000}\n", "1:4: a: A number has at most 100 characters"),
        (f"a: {'7:' * 49}1\n", "x.yaml:1:"),
        ("a: .inf\n", "1:4: a: A number must be one that JSON has"),
        ("a: .nan\n", "1:4: a: A number must be one that JSON has"),
        ("a: 1e999\n", "x.yaml:1:"),
        ("? [a, b]\n: 1\n", "1:3: A key must be a plain text"),
        ("? {a: b}\n: 1\n", "1:3: A key must be a plain text"),
        (f"{'k' * 300}: 1\n", "1:1: A key must be a plain text"),
        ("1: 1\n", "1:1: 1: There is no such key"),
        ("format: 1\n---\nformat: 1\n", "2:1:"),
        ("- format: 1\n", "1:1: A description is a mapping"),
        ("just words\n", "1:1: A description is a mapping"),
        ("# nothing\n", "1:1: The file is empty."),
        ("kind: a\0b\n", "1:8: The character U+0000 may not stand in YAML"),
        ('kind: "a\\0b"\n', "1:7: kind: A text holds no NUL."),
        ("\ufeffkinds: small\n", "1:1: kinds: There is no such key; did you mean kind?"),
        ("kind: *nobody\n", "1:7: found undefined alias"),
        ("kind: 2026-01-01\n", "1:7: kind: "),
        ("auth: [3, {type: bearer}]\n", "1:11: auth.1: The type bearer needs `secret`."),
        ("auth: [{type: bearer, secret: no}]\n", "x.yaml:1:"),
        ("auth: [{}, {type: header, name: [1]}]\n", "auth.1.name"),
    ],
)
def test_whatever_yaml_can_say_is_told_with_its_place(text: str, said: str) -> None:
    assert any(said in line for line in faults(text)), faults(text)


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(), st.binary(max_size=4),
    st.sampled_from(["{{", "{{ a.b.c }}", "{{ settings['x'] }}", "body[", "omit", "{{ omit }}", "off", "cursor"]),
    st.lists(st.none() | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5) | st.integers(), st.none() | st.text(max_size=5), max_size=3),
    st.fixed_dictionaries({"each": st.text(max_size=5), "make": st.none() | st.text(max_size=5)}),
)  # fmt: skip
SOURCES = [small(), *(yaml.safe_load(path.read_text()) for path in sorted(SHIPPED.glob("*.yaml")))]


def paths(value: Any) -> list[tuple[Any, ...]]:
    """Where something stands in data that could be something else."""
    inner = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [(), *((key, *rest) for key, item in inner for rest in paths(item))]


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = put(value[path[0]], path[1:], odd)
    return changed


@given(st.sampled_from(SOURCES), st.data())
def test_a_description_is_read_or_refused_whatever_it_holds(source: dict[str, Any], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(paths(source)))
    text = yaml.dump(put(source, path, data.draw(ODD)), allow_unicode=True)

    with suppress(DescriptionFault):
        load_text("x.yaml", text)


def test_a_file_that_is_too_large_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_text("#" * (MAX_BYTES + 1))
    for path in (tmp_path / "large.yaml", tmp_path / "none.yaml"):
        with pytest.raises(DescriptionFault, match=path.name):
            load(path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"find": {}}, "find: It needs `request`, or `in_list: true`."),
        (
            {"list": {"request": {"path": "/"}, "items": "body", "paging": {"style": "cursor"}}},
            "list.paging: The style cursor needs `next`.",
        ),
        ({"auth": [{"type": "bearer", "secret": "user"}]}, "auth.0.secret: The setting user is not secret"),
        ({"auth": [{"type": "basic", "secret": "api_key"}]}, "auth.0: The type basic needs `username`."),
        ({"health": {"style": "push"}}, "health: The style push needs `states`."),
        ({"fields": {"a": "{{ settings.api_key }}"}}, "fields.a: The setting api_key is secret"),
        ({"headers": {"X": "key {{ secrets.api_key }}"}}, "headers.X: A secret stands by itself"),
        ({"connect": {"request": {"path": "/{{ slug }}"}, "account": "body"}}, "There is no slug here"),
        (
            {"reading": {"id": "item.id", "slug": "item.s", "fields": {"other": "item.o"}}},
            "`fields` makes no such field",
        ),
        (limits(characters="a-z-", separators="-"), "limits.slug.separators: '-' is one of `characters` already"),
        (limits(characters="z-a"), "limits.slug.characters: z-a runs backwards."),
        (limits(separators="-"), "limits.slug: `separators` needs `characters`."),
        (limits(max=2), "limits.slug: No slug has at least 3 and at most 2 characters."),
        ({"kind": "Not A Kind"}, "kind: Must be a word"),
        *(
            ({"path_prefix": prefix}, "path_prefix: Must be a path such as /api/v1")
            for prefix in (
                ".evil.example",
                "@evil.example",
                "//evil.example",
                "/\\\\evil",
                "/a/../b",
                "/..",
                "/.",
                "/a//b",
                "/a?b",
                "/a#b",
                "/%2e%2e",
                "/a b",
                "/",
                "api",
                ":1234",
                "/a\n",
            )
        ),
        ({"format": 2}, "format: Must be greater than or equal to 1 and less than or equal to 1"),
    ],
)
def test_what_does_not_go_together_is_told(changes: dict[str, Any], said: str) -> None:
    assert any(said in line for line in of(**changes)), of(**changes)


def test_a_part_may_be_used_twice_and_merged() -> None:
    text = yaml.safe_dump(small(update=None)) + (
        "anchors: {r: &r {method: PUT, path: '/items/{{ remote_id }}', json: '{{ fields }}'}}\n"
        "update: {request: {<<: *r, method: PATCH}}\n"
    )

    wanted = load_text("x.yaml", text).operations["update"].asking

    assert wanted is not None
    assert (wanted.method, wanted.path.text) == ("PATCH", "/items/{{ remote_id }}")


def test_the_limits_become_the_kinds() -> None:
    slug = {"min": 2, "max": 9, "characters": "a-z0-9", "separators": "_-", "reserved": ["new"]}
    limits = load_text("x.yaml", yaml.safe_dump(small(limits={"name": 7, "slug": slug, "visibilities": ["public"]})))

    found = limits.kind.limits

    assert (found.name, found.slug_min, found.slug_max, found.visibilities) == (7, 2, 9, ("public",))
    assert found.slug_pattern == r"[a-z0-9]+(?:[_\-][a-z0-9]+)*"
    assert found.reserved_slugs == {"new"}
