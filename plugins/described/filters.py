"""The filters of templates. Each is told to its template's budget before it works, and what it makes is bounded."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context

from ...core.secrets import Secret
from .bounds import MAX_MADE, Budget, QueryError, TooMuch, bounded, weight

BUDGET = "the budget"
"""Under this name, which no template can write, a context holds what is left to its templates."""


class TemplateError(QueryError):
    """A template that is not accepted, or that cannot be filled; the text says why."""


def text_of(value: Any) -> str:
    """Return a value as a text. Raises TemplateError for a secret, TooMuch for too long a text."""
    if isinstance(value, Secret):
        raise TemplateError("A secret stands by itself, never in a longer text.")
    if weight(value) > MAX_MADE:
        raise TooMuch("that is too much for a text")
    return str(bounded(str(value)))


def joined(texts: Iterable[Any], separator: str = "") -> str:
    """Return texts in one. Raises TooMuch before that would be too long, and TemplateError for a secret."""
    found, length = [], 0
    for text in map(text_of, texts):
        length += len(text) + len(separator)
        bounded("", length - len(separator))
        found.append(text)
    return separator.join(found)


def settled(value: Any) -> Any:
    """Return a JSON value in one spelling: lists, text keys, whole numbers as integers."""
    if isinstance(value, Mapping):
        return {str(key): settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [settled(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def origin_of(address: Any) -> str:
    """Return scheme, host and port of an address, an empty text for what is none."""
    parts = urlsplit(str(address))
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme and parts.netloc else ""


def unique(items: Iterable[Any]) -> list[Any]:
    """Return JSON values, each once; they are told apart by their texts: numbers can be made to be slow to compare."""
    found: dict[str, Any] = {}
    for item in items:
        found.setdefault(json.dumps(settled(item), sort_keys=True), item)
    return list(found.values())


def _default(value: Any, instead: Any = "") -> Any:
    return instead if isinstance(value, StrictUndefined) or value in (None, "") else value


def _replace(value: Any, old: str, new: str) -> str:
    text = text_of(value)
    bounded("", len(text) + text.count(old) * len(new) if old else 0)
    return text.replace(old, new) if old else text


def _path(address: Any) -> str:
    found = urlsplit(str(address)).path.strip("/")
    return f"/{found}" if found else ""


def _cleaned(texts: Iterable[Any]) -> list[str]:
    """Return texts trimmed, in lower case, each once, without empty ones."""
    plain = (text_of(text).strip().lower() for text in texts)
    return list(dict.fromkeys(text for text in plain if text))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "cleaned": _cleaned,
    "default": _default,
    "first": lambda items: items[0] if items else None,
    "int": int,
    "iso": lambda moment: moment.isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else moment,
    "join": lambda items, separator="": joined(items, str(separator)),
    "length": len,
    "lower": lambda value: text_of(value).lower(),
    "origin": origin_of,
    "path": _path,
    "quoted": lambda value: quote(text_of(value), safe=""),
    "replace": _replace,
    "settled": settled,
    "sort": sorted,
    "string": text_of,
    "trim": lambda value: text_of(value).strip(),
    "unique": unique,
    "without": lambda items, *names: {key: item for key, item in items.items() if key not in names},
}
"""Every filter that there is, by its name; docs/described-marketplaces.md says what each does."""


def measured(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that takes the steps of reading what it is given, and makes no text that is too long."""

    @pass_context
    def filtered(context: Context, *values: Any, **named: Any) -> Any:
        budget: Budget = context[BUDGET]
        budget.take(*values, *named.values())
        return bounded(work(*values, **named))

    return filtered
