"""The types of value that a description has; templates and expressions are compiled as they come in."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from .bounds import QueryError
from .description import parts_of_class
from .queries import Query, compile_query
from .templates import Each, Template, compile_template

NAME = validate.Regexp(r"[a-z][a-z0-9_]{0,49}\Z", error="Must be a word of lower-case letters, digits and _.")

PREFIX = validate.Regexp(
    r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)+/?\Z",
    error="Must be a path such as /api/v1: it begins with /, and has letters, digits and . _ ~ - between its slashes.",
)
"""What can stand between a marketplace's address and a path, and leads nowhere else."""


def _forwards(characters: str) -> None:
    """Refuse a range such as z-a, which holds nothing."""
    for part in parts_of_class(characters):
        if len(part) > 1 and part[0] > part[-1]:
            raise ValidationError(f"{part} runs backwards.")


CHARACTERS = (
    validate.Regexp(r"(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9._-])+\Z", error="Must be like a-z0-9 or -_."),
    _forwards,
)
"""What is checked of a text that stands for a class of characters."""


class Strict(Schema):
    """Refuses what it does not know."""

    class Meta:
        """A misspelt key must not pass for one that was left out."""

        unknown = RAISE


def helped(text: str, **options: Any) -> dict[str, Any]:
    """Return the options of a field with ``text`` as what the docs say of it."""
    return {"metadata": {"help": text}, **options}


class Words(fields.String):
    """A plain text, not empty."""

    def __init__(self, help_: str, longest: int = 500, **options: Any) -> None:
        checks = [validate.Length(1, longest), *options.pop("also", ())]
        super().__init__(**helped(help_, validate=checks, **options))


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, words: Sequence[str], help_: str, **options: Any) -> None:
        super().__init__(**helped(f"{help_} One of: {', '.join(f'`{word}`' for word in words)}.", **options))
        self._words = tuple(words)

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        word = super()._deserialize(*args, **kwargs)
        if word not in self._words:
            raise ValidationError(f"Must be one of: {', '.join(self._words)}.")
        return str(word)


class Number(fields.Integer):
    """A whole number in a range."""

    def __init__(self, low: int, high: int, help_: str, **options: Any) -> None:
        super().__init__(strict=True, **helped(help_, validate=validate.Range(low, high), **options))


class Flag(fields.Field[bool]):
    """True or false."""

    def __init__(self, help_: str, **options: Any) -> None:
        super().__init__(**helped(help_, **options))

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Items(fields.List[Any]):
    """A list. Where an item is wrong, what is right of it stays in its place, so that others stand where they stood."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if isinstance(value, list):
                error.valid_data = [self._right_of(item, **kwargs) for item in value]
            raise

    def _right_of(self, item: Any, **kwargs: Any) -> Any:
        try:
            return self.inner.deserialize(item, **kwargs)
        except ValidationError as error:
            return error.valid_data


class QueryField(fields.Field[Query]):
    """A JMESPath expression."""

    def __init__(self, help_: str, **options: Any) -> None:
        super().__init__(**helped(help_, **options))

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Query:
        return _query(value)


class QueriesField(fields.Field[Mapping[str, Query]]):
    """JMESPath expressions by name."""

    def __init__(self, help_: str, **options: Any) -> None:
        super().__init__(**helped(help_, **options))

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> dict[str, Query]:
        return _each_of(_mapping(value), _query)


class TemplateField(fields.Field[Template]):
    """A text with templates in it."""

    def __init__(self, help_: str, **options: Any) -> None:
        super().__init__(**helped(help_, **options))

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Template:
        if not isinstance(value, str):
            raise ValidationError("Must be a text; put numbers in quotes.")
        return _template(value)


class Shape(fields.Field[Any]):
    """Any JSON value with templates in its texts; ``each`` with ``make`` stands for a list that is made."""

    def __init__(self, help_: str, *, mapping: bool = False, **options: Any) -> None:
        super().__init__(**helped(help_, **options))
        self._mapping = mapping

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        return _shape(_mapping(value) if self._mapping else value)


def _query(value: Any) -> Query:
    if not isinstance(value, str):
        raise ValidationError("Must be a JMESPath expression, as a text.")
    try:
        return compile_query(value)
    except QueryError as error:
        raise ValidationError(str(error)) from error


def _template(value: str) -> Template:
    try:
        return compile_template(value)
    except QueryError as error:
        raise ValidationError(str(error)) from error


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValidationError("Must be a mapping: keys with values.")
    return value


def _shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _made_of_each(value) if "each" in value else _each_of(value, _shape)
    if isinstance(value, list):
        made = _each_of(dict(enumerate(value)), _shape)
        return list(made.values())
    return _template(value) if isinstance(value, str) else value


def _made_of_each(value: Mapping[str, Any]) -> Each:
    if set(value) != {"each", "make"} or not isinstance(value.get("each"), str):
        raise ValidationError("`each` (a template that gives a list) goes with `make`, and with nothing else.")
    parts = _each_of(value, _shape)
    return Each(parts["each"], parts["make"])


def _each_of(values: Mapping[Any, Any], change: Any) -> dict[Any, Any]:
    """Return ``values`` changed one by one; what is wrong with any of them is told together."""
    made, faults = {}, {}
    for key, item in values.items():
        try:
            made[key] = change(item)
        except ValidationError as error:
            faults[key] = error.messages
            if error.valid_data is not None:
                made[key] = error.valid_data
    if faults:
        raise ValidationError(faults, valid_data=made)
    return made
