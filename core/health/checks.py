"""The checks that are added to endpoints, beside those that each has by itself."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import InvalidInput, NotFound, RejectedError
from ..events import note_check
from ..hosting.manager import Plugins
from ..records import Check, CheckResult, Endpoint
from ..schemas.check import MOST_CHECKS, CheckDraft, load_check_patch
from ..store import Store
from .check_changes import CheckChanges, check_changes
from .looking import Looking


class Checks:
    """Adds checks to endpoints, changes them, takes them away."""

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        endpoints: Endpoints,
        looking: Looking,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._endpoints = endpoints
        self._looking = looking
        self._clock = clock

    def of(self, slug: str) -> list[Check]:
        """Return the checks that were added to an endpoint, the oldest first. Raises NotFound."""
        endpoint = self._endpoints.get(slug)
        with self._store.session():
            return self._store.checks.of(endpoint.id)

    def derived(self, slug: str) -> list[str]:
        """Return the names of the checks that an endpoint has by itself. Raises NotFound."""
        return self._looking.derived(self._endpoints.get(slug))

    def get(self, slug: str, name_or_id: str) -> Check:
        """Return a check by its name or its id. Raises NotFound."""
        found = [one for one in self.of(slug) if name_or_id in (one.id, one.name)]
        if not found:
            raise NotFound(
                f"{slug} has no added check {name_or_id!r}.", remedy=f"`publicist check list {slug}` shows them all."
            )
        return found[0]

    def add(self, slug: str, draft: CheckDraft) -> tuple[Check, CheckResult | None]:
        """Add a check, and look once if the draft wants that; what was seen stands beside it.

        A check that does not pass is added all the same. Raises NotFound, and InvalidInput when its settings do not
        do, its name is taken, or there are too many.
        """
        endpoint = self._endpoints.get(slug)
        now = self._clock()
        check = Check(str(uuid.uuid4()), endpoint.id, draft.kind, draft.name, draft.settings, now)
        result = self._tried(check, endpoint) if draft.test else None
        self._save(endpoint, check, "added", now)
        return check, result

    def edit(self, slug: str, name_or_id: str, data: Any) -> tuple[Check, CheckResult | None]:
        """Change a check; see :meth:`add`, and :func:`~publicist.core.schemas.check.load_check_patch`."""
        endpoint, before = self._endpoints.get(slug), self.get(slug, name_or_id)
        draft = load_check_patch(data, before, self._plugins.check_kinds)
        check = replace(before, kind=draft.kind, name=draft.name, settings=draft.settings)
        result = self._tried(check, endpoint) if draft.test else None
        if check != before:
            self._save(endpoint, check, "edited", self._clock())
        return check, result

    def remove(self, slug: str, name_or_id: str) -> None:
        """Take a check away. Raises NotFound."""
        endpoint, check = self._endpoints.get(slug), self.get(slug, name_or_id)
        with self._store.write():
            self._store.checks.remove(check.id)
            self._store.looks.ask(endpoint.id, "checks")
            note_check(self._store, endpoint, check, "removed", self._clock())

    def changes(self, endpoint_id: str, drafts: Sequence[CheckDraft]) -> CheckChanges:
        """Return what would make these the endpoint's added checks. Raises InvalidInput."""
        with self._store.session():
            return check_changes(self._store.checks.of(endpoint_id), drafts, endpoint_id, self._clock())

    def put(self, endpoint: Endpoint, drafts: Sequence[CheckDraft]) -> bool:
        """Make these the endpoint's added checks, without running them; return whether anything differed.

        Raises InvalidInput.
        """
        with self._store.write():
            found = self.changes(endpoint.id, drafts)
            for check in found.removed:
                self._store.checks.remove(check.id)
            for check in (*found.added, *found.edited):
                self._store.checks.save(check)
            for verb in ("removed", "added", "edited"):
                for check in getattr(found, verb):
                    note_check(self._store, endpoint, check, verb, self._clock())
            if found:
                self._store.looks.ask(endpoint.id, "checks")
        return bool(found)

    def run(self, slug: str, name_or_id: str) -> CheckResult:
        """Run one added check now; it counts for nothing. Raises NotFound, InvalidInput."""
        return self._tried(self.get(slug, name_or_id), self._endpoints.get(slug))

    def _tried(self, check: Check, endpoint: Endpoint) -> CheckResult:
        try:
            return self._looking.run(check, endpoint)
        except RejectedError as error:
            raise InvalidInput(error.errors or {"settings": [error.message]}) from None

    def _save(self, endpoint: Endpoint, check: Check, verb: str, now: datetime) -> None:
        with self._store.write():
            others = [one for one in self._store.checks.of(endpoint.id) if one.id != check.id]
            if any(one.name == check.name for one in others):
                raise InvalidInput({"name": [f"{endpoint.slug} has a check {check.name!r} already; choose another."]})
            if len(others) >= MOST_CHECKS:
                raise InvalidInput({"body": [f"An endpoint can be given {MOST_CHECKS} checks; take one away first."]})
            self._store.checks.save(check)
            self._store.looks.ask(endpoint.id, "checks")
            note_check(self._store, endpoint, check, verb, now)
