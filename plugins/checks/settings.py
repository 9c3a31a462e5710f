"""Reading a check's settings, which come as somebody entered them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...core.records import Json
from ...core.secrets import Secret

LAST_STATUS, LAST_PORT = 599, 65_535
_RANGE = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?")
_CLASS = re.compile(r"([1-5])xx", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


class WrongSetting(Exception):
    """A setting cannot be used; what is ``said`` of it is for people and holds no secret."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(f"The setting {field} {said}")
        self.errors = {f"settings.{field}": [said[0].upper() + said[1:]]}


@dataclass(frozen=True, slots=True)
class Address:
    """A host, as it is written in an address, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def read_text(settings: Mapping[str, Json], field: str) -> str:
    """Return a text, empty where there is none. Raises WrongSetting."""
    value = settings.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongSetting(field, "must be a text.")
    return value


def read_number(settings: Mapping[str, Json], field: str, default: float, most: float) -> float:
    """Return a number from 0 to ``most``, written as one or as a text. Raises WrongSetting."""
    value = settings.get(field)
    if value in (None, ""):
        return default
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise WrongSetting(field, f"must be a number from 0 to {most:g}.")
    return float(value)


def read_url(settings: Mapping[str, Json], field: str) -> str:
    """Return an http or https address. Raises WrongSetting."""
    value = read_text(settings, field)
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or re.search(r"[\s\x00-\x1f]", value):
        raise WrongSetting(field, "must be an http or https address.")
    return value


def read_address(settings: Mapping[str, Json], field: str, port: int | None = None) -> Address:
    """Return a ``host:port``; ``port`` is that of an address without one, None where one must be given.

    Raises WrongSetting.
    """
    value = read_text(settings, field).strip()
    try:
        parts = urlsplit(f"//{value}")
        given = parts.port or port
    except ValueError:
        raise WrongSetting(field, "must be host:port.") from None
    host = parts.hostname or ""
    if not host or given is None or parts.netloc != value or "@" in value or re.search(r"[\s\x00-\x1f]", value):
        raise WrongSetting(field, "must be host:port.")
    return Address(f"[{host}]" if ":" in host else host, given)


def read_statuses(settings: Mapping[str, Json], field: str) -> Sequence[range]:
    """Return the statuses that are well: ``200``, ``200-299``, ``2xx``, several with commas or as a list.

    Raises WrongSetting. Without any, those are all of 2xx.
    """
    value = settings.get(field)
    parts = value if isinstance(value, list | tuple) else str("" if value is None else value).split(",")
    words = [str(part).strip() for part in parts if str(part).strip()]
    return [_statuses(word, field) for word in words] or [range(200, 300)]


def read_headers(settings: Mapping[str, Json], field: str) -> Mapping[str, Secret]:
    """Return headers by name; all their values count as secrets. Raises WrongSetting."""
    value = settings.get(field) or {}
    if not isinstance(value, Mapping) or not all(isinstance(each, str | Secret) for each in value.values()):
        raise WrongSetting(field, "must map names to texts.")
    return {str(name): each if isinstance(each, Secret) else Secret(each) for name, each in value.items()}


def _statuses(word: str, field: str) -> range:
    if found := _CLASS.fullmatch(word):
        return range(int(found[1]) * 100, int(found[1]) * 100 + 100)
    found = _RANGE.fullmatch(word)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise WrongSetting(field, "must hold statuses such as 200, 200-299 or 2xx.")
    return range(first, last + 1)
