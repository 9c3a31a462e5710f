"""Loads a description: all its faults at once, each with its line and column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields

from ...core.records import Limits
from .description import Description, class_of, describe
from .queries import Query
from .schema import DescriptionSchema
from .source import DescriptionFault, Fault, Path_, Source, parse_source, read_text
from .templates import Each, Template

_ALWAYS = frozenset(("settings", "space", "base_url", "account"))
_REQUEST = _ALWAYS | {"secrets", "before"}
_WRITTEN = _REQUEST | {"slug", "fields", "remote_id", "remote_slug", "key"}
_OF = {
    "connect": _REQUEST, "list": _REQUEST, "find": _REQUEST | {"slug"}, "available": _REQUEST | {"slug"},
    "create": _REQUEST | {"slug", "fields", "key"}, "update": _WRITTEN,
    "withdraw": _REQUEST | {"slug", "remote_id", "remote_slug", "key"}, "health": _REQUEST | {"readings"},
}  # fmt: skip
"""The names that the templates of each operation may use."""

_ANSWERED = frozenset(("status", "headers", "body", "text"))
_ITEM = frozenset(("item", "settings", "space"))
_SHORT = 3
MOST_KEPT = 32
"""How many descriptions a process keeps as they were read: it takes long, and they do not change."""


def load_file(path: Path) -> Description:
    """Load a file. Raises DescriptionFault with every fault."""
    return load_text(path.name, read_text(path))


@lru_cache(MOST_KEPT)
def load_text(name: str, text: str) -> Description:
    """Load a text, the same one once; ``name`` stands for the file's in faults.

    Raises DescriptionFault with every fault.
    """
    return _load(parse_source(name, text))


def _load(source: Source) -> Description:
    schema = DescriptionSchema()
    try:
        data = schema.load(source.data)
        faults: list[Fault] = []
    except ValidationError as error:
        faults = list(_faults(source, schema, error.messages))
        data = error.valid_data if isinstance(error.valid_data, dict) else {}
    faults += _misused(source, data)
    if faults:
        raise DescriptionFault(source.name, faults)
    lines = {".".join(map(str, path)): line for path, (line, _) in source.keys.items()}
    return describe(_placed(source, data, ()), lines)


def _placed(source: Source, value: Any, path: Path_) -> Any:
    """Return checked data with each template and expression knowing where it stands, for what it cannot do later."""
    if isinstance(value, Template | Query):
        line, column = source.place(path)
        return replace(value, place=f"{source.name}:{line}:{column}: {'.'.join(map(str, path))}")
    if isinstance(value, Each):
        return Each(_placed(source, value.items, (*path, "each")), _placed(source, value.make, (*path, "make")))
    if isinstance(value, Mapping):
        return {key: _placed(source, item, (*path, key)) for key, item in value.items()}
    return [_placed(source, item, (*path, at)) for at, item in enumerate(value)] if isinstance(value, list) else value


def _faults(source: Source, schema: Schema, messages: Any, path: Path_ = ()) -> Iterator[Fault]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _faults(source, schema, inner, _deeper(source, path, key))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, dict):
            yield from _faults(source, schema, message, path)
        else:
            yield _fault(source, path, _told(schema, path, str(message)), of_key="nknown field" in str(message))


def _deeper(source: Source, path: Path_, key: Any) -> Path_:
    """Return the path of a message: marshmallow has words of its own for a whole, and for the parts of a mapping."""
    own_word = key == "_schema" or (key in {"key", "value"} and (*path, key) not in source.keys)
    return path if own_word else (*path, key)


def _fault(source: Source, path: Path_, message: str, *, of_key: bool = False) -> Fault:
    line, column = source.place(path, of_key=of_key)
    return Fault(line, column, ".".join(map(str, path)), message)


def _told(schema: Schema, path: Path_, message: str) -> str:
    if "nknown field" in message:
        known = _known(schema, path[:-1])
        near = get_close_matches(str(path[-1]), known, 1)
        there = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}."
        return f"There is no such key{there}"
    return "It is needed here." if message.startswith("Missing data") else message


def _known(schema: Schema, path: Path_) -> list[str]:
    """Return the keys that there are at ``path``."""
    field: Any = None
    for part in path:
        if isinstance(field, fields.List):
            field = field.inner
        elif isinstance(field, fields.Dict):
            field = field.value_field
        else:
            inside = field.schema if isinstance(field, fields.Nested) else schema
            field = next((one for name, one in inside.fields.items() if (one.data_key or name) == part), None)
    inside = field.schema if isinstance(field, fields.Nested) else schema
    return [str(one.data_key or name) for name, one in inside.fields.items()]


def _misused(source: Source, data: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of expressions that use names which are not there, and of keys that do not go together."""
    settings = source.data.get("settings") if isinstance(source.data, dict) else None
    declared = settings if isinstance(settings, dict) else {}
    found = []
    for path, expression in _expressions(data, ()):
        known = _names(path, isinstance(expression, Query))
        for name in sorted(expression.names - known):
            there = ", ".join(sorted(known))
            found.append(_fault(source, path, f"There is no {name} here; there are {there}."))
        for name, member in sorted(getattr(expression, "members", ())):
            if fault := _unsettled(name, member, declared):
                found.append(_fault(source, path, fault))
    return [*found, *_unfit(source, data, declared)]


