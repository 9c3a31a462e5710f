"""Field types whose failures carry FastAPI's type names, and which stop at the first thing that is wrong."""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from .problems import Problem
from .times import from_epoch, parse

Rule = Callable[[str], str]
"""Returns the text to keep, or raises ValidationError."""

MISSING = Problem("missing", "This field is needed")
_TEXT = Problem("string_type", "This must be a text")
_LIST = Problem("list_type", "This must be a list")
_OBJECT = Problem("dict_type", "This must be an object")
_WHOLE = Problem("int_parsing", "This must be a whole number")
_FLAG = Problem("bool_parsing", "This must be true or false")
_UUID = Problem("uuid_parsing", "This must be a UUID")
_MOMENT = Problem("datetime_from_date_parsing", "This must be a date and time (ISO 8601)")
NO_OBJECT = Problem("model_attributes_type", "This must be an object with fields")
UNKNOWN = Problem("extra_forbidden", "There is no such field here")
_OF_SCHEMA: dict[str, str] = {"type": NO_OBJECT, "unknown": UNKNOWN}


def _messages(problem: Problem, *keys: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    return {"required": MISSING, **dict.fromkeys(("null", *keys), problem)}


def refuse(kind: str, text: str) -> ValidationError:
    """Return the failure of a field, to be raised."""
    return ValidationError(Problem(kind, text))


class Base(Schema):
    """A schema that drops unknown keys, and whose own failures carry type names too."""

    error_messages = _OF_SCHEMA

    class Meta:
        """Nested objects say otherwise where they forbid unknown keys."""

        unknown = EXCLUDE


class Text(fields.String):
    """A text of ``low`` to ``high`` characters that then passes through ``rules`` in order."""

    default_error_messages = _messages(_TEXT, "invalid")

    def __init__(self, *rules: Rule, low: int = 0, high: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._rules, self._low, self._high = rules, low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options) or ""
        if len(text) < self._low:
            raise refuse("string_too_short", f"This must have at least {self._low} characters")
        if self._high is not None and len(text) > self._high:
            raise refuse("string_too_long", f"This may have at most {self._high} characters")
        for rule in self._rules:
            text = rule(text)
        return text


def matching(pattern: str) -> Rule:
    """Return a rule: the whole text matches ``pattern``."""

    def rule(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise refuse("string_pattern_mismatch", f"This must match {pattern}")
        return text

    return rule


class Choice(fields.Field[str]):
    """One of a few words."""

    def __init__(self, words: Collection[str], **options: Any) -> None:
        self._words = words
        self._problem = Problem("enum", f"This must be one of: {', '.join(words)}")
        super().__init__(error_messages={"required": MISSING, "null": self._problem}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, str) or value not in self._words:
            raise ValidationError(self._problem)
        return value


class Whole(fields.Integer):
    """A whole number from ``low`` to ``high``, or the digits of one."""

    default_error_messages = _messages(_WHOLE, "invalid", "too_large")

    def __init__(self, low: int | None = None, high: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._low, self._high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid")
        number = super()._deserialize(value, attr, data, **options) or 0
        if self._low is not None and number < self._low:
            raise refuse("greater_than_equal", f"This must be at least {self._low}")
        if self._high is not None and number > self._high:
            raise refuse("less_than_equal", f"This may be at most {self._high}")
        return number


class Flag(fields.Boolean):
    """True or false, or a word for one of them."""

    default_error_messages = _messages(_FLAG, "invalid")


class Mapping(fields.Dict):
    """A free object."""

    default_error_messages = _messages(_OBJECT, "invalid")


class Items(fields.List[Any]):
    """A list of ``low`` to ``high`` items."""

    default_error_messages = _messages(_LIST, "invalid")

    def __init__(self, item: Any, low: int = 0, high: int | None = None, **options: Any) -> None:
        super().__init__(item, **options)
        self._low, self._high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) < self._low:
            raise refuse("too_short", f"This must have at least {self._low} items")
        if isinstance(value, list) and self._high is not None and len(value) > self._high:
            raise refuse("too_long", f"This may have at most {self._high} items")
        return super()._deserialize(value, attr, data, **options) or []


class Moment(fields.Field[datetime]):
    """A time: ISO 8601, taken as UTC without an offset, or an epoch number."""

    default_error_messages = _messages(_MOMENT)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:  # noqa: ARG002 - marshmallow's signature
        with suppress(ValueError):
            if isinstance(value, str):
                return parse(value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return from_epoch(value)
        raise ValidationError(_MOMENT)


class Identifier(fields.UUID):
    """A UUID."""

    default_error_messages = _messages(_UUID, "invalid_uuid")
