"""The fields of which every schema is made: strict about types, sizes and characters.

A value of the wrong JSON type is refused, not converted: ``"true"`` is no boolean and ``"5"`` no number. No
text may hold NUL (PostgreSQL refuses it) or half of a surrogate pair (UTF-8 cannot hold it).
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from ..secrets import Secret
from ..text import check_slug, check_tag, clean_tags, forbidden, has_visible, normalise
from .json_values import json_fault
from .url import read_url

MOST_FAULTS = 20
LONGEST_SECRET = 8_192
_PASTED = "\r\n\t"
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Length(validate.Length):
    """The length of a text or list, told with both numbers."""

    def __call__(self, value: Any) -> Any:
        """Return ``value``. Raises ValidationError when it is too short or too long."""
        one, many = ("character", "characters") if isinstance(value, str) else ("entry", "entries")
        size, what = len(value), one if len(value) == 1 else many
        if self.max is not None and size > self.max:
            raise ValidationError(f"Holds {size:,} {what}; at most {self.max:,} are allowed.")
        if self.min is not None and size < self.min:
            raise ValidationError(f"Holds {size:,} {what}; at least {self.min:,} must be there.")
        return value


class Moment(fields.AwareDateTime):
    """A date and a time with a time zone, in ISO 8601."""

    default_error_messages = dict.fromkeys(
        ("invalid", "invalid_awareness", "format"),
        "Must be a date and a time with a time zone, such as 2026-12-01T22:00+01:00.",
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)


class Line(fields.String):
    """A text without line breaks: composed (NFC), trimmed, no control characters.

    Args:
        most: how many characters it may hold.
        visible: whether it must show something.
        lines: whether line feeds and tabs are allowed.
    """

    def __init__(self, most: int, *, visible: bool = False, lines: bool = False, **options: Any) -> None:
        super().__init__(validate=Length(min=1 if visible else None, max=most), **options)
        self.visible = visible
        self.lines = lines

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = normalise(value)
        faults = forbidden(text, lines=self.lines)
        if self.visible and not has_visible(text):
            faults.append("Holds nothing visible; enter a name that people can read.")
        if faults:
            raise ValidationError(faults)
        return text


class Text(Line):
    """A text that may have line breaks and tabs; Windows line ends become line feeds."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(most, lines=True, **options)


