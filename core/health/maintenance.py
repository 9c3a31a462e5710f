"""Maintenance: announced times during which queries are told to come back later."""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import InvalidInput, NotFound
from ..events import note_maintenance
from ..records import Endpoint, MaintenanceRule, MaintenanceWindow
from ..schemas.maintenance import MaintenanceDraft, load_maintenance_patch
from ..store import Store
from .recurrence import UNKNOWN, windows

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
NOT_LOOKED_AT = "It is in maintenance."
"""Why an endpoint is not looked at meanwhile; so it stands in its health until it is looked at again."""


class Maintenance:
    """Announces windows, once or recurring, takes them back, and tells whether an endpoint is in one."""

    def __init__(self, store: Store, endpoints: Endpoints, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._endpoints = endpoints
        self._clock = clock
        self._next: dict[str, tuple[MaintenanceRule, datetime, MaintenanceWindow | None]] = {}

    def now(self, endpoint_id: str) -> MaintenanceWindow | None:
        """Return the window in which the endpoint is at present, or None; of several the one that ends last."""
        now = self._clock()
        with self._store.session():
            found = [self._store.maintenance.holding(endpoint_id, now)]
            found += [self._window(rule, now) for rule in self._store.maintenance.rules_of(endpoint_id)]
        holding = [window for window in found if window is not None and window.starts_at <= now]
        return max(holding, key=lambda window: window.ends_at, default=None)

    def coming(self) -> list[MaintenanceWindow]:
        """Return the windows that are not over, the earliest first; of what recurs the one that holds or comes next."""
        now = self._clock()
        with self._store.session():
            once, rules = self._store.maintenance.coming(now), self._store.maintenance.rules()
        recurring = [window for rule in rules if (window := self._window(rule, now))]
        return sorted([*once, *recurring], key=lambda window: (window.starts_at, window.id))

    def holding(self) -> dict[str | None, MaintenanceWindow]:
        """Return the windows that hold now, by the id of their endpoint; None stands for all endpoints."""
        now = self._clock()
        with self._store.session():
            once, rules = self._store.maintenance.running(now), self._store.maintenance.rules()
        recurring = [window for rule in rules if (window := self._window(rule, now)) and window.starts_at <= now]
        return {window.endpoint_id: window for window in sorted([*once, *recurring], key=lambda window: window.ends_at)}

    def one(self, window_id: str) -> MaintenanceWindow | MaintenanceRule:
        """Return the window, or the rule by which windows recur. Raises NotFound."""
        with self._store.session():
            return self._found(window_id)

    def add(self, draft: MaintenanceDraft) -> MaintenanceWindow:
        """Announce a window, or windows that recur; then the first of them is returned.

        Raises NotFound for an endpoint that there is not.
        """
        now = self._clock()
        with self._store.write():
            endpoint = self._endpoints.get(draft.slug) if draft.slug else None
            window = self._store_new(draft, endpoint, now)
            said = f"from {window.starts_at:%Y-%m-%d %H:%M} to {window.ends_at:%Y-%m-%d %H:%M} UTC"
            often = f", again by {draft.recurrence.cron} in {draft.recurrence.zone}" if draft.recurrence else ""
            note_maintenance(self._store, endpoint, "maintenance", f"Announced {said}{often}.", now)
        return window

    def edit(self, window_id: str, patch: Mapping[str, Any]) -> MaintenanceWindow:
        """Change when a window, or what recurs, ends, and its note; also while it holds.

        Returns:
            The window; of what recurs the one that holds or comes next.

        Raises:
            NotFound: there is none, or it is over.
            InvalidInput: it cannot end then.
        """
        now = self._clock()
        with self._store.write():
            before = self._found(window_id)
            there = _next(before, now)
            if there is None or there.ends_at <= now:
                raise NotFound("The maintenance is over.", remedy="Announce another window.")
            starts = before.starts_at if isinstance(before, MaintenanceWindow) else None
            after = replace(before, **load_maintenance_patch(patch, starts, now))
            window = _next(after, now)
            if window is None:
                raise InvalidInput({"ends_at": ["Comes before the next window would begin."]})
            self._store.maintenance.save(after)
            endpoint = self._store.endpoints.by_id(after.endpoint_id) if after.endpoint_id else None
            ends = f"{after.ends_at:%Y-%m-%d %H:%M} UTC" if after.ends_at else "never"
            note_maintenance(self._store, endpoint, "maintenance", f"Changed; ends {ends}.", now)
        return window

    def remove(self, window_id: str) -> None:
        """Take a window back, or end it; of what recurs all that is still to come. Raises NotFound."""
        now = self._clock()
        with self._store.write():
            window = self._found(window_id)
            self._store.maintenance.remove(window_id)
            endpoint = self._store.endpoints.by_id(window.endpoint_id) if window.endpoint_id else None
            note_maintenance(self._store, endpoint, "maintenance", "Ended the maintenance, or took it back.", now)

    def prune(self) -> None:
        """Forget what has long been over."""
        with self._store.write():
            self._store.maintenance.prune(self._clock() - KEPT)
        self._next.clear()

    def _found(self, window_id: str) -> MaintenanceWindow | MaintenanceRule:
        found = self._store.maintenance.by_id(window_id) or self._store.maintenance.rule(window_id)
        if found is None:
            raise NotFound(
                f"There is no maintenance window {window_id!r}.", remedy="`publicist maintenance list` shows their ids."
            )
        return found

    def _store_new(self, draft: MaintenanceDraft, endpoint: Endpoint | None, now: datetime) -> MaintenanceWindow:
        made, whose = str(uuid.uuid4()), endpoint.id if endpoint else None
        if draft.recurrence is None:
            window = MaintenanceWindow(made, whose, draft.starts_at, draft.the_end, draft.note, now)
            self._store.maintenance.add(window)
            return window
        rule = MaintenanceRule(made, whose, draft.recurrence, draft.starts_at, draft.ends_at, draft.note, now)
        self._store.maintenance.add_rule(rule)
        return next(windows(rule, now))

    def _window(self, rule: MaintenanceRule, now: datetime) -> MaintenanceWindow | None:
        """Return the rule's window that holds or comes next.

        It is kept in mind until it is over: it is asked for at every query, and working it out takes much longer.
        """
        known = self._next.get(rule.id)
        # The store gives the same record for the same row; comparing field by field takes longer than all the rest.
        same = known is not None and (known[0] is rule or known[0] == rule)
        if known and same and known[1] <= now and (known[2] is None or now < known[2].ends_at):
            return known[2]
        try:
            window = next(windows(rule, now), None)
        except UNKNOWN:  # made on another machine, which knew it; no query may fail for that
            log.exception("Maintenance does not recur: this machine does not know %s", rule.recurrence.zone)
            window = None
        self._next[rule.id] = (rule, now, window)
        return window


def preview(draft: MaintenanceDraft, now: datetime, most: int = 5) -> list[MaintenanceWindow]:
    """Return the first windows that a draft would make, at most so many."""
    if draft.recurrence is None:
        return [MaintenanceWindow("", None, draft.starts_at, draft.the_end, draft.note, now)]
    rule = MaintenanceRule("", None, draft.recurrence, draft.starts_at, draft.ends_at, draft.note, now)
    return list(islice(windows(rule, now), most))


def _next(announced: MaintenanceWindow | MaintenanceRule, now: datetime) -> MaintenanceWindow | None:
    return announced if isinstance(announced, MaintenanceWindow) else next(windows(announced, now), None)
