"""JSON schemas of the API's description as a reader sees them: fields in rows, and examples. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEEPEST = 4
MOST = 120
_SAMPLES: Mapping[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "string": "text"}
_FORMATS = {
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "date-time": "2026-12-01T22:00:00+00:00",
    "uri": "https://example.org",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One row: a field by its dotted path, or a parameter and where it goes."""

    name: str
    type: str
    required: bool
    told: str
    where: str = ""


def resolve(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference stands for."""
    while "$ref" in schema:
        found: Any = spec
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def fields_of(spec: Mapping[str, Any], schema: Mapping[str, Any], path: str = "", depth: int = 0) -> Sequence[Field]:
    """Return the fields of an object, those of objects in it too, by dotted path."""
    schema = _plain(spec, schema)
    found: list[Field] = []
    required = schema.get("required", ())
    for name, stated in schema.get("properties", {}).items():
        inner = _plain(spec, stated)
        told = str(stated.get("description") or inner.get("description") or "")
        here = f"{path}{name}"
        found.append(Field(here, type_of(inner), name in required, told))
        of = _plain(spec, inner.get("items", {})) if inner.get("type") == "array" else inner
        if of.get("properties") and depth < DEEPEST:
            found += fields_of(spec, of, f"{here}[]." if of is not inner else f"{here}.", depth + 1)
    return found[:MOST]


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the type in words, with the values that are allowed where they are few."""
    given = schema.get("type", "any")
    names = given if isinstance(given, list) else [given]
    if enum := [str(value) for value in schema.get("enum", ()) if value is not None]:
        return " | ".join(enum) + (" | null" if "null" in names or None in schema["enum"] else "")
    return " or ".join([*names, *([schema["format"]] if schema.get("format") else [])][:3])


def example(spec: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value of the schema's form; of an object that is read only what must be there."""
    schema = _plain(spec, schema)
    if "example" in schema:
        return schema["example"]
    if enum := schema.get("enum"):
        return enum[0]
    given = schema.get("type")
    kind = next((name for name in given if name != "null"), "string") if isinstance(given, list) else given
    if kind == "object" or "properties" in schema:
        required = schema.get("required", ())
        names = [name for name in schema.get("properties", {}) if not required or name in required]
        return {name: example(spec, schema["properties"][name], depth + 1) for name in names} if depth < DEEPEST else {}
    if kind == "array":
        return [example(spec, schema.get("items", {}), depth + 1)] if depth < DEEPEST else []
    return _FORMATS.get(schema.get("format", ""), _SAMPLES.get(kind or "string"))


def _plain(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema itself where it is a reference, or one of several of which another is null."""
    schema = resolve(spec, schema)
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            inner = resolve(spec, part)
            if inner.get("type") != "null":
                return {**inner, **{name: value for name, value in schema.items() if name != word}}
    return schema
