"""Where queries come from: the country of an address, by a file in MaxMind's format that the operator provides."""

import logging
import threading
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

from ..settings import Settings

log = logging.getLogger(__name__)

UNKNOWN = ""
_LETTERS = 2


class Places:
    """Tells countries. Safe to use from many threads; a file that is replaced is taken up with the next address."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.geoip_database
        self._lock = threading.Lock()
        self._mark: tuple[int, int, int] | None = None
        self._reader: Any = None
        self.problem = ""
        """Why no country is known though a file is named, as a sentence; empty when all is well."""
        self._follow()

    def country_of(self, address: str, *, from_marketplace: bool) -> str:
        """Return two letters (ISO 3166), or an empty text for unknown.

        A call from a marketplace's server says nothing of whoever asks there: its country is unknown.
        """
        public = _public(address)
        if not self._path or from_marketplace or public is None:
            return UNKNOWN
        from maxminddb import InvalidDatabaseError

        self._follow()
        with self._lock:
            try:
                found = self._reader.get(public) if self._reader else None
            except (ValueError, InvalidDatabaseError) as error:
                self._note(f"PUBLICIST_GEOIP_DATABASE cannot be read: {error}.")
                return UNKNOWN
        return _country(found)

    def _follow(self) -> None:
        """Open the file when it is another one than before."""
        if not self._path:
            return
        try:
            stat = Path(self._path).stat()
        except OSError as error:
            self._mark = None
            self._note(f"PUBLICIST_GEOIP_DATABASE names {self._path}, which cannot be read: {error.strerror}.")
            return
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        with self._lock:
            if mark != self._mark:
                self._mark = mark
                self._open()

    def _open(self) -> None:
        from maxminddb import MODE_MEMORY, InvalidDatabaseError, open_database

        try:
            # Read whole: a file that is replaced or cut short under a memory map would end the process.
            self._reader = open_database(self._path, MODE_MEMORY)
        except (OSError, ValueError, InvalidDatabaseError) as error:
            self._note(f"PUBLICIST_GEOIP_DATABASE names {self._path}, which is no MaxMind file: {error}.")
        else:
            self.problem = ""

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("%s Countries are unknown until it is.", problem)
        self.problem = problem


def _public(address: str) -> IPv4Address | IPv6Address | None:
    """Return the address if it is one of the internet's; one of IPv4 in the clothes of IPv6 as what it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    inner = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    held = inner or found
    return held if held.is_global else None


def _country(found: Any) -> str:
    for name in ("country", "registered_country"):
        held = found.get(name) if isinstance(found, dict) else None
        code = held.get("iso_code") if isinstance(held, dict) else None
        if isinstance(code, str) and len(code) == _LETTERS:
            return code.upper()
    return UNKNOWN
