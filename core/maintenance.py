"""Maintenance: announced times during which queries are told to come back later."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from .errors import NotFound
from .events import note_maintenance
from .records import MaintenanceWindow
from .schemas.maintenance import MaintenanceDraft
from .store import Store

KEPT = timedelta(days=30)


class Maintenance:
    """Announces windows, takes them back, and tells whether an endpoint is in one."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def now(self, endpoint_id: str) -> MaintenanceWindow | None:
        """Return the window in which the endpoint is at present, or None; of several the one that ends last."""
        with self._store.session():
            return self._store.maintenance.holding(endpoint_id, self._clock())

    def coming(self) -> list[MaintenanceWindow]:
        """Return the windows that are not over, the earliest first."""
        with self._store.session():
            return self._store.maintenance.coming(self._clock())

    def add(self, draft: MaintenanceDraft) -> MaintenanceWindow:
        """Announce a window. Raises NotFound for an endpoint that there is not."""
        now = self._clock()
        with self._store.write():
            endpoint = self._store.endpoints.by_slug(draft.slug) if draft.slug else None
            if draft.slug and (endpoint is None or endpoint.deleted_at):
                raise NotFound(f"There is no endpoint {draft.slug!r}.")
            window = MaintenanceWindow(
                str(uuid.uuid4()), endpoint.id if endpoint else None, draft.starts_at, draft.ends_at, draft.note, now
            )
            self._store.maintenance.add(window)
            said = f"Announced from {draft.starts_at:%Y-%m-%d %H:%M} to {draft.ends_at:%Y-%m-%d %H:%M} UTC."
            note_maintenance(self._store, endpoint, "maintenance", said, now)
        return window

    def remove(self, window_id: str) -> None:
        """Take a window back, or end it. Raises NotFound."""
        now = self._clock()
        with self._store.write():
            window = self._store.maintenance.by_id(window_id)
            if window is None:
                raise NotFound(
                    f"There is no maintenance window {window_id!r}.",
                    remedy="`publicist maintenance list` shows their ids.",
                )
            self._store.maintenance.remove(window_id)
            endpoint = self._store.endpoints.by_id(window.endpoint_id) if window.endpoint_id else None
            note_maintenance(self._store, endpoint, "maintenance", "Ended the maintenance, or took it back.", now)

    def prune(self) -> None:
        """Forget what has long been over."""
        with self._store.write():
            self._store.maintenance.prune(self._clock() - KEPT)
