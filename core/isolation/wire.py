"""Records as JSON, and back, by the annotations of the hooks.

Nothing in the JSON says what it is to become; the annotation does. So whoever sends it can name no class and no
function: it becomes the record that was asked for, or a ValueError. Pure.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ..redact import remember
from ..secrets import Secret

Reader = Callable[[Any], Any]

_SECRET = "$secret"  # noqa: S105 - the name under which one travels


def written(value: Any) -> Any:  # noqa: PLR0911 - one line a shape
    """Return ``value`` as JSON. Raises ValueError for what is no record and no JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Secret):
        return {_SECRET: value.reveal()}
    if isinstance(value, Mapping):
        return {_key(key): written(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [written(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: written(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    raise ValueError(f"a {type(value).__name__} cannot be sent")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ValueError(f"a mapping has a {type(key).__name__} as a key")  # noqa: TRY004 - one error for all of it
    return f"${key}" if key.startswith("$") else key


def read(annotation: Any, raw: Any) -> Any:
    """Return what ``raw``, which came as JSON, is by the annotation. Raises ValueError when it is not that."""
    return _reader(annotation)(raw)


@cache
def _reader(annotation: Any) -> Reader:  # noqa: C901, PLR0911 - one line a shape
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return _json
    if origin in (Union, UnionType):
        return _either(inner)
    if origin is Literal:
        return lambda raw: raw if raw in inner else _refuse(raw, f"one of {', '.join(inner)}")
    if origin is tuple:
        return _many(inner[0], tuple)
    if origin is Sequence:
        return _many(inner[0], list)
    if origin is frozenset:
        return _many(inner[0], frozenset)
    if origin is Mapping:
        return _mapping(inner[1])
    if is_dataclass(annotation) and annotation is not Secret:
        return _record(annotation)
    return _SCALARS[annotation]


def _many(inner: Any, make: Callable[[Any], Any]) -> Reader:
    def many(raw: Any) -> Any:
        of = _reader(inner)
        return make([of(item) for item in _typed(raw, list)])

    return many


def _either(inner: Sequence[Any]) -> Reader:
    rest = [item for item in inner if item is not NoneType]

    def either(raw: Any) -> Any:
        if raw is None and len(rest) < len(inner):
            return None
        for number, item in enumerate(rest):
            try:
                return _reader(item)(raw)
            except ValueError:
                if number == len(rest) - 1:
                    raise
        return None

    return either


def _mapping(inner: Any) -> Reader:
    def mapping(raw: Any) -> Any:
        of = _json if inner is Any else _reader(inner)
        return {_unescaped(key): of(item) for key, item in _typed(raw, dict).items()}

    return mapping


def _record(record: Any) -> Reader:
    hints = get_type_hints(record)
    names = [item.name for item in fields(record)]

    def whole(raw: Any) -> Any:
        given = _typed(raw, dict)
        if set(given) != set(names):
            raise ValueError(f"a {record.__name__} has other fields than {', '.join(sorted(given))[:200]}")
        return record(**{name: _reader(hints[name])(given[name]) for name in names})

    return whole


def _json(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_json(item) for item in raw]
    if not isinstance(raw, dict):
        return raw
    return _secret(raw) if _SECRET in raw else {_unescaped(key): _json(item) for key, item in raw.items()}


def _unescaped(key: str) -> str:
    return key.removeprefix("$")


def _secret(raw: Any) -> Secret:
    secret = Secret(_typed(_typed(raw, dict).get(_SECRET), str))
    remember(secret)
    return secret


def _typed(raw: Any, kind: type) -> Any:
    if isinstance(raw, bool) and kind is not bool:
        return _refuse(raw, kind.__name__)
    return raw if isinstance(raw, kind) else _refuse(raw, kind.__name__)


def _number(raw: Any) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return _refuse(raw, "number")
    return raw


def _time(raw: Any) -> datetime:
    at = datetime.fromisoformat(_typed(raw, str))
    return at if at.tzinfo is not None else _refuse(raw, "time with a zone")


def _decimal(raw: Any) -> Any:
    try:
        return Decimal(_typed(raw, str))
    except InvalidOperation:
        return _refuse(raw, "number")


def _refuse(raw: Any, wanted: str) -> Any:
    raise ValueError(f"a {type(raw).__name__} stands where a {wanted} belongs")


def _typed_as(kind: type) -> Reader:
    return lambda raw: _typed(raw, kind)


_SCALARS: Mapping[Any, Reader] = {
    str: _typed_as(str),
    int: _typed_as(int),
    bool: _typed_as(bool),
    float: _number,
    NoneType: lambda raw: None if raw is None else _refuse(raw, "nothing"),
    Secret: _secret,
    datetime: _time,
    Decimal: _decimal,
    Path: lambda raw: Path(_typed(raw, str)),
}


def to_text(message: Mapping[str, Any]) -> bytes:
    """Return a message as it is sent. Raises ValueError for NaN and infinities, which JSON has not."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
