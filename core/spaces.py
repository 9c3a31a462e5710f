"""This space: its installation id, its address, its developer token."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from . import publication as life
from .records import Space
from .settings import Settings
from .store import Store

_KEYS = {"name": "space_name"}


class Spaces:
    """Reads and changes what is kept about this space."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    def current(self) -> Space:
        """Return the space as it is now; the environment's public URL wins over the one entered."""
        with self._store.session():
            kept = self._store.settings.all()
            made = kept.get("installation_id") or self._store.settings.set_once("installation_id", str(uuid.uuid4()))
        return Space(
            installation_id=made,
            name=kept.get("space_name") or "My space",
            public_url=self._settings.public_url or kept.get("public_url", ""),
            deployment=kept.get("deployment", "localhost"),
            developer_token=self._store.settings.opened(kept.get("developer_token")),
        )

    def change(self, patch: Mapping[str, Any]) -> Space:
        """Change what is given (see :func:`publicist.core.schemas.load_network`), and leave the rest.

        A changed address or developer token makes every listing due, and what could not be listed without it.

        Returns:
            The space as it is afterwards.
        """
        before = self.current()
        with self._store.write():
            for name, value in patch.items():
                self._store.settings.set(_KEYS.get(name, name), value)
        after = self.current()
        if (after.public_url, after.developer_token) != (before.public_url, before.developer_token):
            self.address_changed()
        return after

    def notice_address(self) -> bool:
        """Sync the listings when the address is not the one of the last start (the environment may have changed it)."""
        now = self.current().public_url
        with self._store.session():
            last = self._store.settings.get("last_public_url")
            self._store.settings.set("last_public_url", now)
        if last != now:
            self.address_changed()
        return last != now

    def address_changed(self) -> None:
        """Make every listing due, and everything that waited for an address."""
        with self._store.write():
            self._store.settings.set(
                "last_public_url", self._settings.public_url or self._store.settings.get("public_url")
            )
            for row in self._store.publications.wanted_listed():
                self._store.publications.save(life.want(row, "listed", self._clock(), by_person=False))