def _unsettled(name: str, member: str, declared: Mapping[str, Any]) -> str:
    if name not in {"settings", "secrets"}:
        return ""
    one = declared.get(member)
    if one is None:
        return f"There is no setting {member}; there are {', '.join(sorted(declared)) or 'none'}."
    is_secret = isinstance(one, dict) and one.get("secret") is True
    if is_secret and name == "settings":
        return f"The setting {member} is secret: write secrets.{member}."
    return (
        f"The setting {member} is not secret: write settings.{member}." if name == "secrets" and not is_secret else ""
    )


def _expressions(value: Any, path: Path_) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, Template | Query):
        yield path, value
    elif isinstance(value, Each):
        yield (*path, "each"), value.items
        yield from _expressions(value.make, (*path, "make"))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _expressions(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _expressions(item, (*path, index))


def _names(path: Path_, is_query: bool) -> frozenset[str]:
    """Return the names that an expression at ``path`` may use."""
    area, last = path[0], path[-1]
    item = frozenset({"item"}) if "make" in path else frozenset()
    if area == "reading":
        return _ITEM if is_query else _ITEM | _ALWAYS | {"slug"}
    if area == "fields":
        return frozenset({"listing", "settings"}) | item
    if area == "health" and path[1] == "reading":
        return frozenset({"reading", "before", "settings", "space", "fields"}) | item
    if area in {"auth", "headers"}:
        return _ANSWERED if is_query else _ALWAYS | {"secrets"} | item
    if is_query:
        here = _ITEM if last == "where" else _ANSWERED | (_OF.get(str(area), _WRITTEN) - {"secrets"})
        return here | item
    return _OF.get(str(area), _REQUEST) | item | (_ANSWERED if path == ("connect", "message") else frozenset())


def _unfit(source: Source, data: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between keys: each is right by itself, and they do not go together."""
    written, read = data.get("fields"), data.get("reading", {}).get("fields")
    if isinstance(written, dict) and isinstance(read, dict):
        for name in read.keys() - written.keys():
            path = ("reading", "fields", name)
            yield _fault(source, path, "`fields` makes no such field, so it is not ours to read.")
    find = data.get("find")
    if find is not None and "request" not in find and not find.get("in_list"):
        yield _fault(source, ("find",), "It needs `request`, or `in_list: true`.")
    yield from _unfit_slugs(source, data.get("limits", {}).get("slug", {}))
    paging, health = data.get("list", {}).get("paging", {}), data.get("health", {})
    yield from _lacking(source, ("list", "paging"), "style", paging, _PAGING_NEEDS)
    yield from _lacking(source, ("health",), "style", health, _HEALTH_NEEDS)
    yield from _unfit_logins(source, data.get("auth", ()), declared)


def _unfit_slugs(source: Source, slug: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with slugs; where a character separates, too, to match one would take time without end."""
    path: Path_ = ("limits", "slug")
    characters, separators = slug.get("characters", ""), slug.get("separators", "")
    if separators and not characters:
        yield _fault(source, path, "`separators` needs `characters`.")
    if shared := [one for one in map(chr, range(128)) if _among(one, characters) and _among(one, separators)]:
        message = f"{shared[0]!r} is one of `characters` already: it cannot separate them."
        yield _fault(source, (*path, "separators"), message)
    least, most = slug.get("min", Limits().slug_min), slug.get("max", Limits().slug_max)
    if least > most:
        yield _fault(source, path, f"No slug has at least {least} and at most {most} characters.")


def _among(one: str, characters: str) -> bool:
    return bool(characters) and re.match(f"[{class_of(characters)}]", one) is not None


def _lacking(
    source: Source, path: Path_, key: str, there: Mapping[str, Any], needs: Mapping[str, tuple[str, ...]]
) -> Iterator[Fault]:
    for needed in needs.get(there.get(key, ""), ()):
        if needed not in there:
            yield _fault(source, path, f"The {key} {there[key]} needs `{needed}`.")


_PAGING_NEEDS = {"offset": ("parameter",), "page": ("parameter",), "cursor": ("parameter", "next")}
_HEALTH_NEEDS = {"push": ("request", "states", "reading")}
_LOGIN_NEEDS = {
    "bearer": ("secret",), "header": ("secret", "name"), "query": ("secret", "name"), "basic": ("secret", "username"),
    "oauth2": ("secret", "username", "token_url"), "login": ("request",),
}  # fmt: skip


def _unfit_logins(source: Source, logins: Any, declared: Mapping[str, Any]) -> Iterator[Fault]:
    for index, login in enumerate(logins if isinstance(logins, list) else ()):
        if login is None:  # what is wrong with it was told
            continue
        path: Path_ = ("auth", index)
        yield from _lacking(source, path, "type", login, _LOGIN_NEEDS)
        for key, area in (("secret", "secrets"), ("username", "settings")):
            if key in login and (fault := _unsettled(area, login[key], declared)):
                yield _fault(source, (*path, key), fault)
