"""What is looked at when an endpoint is checked: its dataset, its model, its own query path, and what was added."""

import time
from collections.abc import Callable, Mapping, Sequence

from ..errors import MarketplaceError, NotSupported, RejectedError
from ..hosting.adapter import Adapter
from ..hosting.plain_json import sendable
from ..http import Deadline
from ..queries.answering import Answering
from ..records import Backend, Check, CheckResult, Endpoint, Message, Query, Space
from ..redact import redact
from ..settings import Settings
from ..store import Store

DERIVED = ("dataset", "model", "query")
"""The names of the checks that every endpoint has by itself, as far as it has what they are of."""

LONGEST_MESSAGE = 500
LONGEST_READ = 20_000
"""How much of a plugin's text is looked through for secrets; a text may have any length."""

Job = Callable[[], CheckResult]


class Looking:
    """Says what there is to check of an endpoint, and does it. Safe to use from many threads."""

    def __init__(
        self, store: Store, adapter: Adapter, answering: Answering, settings: Settings, space: Callable[[], Space]
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._answering = answering
        self._settings = settings
        self._space = space

    def jobs(self, endpoint: Endpoint) -> Mapping[str, Job]:
        """Return the endpoint's checks by their names. None of them raises, or takes much longer than is set."""
        with self._store.session():
            added = self._store.checks.of(endpoint.id)
        found: dict[str, Job] = {}
        for side in ("dataset", "model"):
            if backend := getattr(endpoint, side):
                found[side] = self._backend(side, backend)
        if self._is_sampled(endpoint):
            found["query"] = _judged("query", lambda: self._query(endpoint))
        return found | {check.name: _judged(check.name, self._added(check, endpoint)) for check in added}

    def derived(self, endpoint: Endpoint) -> list[str]:
        """Return the names of the checks that the endpoint has by itself."""
        sides = [side for side in ("dataset", "model") if getattr(endpoint, side)]
        return [*sides, "query"] if self._is_sampled(endpoint) else sides

    def run(self, check: Check, endpoint: Endpoint) -> CheckResult:
        """Run one added check now. Raises RejectedError when its settings do not do."""
        try:
            return _told(self._added(check, endpoint)(), check.name)
        except NotSupported:
            raise
        except RejectedError as error:
            if error.cause_code == "validation":
                raise
            return _failed(check.name, error)
        except MarketplaceError as error:
            return _failed(check.name, error)

    def _added(self, check: Check, endpoint: Endpoint) -> Job:
        return lambda: self._adapter.run_check(check, endpoint, self._space(), seconds=self._settings.check_deadline)

    def _backend(self, side: str, backend: Backend) -> Job:
        def look() -> CheckResult:
            said = self._adapter.check_backend(backend, self._space(), seconds=self._settings.check_deadline)
            return CheckResult(side, said.ok, said.message, said.reachable, said.latency_ms)

        return _judged(side, look)

    def _is_sampled(self, endpoint: Endpoint) -> bool:
        """Whether the query path is tried: where a model answers, that costs, and must have been asked for."""
        if not self._settings.health_sample_query:
            return False
        if endpoint.model is not None and endpoint.response_type != "raw":
            return self._settings.health_sample_models
        return endpoint.dataset is not None

    def _query(self, endpoint: Endpoint) -> CheckResult:
        seconds = self._settings.check_deadline
        query = Query((Message("user", self._settings.health_sample_query),), limit=1, max_tokens=16)
        started = time.perf_counter()
        answer = self._answering.answer(endpoint, self._space(), query, Deadline.after(seconds))
        latency = (time.perf_counter() - started) * 1000
        number = len(answer.documents)
        said = "a text" if answer.summary else f"{number} passage{'' if number == 1 else 's'}"
        return CheckResult("query", ok=True, message=f"The sample query got {said}.", latency_ms=latency)


def latency_of(results: Sequence[CheckResult]) -> float | None:
    """Return in how many milliseconds the endpoint answered: its query path, else the slowest of what was checked."""
    measured = {each.name: each.latency_ms for each in results if each.latency_ms is not None and each.ok}
    return measured.get("query", max(measured.values(), default=None))


def _judged(name: str, job: Job) -> Job:
    def run() -> CheckResult:
        try:
            return _told(job(), name)
        except MarketplaceError as error:
            return _failed(name, error)

    return run


def _told(result: CheckResult, name: str) -> CheckResult:
    message, warning = _shown(result.message), _shown(result.warning)
    return CheckResult(name, result.ok, message, result.reachable, result.latency_ms, warning)


def _failed(name: str, error: MarketplaceError) -> CheckResult:
    return CheckResult(name, ok=False, message=_shown(error.message), reachable=bool(error.answered))


def _shown(text: str) -> str:
    """Return what a plugin said, as it can be kept: without secrets, and without what no database takes."""
    return redact(sendable(text[:LONGEST_READ]))[:LONGEST_MESSAGE]
