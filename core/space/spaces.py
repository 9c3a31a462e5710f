"""This space: its installation id, its address, its developer token."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ..events import note_setting
from ..marketplaces.token_checks import KEY as TOKEN_CHECKS
from ..publishing import publication as life
from ..records import DeploymentSource, Space
from ..secrets import Secret
from ..settings import Settings
from ..store import Store
from .deployment import AUTO, Deployment, MachineFacts, detect
from .machine import gather_facts

_KEYS = {"name": "space_name"}


class Spaces:
    """Reads and changes what is kept about this space.

    ``facts`` are those of the machine; they are gathered once, when they are first needed.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
        facts: Callable[[], MachineFacts] = gather_facts,
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._facts = facts

    def current(self) -> Space:
        """Return the space as it is now; the environment's public URL wins over the one entered."""
        with self._store.session():
            kept = self._store.settings.all()
            made = kept.get("installation_id") or self._store.settings.set_once("installation_id", str(uuid.uuid4()))
        return Space(
            installation_id=made,
            name=kept.get("space_name") or "My space",
            public_url=self._settings.public_url or kept.get("public_url", ""),
            deployment=self._chosen(kept.get("deployment", AUTO))[1].name,
            developer_token=self._store.settings.opened(kept.get("developer_token")),
        )

    def deployment(self) -> tuple[DeploymentSource, Deployment]:
        """Return where this space runs and who says so: what is entered, else the environment, else the machine."""
        with self._store.session():
            return self._chosen(self._store.settings.get("deployment", AUTO))

    @cached_property
    def detected(self) -> Deployment:
        """Where this space runs as far as the machine shows, whatever is entered."""
        return detect(self._facts())

    def _chosen(self, entered: str) -> tuple[DeploymentSource, Deployment]:
        if entered != AUTO:
            return "entered", Deployment(entered, "It was entered under Settings, Network.")
        if self._settings.deployment != AUTO:
            return "environment", Deployment(self._settings.deployment, "PUBLICIST_DEPLOYMENT says so.")
        return "detected", self.detected

    def change(self, patch: Mapping[str, Any]) -> Space:
        """Change what is given (see :func:`publicist.core.schemas.load_network`), and leave the rest.

        A changed address or developer token makes every listing due, and what could not be listed without it.

        Returns:
            The space as it is afterwards.
        """
        before = self.current()
        with self._store.write():
            for name, value in patch.items():
                self._set(name, value, getattr(before, name, None))
            if "developer_token" in patch:
                self._store.settings.set(TOKEN_CHECKS, None)
            after = self.current()
            if after.public_url != before.public_url:
                self._address_changed()
            elif after.developer_token != before.developer_token:
                self._make_due(written=False)
        return after

    def _set(self, name: str, value: Any, before: Any) -> None:
        self._store.settings.set(_KEYS.get(name, name), value)
        if value != before:
            note_setting(self._store, name, _told(before, value), self._clock())

    def notice_address(self) -> bool:
        """Sync the listings when the address is not the one of the last start (the environment may have changed it)."""
        with self._store.write():
            changed = self._store.settings.get("last_public_url") != self.current().public_url
            if changed:
                self._address_changed()
        return changed

    def _address_changed(self) -> None:
        """Make every listing due to be written, and everything that waited for an address, in the open transaction."""
        self._store.settings.set("last_public_url", self._settings.public_url or self._store.settings.get("public_url"))
        self._make_due(written=True)

    def _make_due(self, *, written: bool) -> None:
        """Make every listing due; ``written`` also where it does not look different.

        A kind may keep the address outside of the listings, as SyftHub does: only a write brings it there.
        """
        self._store.pacing.accept_credentials()
        for row in self._store.publications.wanted_listed():
            due = life.want(row, "listed", self._clock(), by_person=False)
            self._store.publications.save(replace(due, confirmed_digest=None) if written else due)


def _told(before: Any, after: Any) -> str:
    """Return a change in words; of a secret only whether there is one."""
    if isinstance(before, Secret) or isinstance(after, Secret):
        return "Forgotten." if after is None else "Entered." if before is None else "Replaced."
    return f"{before or 'nothing'} → {after or 'nothing'}"
