"""Whom an entry of a policy means: an address, a domain, a pattern, or everyone. Pure."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from ..records import Asker
from .shown import EVERYONE

NOBODY, ANYONE, PATTERN, ADDRESS = range(4)
"""How closely an entry fits a person, from not at all to by their very address."""


def address_of(asker: Asker) -> str:
    """Return the e-mail address by which entries know the asker; a guest has none, whatever a token says."""
    return "" if asker.guest else asker.email.casefold()


def listed(entries: Sequence[str], asker: Asker) -> bool:
    """Whether one of the entries means the asker."""
    return closeness(entries, asker) > NOBODY


def closeness(entries: Sequence[str], asker: Asker) -> int:
    """Return how closely the best of ``entries`` fits: ADDRESS, PATTERN (a domain too), ANYONE or NOBODY."""
    address = address_of(asker)
    if address and address in entries:
        return ADDRESS
    if address and (_domain(address) in entries or any(fits(pattern, address) for pattern in _patterns(entries))):
        return PATTERN
    return ANYONE if EVERYONE in entries else NOBODY


def names_people(entries: Iterable[str]) -> bool:
    """Whether it takes an address to tell whom the entries mean."""
    return any(entry != EVERYONE for entry in entries)


def fits(pattern: str, name: str) -> bool:
    """Whether ``name`` fits a pattern in which ``*`` stands for any characters and ``?`` for one; case is no matter."""
    return fnmatchcase(name.casefold(), pattern.casefold().replace("[", "[[]"))


def _domain(address: str) -> str:
    return "@" + address.rpartition("@")[2]


def _patterns(entries: Sequence[str]) -> Iterable[str]:
    return (entry for entry in entries if entry != EVERYONE and ("*" in entry or "?" in entry))
