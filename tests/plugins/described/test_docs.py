"""The page about described marketplaces says what the schema says: every key, filter and function."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import Schema, fields
from publicist.plugins.described import SHIPPED
from publicist.plugins.described import schema as described
from publicist.plugins.described.checks import load_text
from publicist.plugins.described.filters import FILTERS
from publicist.plugins.described.outcomes import WORDS
from publicist.plugins.described.queries import KEPT, OWN
from publicist.plugins.described.templates import TESTS

PAGE = Path(__file__).parents[3] / "docs" / "described-marketplaces.md"
SECTIONS: dict[str, type[Schema]] = {
    "The file": described.DescriptionSchema,
    "`settings.NAME`": described.SettingSchema,
    "`auth`": described.LoginSchema,
    "`limits`": described.LimitsSchema,
    "`limits.slug`": described.SlugSchema,
    "`capabilities`": described.CapabilitiesSchema,
    "`answers`": described.AnswersSchema,
    "`errors`": described.RuleSchema,
    "`request`": described.RequestSchema,
    "`before`": described.StepSchema,
    "`reading`": described.ReadingSchema,
    "`connect`": described.ConnectSchema,
    "`list`": described.ListSchema,
    "`list.paging`": described.PagingSchema,
    "`find`": described.FindSchema,
    "`available`": described.AvailableSchema,
    "`create`, `update`": described.WriteSchema,
    "`withdraw`": described.WithdrawSchema,
    "`health`": described.HealthSchema,
}


def rendered() -> str:
    """Return the reference as the page must have it."""
    return "\n".join(line for title, schema in SECTIONS.items() for line in section(title, schema))


def section(title: str, schema: type[Schema]) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"{schema.__doc__}\n"
    yield "| key | |"
    yield "|---|---|"
    for name, field in schema().fields.items():
        needed = " Needed." if field.required else ""
        yield f"| `{field.data_key or name}` | {field.metadata['help']}{needed} |"
    yield ""


def test_the_reference_is_that_of_the_schema() -> None:
    assert rendered() in PAGE.read_text()


def test_every_schema_has_its_section() -> None:
    there = {
        one
        for one in vars(described).values()
        if isinstance(one, type) and issubclass(one, Schema) and one.__module__ == described.__name__
    }
    assert there - set(SECTIONS.values()) == {described.Operation}
    assert all("help" in field.metadata for one in there for field in one().fields.values())
    assert isinstance(described.DescriptionSchema().fields["find"], fields.Nested)


@pytest.mark.parametrize("name", sorted({*FILTERS, *OWN, *KEPT, *TESTS, *WORDS}))
def test_every_filter_function_test_and_word_is_told(name: str) -> None:
    assert re.search(rf"`{name}\b", PAGE.read_text()), name


def test_the_tutorials_description_is_sound() -> None:
    (text,) = re.findall(r"```yaml\n(format: 1\n.*?)```", PAGE.read_text(), re.DOTALL)
    assert load_text("bulletin.yaml", text).kind.name == "bulletin"


def test_every_shipped_description_is_named() -> None:
    page = PAGE.read_text()
    assert [path.stem for path in SHIPPED.glob("*.yaml") if f"`{path.stem}`" not in page] == []
