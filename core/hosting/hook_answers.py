"""What each hook is to answer, read from its annotation, and the one door through which answers enter.

What comes out is made of plain types and of records that we have made ourselves, holds nothing that a database or JSON
does not take, and is nobody else's: whoever answered cannot change it any more.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from types import CoroutineType, NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ..errors import PluginFault
from ..hookspecs import Specs
from ..redact import redact
from .plain_json import Room, Unfit, is_a, items, pairs, plain_json, plain_text, type_name

Sound = Callable[[Any, Room], Any]

LARGEST = 2**63
"""Where the whole numbers of a database end."""
_MOST_SAID = 60
_WHOLE_DIGITS = 17
_DECIMAL_PLACES = 30


@cache
def hook_types(hook: str) -> Mapping[str, Any]:
    """Return the annotations of a hook's parameters by name; ``return`` is that of its answer."""
    later = {"Client": Any, "click": SimpleNamespace(Group=Any)}  # imported there for type checkers only
    return get_type_hints(getattr(Specs, hook), localns=later)


def answer_of(plugin: str, hook: str, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Call a hook and return its answer, sound. Raises what it raises, and PluginFault for what is no answer."""
    answer = function(**arguments)
    if type(answer) is CoroutineType:
        answer.close()  # or it would be warned of at every call that it was never awaited
    try:
        return sound_answer(hook, answer)
    except Unfit as wrong:
        raise PluginFault(f"The plugin {plugin} failed: {wrong}.") from None


def sound_answer(hook: str, answer: object) -> Any:
    """Return a hook's answer, sound. Raises Unfit, the end of a sentence, for what is none."""
    wanted = hook_types(hook)["return"]
    if wanted is NoneType and answer is not None:
        raise Unfit(f"{hook} returned {_a(answer)}; it returns nothing, and raises an error for what it could not do")
    try:
        return sound(wanted, answer)
    except Unfit as wrong:
        raise Unfit(f"{hook} returned {wrong}") from None


def sound(wanted: Any, value: object) -> Any:
    """Return what ``value`` is by an annotation. Raises Unfit: what was found instead, and where."""
    return _sound(wanted)(value, Room())


@cache
def _sound(wanted: Any) -> Sound:
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return _either(wanted, inner)
    if origin is Literal:
        return _one_of(wanted, inner)
    if origin in (tuple, Sequence, frozenset):
        return _many(inner[0], list if origin is Sequence else origin)
    if origin is Mapping:
        return _mapping(inner[1])
    return _record(wanted) if is_dataclass(wanted) else _SCALARS[wanted]


def _either(wanted: Any, inner: Sequence[Any]) -> Sound:
    kinds = [item for item in inner if item is not NoneType]

    def either(value: Any, room: Room) -> Any:
        if value is None and NoneType in inner:
            return None
        for kind in kinds:
            if get_origin(kind) is not None or _may_be(value, kind):
                return _sound(kind)(value, room)
        raise _instead(value, wanted)

    return either


def _may_be(value: object, kind: Any) -> bool:
    if type(value) is bool:
        return kind is bool
    return is_a(value, (int, float) if kind is float else kind)


def _one_of(wanted: Any, inner: Sequence[Any]) -> Sound:
    def one_of(value: Any, room: Room) -> str:
        text = plain_text(value, room) if is_a(value, str) else None
        if text is None or text not in inner:
            raise Unfit(f"{_a(value) if text is None else repr(redact(text)[:_MOST_SAID])} instead of {_named(wanted)}")
        return text

    return one_of


def _many(inner: Any, make: Any) -> Sound:
    kinds = (set, frozenset) if make is frozenset else (list, tuple)

    def many(value: Any, room: Room) -> Any:
        if not is_a(value, kinds):
            raise Unfit(f"{_a(value)} instead of a list of {_named(inner)}")
        of = _sound(inner)
        try:
            return make([of(item, room) for item in items(value, room)])
        except Unfit as wrong:
            raise Unfit(f"a list with {wrong}") from None

    return many


def _mapping(inner: Any) -> Sound:
    def mapping(value: Any, room: Room) -> Any:
        if not is_a(value, (dict, Mapping)):
            raise Unfit(f"{_a(value)} instead of a mapping")
        of = _sound(inner)
        return {_key(key, room): of(item, room) for key, item in pairs(value, room)}

    return mapping


def _key(key: Any, room: Room) -> str:
    if not is_a(key, str):
        raise Unfit("a mapping with a key that is no text")
    return plain_text(key, room)


def _record(kind: Any) -> Sound:
    hints = get_type_hints(kind)
    parts = [(item.name, _sound(hints[item.name])) for item in fields(kind)]

    def record(value: Any, room: Room) -> Any:
        if not is_a(value, kind):
            raise _instead(value, kind)
        room.take(len(parts))
        return kind(**{name: _part(value, name, of, room) for name, of in parts})

    return record


def _part(record: Any, name: str, of: Sound, room: Room) -> Any:
    try:
        return of(getattr(record, name, None), room)
    except Unfit as wrong:
        raise Unfit(f"{_a(record)} with {wrong} as its {name}") from None


def _json(value: Any, room: Room) -> Any:
    try:
        return plain_json(value, room)
    except Unfit as wrong:
        raise Unfit(f"what is no JSON ({wrong})") from None


def _text(value: Any, room: Room) -> str:
    if not is_a(value, str):
        raise _instead(value, str)
    return plain_text(value, room)


def _flag(value: Any, _: Room) -> bool:
    if type(value) is not bool:
        raise _instead(value, bool)
    return value


def _whole(value: Any, _: Room) -> int:
    if type(value) is bool or not is_a(value, int):
        raise _instead(value, int)
    number = int.__int__(value)
    if not -LARGEST <= number < LARGEST:
        raise Unfit("a number of more than 64 bits")
    return number


def _number(value: Any, room: Room) -> int | float:
    if type(value) is not bool and is_a(value, int):
        return _whole(value, room)
    if not is_a(value, float):
        raise _instead(value, float)
    number = float.__float__(value)
    if not math.isfinite(number):
        raise Unfit(f"{number}, which is no number,")
    return number


def _time(value: Any, _: Room) -> datetime:
    if not is_a(value, datetime):
        raise _instead(value, datetime)
    at = datetime.fromisoformat(datetime.isoformat(value))
    if at.tzinfo is None:
        raise Unfit("a time without a zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Unfit("a time that UTC does not have") from None


def _decimal(value: Any, _: Room) -> Decimal:
    if not is_a(value, Decimal):
        raise _instead(value, Decimal)
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_DECIMAL_PLACES or number.adjusted() > _WHOLE_DIGITS:
        raise Unfit("a Decimal that is no number, or too long a one,")
    return number


_SCALARS: Mapping[Any, Sound] = {
    Any: _json,
    str: _text,
    bool: _flag,
    int: _whole,
    float: _number,
    datetime: _time,
    Decimal: _decimal,
    NoneType: lambda value, _: None if value is None else _refused(value, NoneType),
}


def _refused(value: object, wanted: Any) -> Any:
    raise _instead(value, wanted)


def _instead(value: object, wanted: Any) -> Unfit:
    return Unfit(f"{_a(value)} instead of {_named(wanted)}")


def _a(value: Any) -> str:
    return "nothing" if value is None else _article(type_name(value))


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def _named(wanted: Any) -> str:
    inner = get_args(wanted)
    if get_origin(wanted) is Literal:
        return " or ".join(repr(item) for item in inner)
    if inner:
        return " or ".join(_named(item) for item in inner)
    return "nothing" if wanted is NoneType else _article(getattr(wanted, "__name__", str(wanted)))
