"""What this space says of an endpoint's health to others: the book's word, except in maintenance."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from ..health.book import HealthBook
from ..health.maintenance import NOT_LOOKED_AT, Maintenance
from ..health.states import as_known
from ..records import Health, HealthState
from ..settings import Settings
from .order import state_to_tell


class Vouching:
    """Answers for marketplaces, which are told or which ask. It reads the store only, so any process can."""

    def __init__(
        self, book: HealthBook, maintenance: Maintenance, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._book = book
        self._maintenance = maintenance
        self._keep = settings.maintenance_health == "last"
        self._clock = clock

    def state(self, endpoint_id: str) -> HealthState:
        """Return what is to be said of one endpoint now."""
        return self._state(self._book.of(endpoint_id), announced=self._maintenance.now(endpoint_id) is not None)

    def all(self, endpoint_ids: Collection[str]) -> Mapping[str, Health]:
        """Return each endpoint's health by its id, with the state that is to be said of it now."""
        book, now = self._book.all(), self._clock()
        maybe = any(window.starts_at <= now for window in self._maintenance.coming())
        said: dict[str, Health] = {}
        for name in endpoint_ids:
            health, announced = book.get(name) or Health(name), maybe and self._maintenance.now(name) is not None
            said[name] = replace(health, state=self._state(health, announced=announced))
        return said

    def _state(self, health: Health, *, announced: bool) -> HealthState:
        """Return the state to be told; ``announced`` says that a maintenance window holds."""
        known = as_known(health, self._clock(), self._book.trusted)
        # A window is not over for others before somebody has looked again: they would be told of nothing meanwhile.
        inside = announced or (known.state == "unknown" and known.message == NOT_LOOKED_AT)
        before = self._book.last_known(health) if inside and known.state == "unknown" else known.state
        return state_to_tell(known.state, before, in_maintenance=inside, keep=self._keep)