class Checked(fields.String):
    """A text judged, and perhaps rewritten, by a function that raises ValueError with a sentence."""

    def __init__(self, read: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self.read = read

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return self.read(value)
        except ValueError as error:
            raise ValidationError(list(error.args)) from error


class Matching(Checked):
    r"""A text that matches ``pattern`` from end to end; a ``$`` would let a line break pass at the end."""

    def __init__(self, pattern: str, sentence: str, **options: Any) -> None:
        meta = {"pattern": f"^{pattern}$", **options.pop("metadata", {})}
        super().__init__(partial(_match, re.compile(pattern, re.ASCII), sentence), metadata=meta, **options)


class Slug(Checked):
    """A slug, taken as it is: nothing is trimmed or lower-cased."""

    def __init__(self, **options: Any) -> None:
        meta = {
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            "minLength": 3,
            "maxLength": 63,
            **options.pop("metadata", {}),
        }
        super().__init__(_read_slug, metadata=meta, **options)


class Url(Checked):
    """An http(s) address of a host, see :func:`publicist.core.schemas.url.read_url`."""

    def __init__(self, **options: Any) -> None:
        meta = {"format": "uri", "maxLength": 500, **options.pop("metadata", {})}
        super().__init__(read_url, metadata=meta, **options)


class Id(Checked):
    """A UUID in its usual form with hyphens, given back in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_read_id, metadata={"format": "uuid", **options.pop("metadata", {})}, **options)


class Sensitive(fields.String):
    """A secret text: loaded as a :class:`Secret`, never dumped, never part of a message.

    Args:
        trim: whether spaces around it are dropped; a password may have them.
    """

    def __init__(self, *, trim: bool = True, **options: Any) -> None:
        super().__init__(load_only=True, **options)
        self.trim = trim

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        text = value.strip() if self.trim and isinstance(value, str) else value
        if fault := secret_fault(text):
            raise ValidationError(fault)
        return as_secret(text)


class Flag(fields.Boolean):
    """True or false, and nothing that resembles them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A finite JSON number within bounds."""

    def __init__(self, least: float, most: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(min=least, max=most), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if isinstance(value, float) and not math.isfinite(value):
            raise self.make_error("special")
        return value


class Items(fields.List[Any]):
    """A list of ``least`` to ``most`` entries, counted before any is looked at; ``unique``: none of them twice.

    Reading stops at the twentieth entry that is at fault: a long list of nonsense costs little.
    """

    def __init__(
        self,
        inner: fields.Field[Any],
        most: int,
        *,
        least: int | None = None,
        unique: bool = False,
        **options: Any,
    ) -> None:
        rules: list[Callable[[Any], Any]] = [Length(min=least, max=most), *([_each_once] if unique else [])]
        super().__init__(inner, validate=rules, **options)
        self.most = most

    def _deserialize(self, value: Any, *_: Any, **options: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        Length(max=self.most)(value)
        clean, faults = [], {}
        for index, each in enumerate(value):
            try:
                clean.append(self.inner.deserialize(each, **options))
            except ValidationError as error:
                faults[index] = error.messages
            if len(faults) == MOST_FAULTS:
                break
        if faults:
            raise ValidationError(faults)
        return clean


class Tags(Items):
    """Tags: cleaned, without repeats, and each judged where it stood."""

    MOST = 10
    LONGEST = 30
    MOST_ENTERED = 100

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.String(), self.MOST_ENTERED, **options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> list[Any]:
        entered = super()._deserialize(value, *place, **options)
        faults = {
            place: found
            for place, tag in enumerate(entered)
            if (found := check_tag(clean_tags([tag])[0], self.LONGEST))
        }
        if faults:
            raise ValidationError(faults)
        return list(Length(max=self.MOST)(clean_tags(entered)))


class Whole(fields.Nested):
    """A nested object, loaded whole in a PATCH too: unknown fields refused, required ones asked for."""

    def __init__(self, nested: type[Schema], **options: Any) -> None:
        super().__init__(nested, unknown=RAISE, **options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> Any:
        return super()._deserialize(value, *place, **{**options, "partial": False})


class JsonObject(fields.Dict):
    """A JSON object of settings, see :func:`publicist.core.schemas.json_values.json_fault`."""

    default_error_messages = {"invalid": "Not a JSON object."}  # noqa: RUF012  (marshmallow's own attribute)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        if fault := json_fault(value):
            raise ValidationError(fault)
        return dict(value)


def secret_fault(value: Any) -> str | None:
    """Return what is wrong with a secret, without repeating it, or None; see :func:`as_secret`."""
    if isinstance(value, Secret):
        return None
    text = value.strip(_PASTED) if isinstance(value, str) else ""
    if text and len(text) <= LONGEST_SECRET and not forbidden(text):
        return None
    return f"Must be a text of 1 to {LONGEST_SECRET:,} characters, without control characters."


def as_secret(value: str | Secret) -> Secret:
    """Return ``value`` as a secret, without the line breaks and tabs that pasting puts around it."""
    return value if isinstance(value, Secret) else Secret(value.strip(_PASTED))


def _each_once(value: list[str]) -> None:
    repeated = [each for each, times in Counter(value).items() if times > 1]
    if repeated:
        raise ValidationError(f"Named more than once: {', '.join(repeated)}.")


def _match(pattern: re.Pattern[str], sentence: str, value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(sentence)
    return value


def _read_slug(value: str) -> str:
    if faults := check_slug(value):
        raise ValueError(*faults)
    return value


def _read_id(value: str) -> str:
    if not _UUID.fullmatch(value):
        raise ValueError("Not a UUID such as 123e4567-e89b-12d3-a456-426614174000.")
    return value.lower()
