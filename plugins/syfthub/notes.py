"""What the adapter remembers about one marketplace between calls: small JSON texts, encrypted by the core.

=============  ==================================================  ===========================================
key            holds                                               why
=============  ==================================================  ===========================================
``login``      ``user``, ``access``, ``refresh``, ``until``        all processes share one login
``account``    ``username``                                        the name in every listing's public address
``dialect``    ``name``, ``at``                                    what the hub last proved to speak, and when
``domain``     ``address``                                         an address in the profile that is ours
``satellite``  ``id``, ``base_url``, ``sent``                      our row at a hub that has satellites
``tunnel``     ``username``, ``domain``                            each question makes a credential at the hub
``audience``   ``id``                                              whom the hub's tokens for this space name
``clock``      ``ahead``                                           seconds; the hub believes the time in a report
=============  ==================================================  ===========================================
"""

import json
from collections.abc import Mapping
from typing import Any

from ...core.hookspecs import Memory

LOGIN, ACCOUNT, DIALECT, DOMAIN, SATELLITE = "login", "account", "dialect", "domain", "satellite"
TUNNEL, AUDIENCE, CLOCK = "tunnel", "audience", "clock"


class Notes:
    """Reads and writes the notes; one that cannot be read counts as absent."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self, key: str) -> Mapping[str, Any]:
        """Return the note under ``key``, empty when there is none."""
        try:
            note = json.loads(self._memory.get(key) or "{}")
        except ValueError:
            return {}
        return note if isinstance(note, dict) else {}

    def write(self, key: str, **note: Any) -> None:
        """Keep ``note`` under ``key``, unless it stands there already."""
        if self.read(key) != note:
            self._memory.set(key, json.dumps(note))

    def forget(self, *keys: str) -> None:
        """Drop these notes."""
        for key in keys:
            if self._memory.get(key) is not None:
                self._memory.set(key, None)

    def remember_account(self, username: str) -> None:
        """Keep whose account it is. At another account nothing that was noted before holds."""
        known = self.read(ACCOUNT).get("username")
        if known is not None and known != username:
            self.forget(DIALECT, DOMAIN, SATELLITE, AUDIENCE)
        self.write(ACCOUNT, username=username)
