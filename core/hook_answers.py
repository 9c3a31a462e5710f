"""What each hook is to answer, read from its annotation, and whether an answer is that. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .hookspecs import Specs

_MOST_SAID = 60


@cache
def hook_types(hook: str) -> Mapping[str, Any]:
    """Return the annotations of a hook's parameters by name; ``return`` is that of its answer."""
    later = {"Client": Any, "click": SimpleNamespace(Group=Any)}  # imported there for type checkers only
    return get_type_hints(getattr(Specs, hook), localns=later)


def wrong_answer(hook: str, answer: object) -> str | None:
    """Return what is wrong with a hook's answer, as the end of a sentence; None if it is one."""
    wanted = hook_types(hook)["return"]
    if wanted is NoneType and answer is not None:
        return f"{hook} returned {_a(answer)}; it returns nothing, and raises an error for what it could not do"
    where = _wrong(answer, wanted)
    return None if where is None else f"{hook} returned {where}"


def _wrong(value: Any, wanted: Any) -> str | None:  # noqa: PLR0911 - one line a shape
    """Return what was found instead, and where; None when the value is as the annotation says."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return _not_json(value)
    if origin in (Union, UnionType):
        found = [_wrong(value, item) for item in inner]
        return None if None in found else f"{_a(value)} instead of {_named(wanted)}"
    if origin is Literal:
        return None if isinstance(value, str) and value in inner else f"{_said(value)} instead of {_named(wanted)}"
    if origin in (tuple, Sequence, frozenset):
        return _wrong_items(value, inner[0], set | frozenset if origin is frozenset else list | tuple)
    if origin is Mapping:
        return _wrong_mapping(value, inner[1])
    if not _is(value, wanted):
        return f"{_a(value)} instead of {_named(wanted)}"
    return _wrong_fields(value, wanted) if is_dataclass(wanted) else None


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) and wanted is not bool:
        return False
    return isinstance(value, int | float) if wanted is float else isinstance(value, wanted)


def _wrong_items(value: Any, inner: Any, kinds: Any) -> str | None:
    if not isinstance(value, kinds):
        return f"{_a(value)} instead of a list of {_named(inner)}"
    for item in value:
        if (found := _wrong(item, inner)) is not None:
            return f"a list with {found}"
    return None


def _wrong_mapping(value: Any, inner: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"{_a(value)} instead of a mapping"
    if any(not isinstance(key, str) for key in value):
        return "a mapping with a key that is no text"
    if inner is Any:
        return _not_json(value)
    return next((found for item in value.values() if (found := _wrong(item, inner)) is not None), None)


def _wrong_fields(record: Any, kind: Any) -> str | None:
    for name, wanted in _fields_of(kind):
        if (found := _wrong(getattr(record, name, None), wanted)) is not None:
            return f"{_article(kind.__name__)} with {found} as its {name}"
    return None


@cache
def _fields_of(kind: Any) -> Sequence[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return [(item.name, hints[item.name]) for item in fields(kind)]


def _not_json(value: Any) -> str | None:
    try:
        json.dumps(value if not isinstance(value, Mapping) else dict(value), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return f"what is no JSON ({str(error)[:_MOST_SAID]})"
    return None


def _a(value: Any) -> str:
    return "nothing" if value is None else _article(type(value).__name__)


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def _said(value: Any) -> str:
    return repr(value[:_MOST_SAID]) if isinstance(value, str) else _a(value)


def _named(wanted: Any) -> str:
    inner = get_args(wanted)
    if get_origin(wanted) is Literal:
        return " or ".join(repr(item) for item in inner)
    if inner:
        return " or ".join(_named(item) for item in inner)
    return "nothing" if wanted is NoneType else _article(getattr(wanted, "__name__", str(wanted)))
