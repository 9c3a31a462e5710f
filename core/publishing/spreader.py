"""How due publications come to be worked: by this process's own threads, or as the executor of a plugin spreads them.

An executor is handed ids and nothing else. The rows are the truth: whoever works an id claims it first, so one that is
handed out twice is worked once, and one that was lost on its way is still due and handed out again.
"""

import logging
import time
from collections.abc import Sequence

from ..errors import MarketplaceError
from ..hosting.manager import Plugins
from ..records import Publication
from .worker import Worker

log = logging.getLogger(__name__)

SPREAD_SECONDS = 5.0
AGAIN_SECONDS = 30.0
"""After so long an id that is due still, and that nobody claimed, is handed out again."""


class Spreader:
    """Has due publications worked. One thread calls it.

    Args:
        executor: the name of a plugin's executor, or empty.
    """

    def __init__(self, plugins: Plugins, worker: Worker, executor: str) -> None:
        self._plugins = plugins
        self._worker = worker
        self._executor = executor
        self._handed: dict[tuple[str, int], float] = {}
        self._failing = False

    def round(self) -> int:
        """Start, or hand out, what is due; return how much that was.

        What the executor does not take is worked here: an executor that fails makes nothing wait.
        """
        if not self._executor:
            return self._worker.run_due()
        rows = self._fresh(self._worker.due())
        if not rows:
            return 0
        ids = [row.id for row in rows]
        try:
            self._plugins.call_kind(
                f"ExecutorKind:{self._executor}",
                "spread_work",
                SPREAD_SECONDS,
                executor=self._executor,
                ids=ids,
                work=self._work,
            )
        except MarketplaceError as error:
            self._tell(error)
            return self._worker.run_due(ids)
        self._failing = False
        again = time.monotonic() + AGAIN_SECONDS
        self._handed |= {(row.id, row.fence): again for row in rows}
        return len(rows)

    def _fresh(self, rows: Sequence[Publication]) -> list[Publication]:
        """Leave out what was handed out a while ago. What was claimed since, and is due again, is new work."""
        now = time.monotonic()
        self._handed = {key: again for key, again in self._handed.items() if again > now}
        return [row for row in rows if (row.id, row.fence) not in self._handed]

    def _work(self, ids: Sequence[str]) -> int:
        """Work publications in this process; return how many calls were begun. What is not due is passed over."""
        return self._worker.run_due([str(name) for name in ids])

    def _tell(self, error: MarketplaceError) -> None:
        if not self._failing:
            log.warning("The executor %s fails, and work is done in this process: %s", self._executor, error.message)
        self._failing = True
