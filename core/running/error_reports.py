"""What is done about an error that somebody reported: the endpoint is looked at, and what was found is told."""

from collections.abc import Callable
from datetime import datetime

from ..errors import PublicistError
from ..health.book import HealthBook
from ..health.checker import Checker
from ..health.states import last_found, sentence_of
from ..records import Endpoint, Reading


class ErrorReports:
    """Has endpoints looked at when people report errors."""

    def __init__(self, checker: Checker, book: HealthBook, clock: Callable[[], datetime]) -> None:
        self._checker = checker
        self._book = book
        self._clock = clock

    def look(self, endpoint: Endpoint) -> Reading:
        """Look at the endpoint now and return what this look found by itself, whatever state it is in."""
        try:
            results = self._checker.look(endpoint.id)
        except PublicistError as error:
            return Reading(endpoint.slug, "unknown", self._clock(), error.message)
        health = self._book.of(endpoint.id)
        message = sentence_of(results)
        return Reading(endpoint.slug, last_found(health), self._clock(), message, health.latency_ms)
