"""Reading a backend's settings, which come as somebody entered them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from ...core.errors import MarketplaceUnavailable
from ...core.records import Json
from ...core.secrets import Secret

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_WAIT = 600.0


class WrongSetting(Exception):
    """A setting cannot be used; the text, for people and without secrets, becomes the health answer's message."""


@contextmanager
def asking(role: str) -> Iterator[None]:
    """Tell whoever asks a backend of a setting that cannot be used. Raises MarketplaceUnavailable for WrongSetting."""
    try:
        yield
    except WrongSetting as error:
        raise MarketplaceUnavailable(f"The {role} cannot be asked: {error}") from None


def read_address(settings: Mapping[str, Json], field: str) -> str:
    """Return an http or https address, empty where there is none. Raises WrongSetting."""
    value = read_text(settings, field)
    try:
        parts = urlsplit(value)
        sound = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if value and (not sound or re.search(r"[\s\x00-\x1f]", value)):
        raise WrongSetting(f"The setting {field} must be an http or https address.")
    return value


def read_text(settings: Mapping[str, Json], field: str) -> str:
    """Return a text, empty where there is none. Raises WrongSetting."""
    value = settings.get(field) or ""
    if not isinstance(value, str):
        raise WrongSetting(f"The setting {field} must be a text.")
    return value


def read_secret(settings: Mapping[str, Json], field: str) -> Secret | None:
    """Return a secret text, None where there is none. Raises WrongSetting."""
    value = settings.get(field) or None
    if value is None or isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise WrongSetting(f"The setting {field} must be a text.")
    return Secret(value)


def read_seconds(settings: Mapping[str, Json], field: str) -> float | None:
    """Return a time in seconds, None where there is none. Raises WrongSetting."""
    value = settings.get(field)
    if value in (None, ""):
        return None
    try:
        seconds = float(value) if not isinstance(value, bool) else 0.0
    except (TypeError, ValueError):
        seconds = 0.0
    if not 0 < seconds <= LONGEST_WAIT:
        raise WrongSetting(f"The setting {field} must be a number of seconds, at most {LONGEST_WAIT:g}.")
    return seconds


def read_names(settings: Mapping[str, Json], field: str, known: frozenset[str]) -> frozenset[str] | None:
    """Return names from a list, or from a text in which commas part them; None where there are none.

    Raises WrongSetting for one that is not ``known``.
    """
    value = settings.get(field)
    if value in (None, "", []):
        return None
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise WrongSetting(f"The setting {field} must be a list of names.")
    names = frozenset(part.strip() for part in parts if part.strip())
    if strange := sorted(names - known):
        raise WrongSetting(f"The setting {field} names {strange[0]!r}; there are {', '.join(sorted(known))}.")
    return names


def origin(url: str) -> str:
    """Return scheme, host and port of an address that was read."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or DEFAULT_PORTS[parts.scheme]}"
