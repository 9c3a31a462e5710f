"""An answer that is sent while it is written: server-sent events (WHATWG HTML, 9.2), as SyftHub's callers read them.

Each piece of text is one event ``data: {"content": …}``. Then come the events ``references`` and ``done``, and at last
``data: [DONE]``. What fails after the first piece ends the stream with an event ``error``; before it, the answer is an
ordinary problem document with its status.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

from flask import Response

from ...core.errors import PublicistError
from ...core.queries.answering import Deliver
from ...core.queries.refusals import QueryRefused
from ...core.records import QueryAnswer
from ...core.schemas import ending_json, references_json
from ..problems import of_error

log = logging.getLogger(__name__)

MEDIA_TYPE = "text/event-stream"
GONE = 499
"""The status under which a query is counted whose asker left before the answer was whole (nginx's word for it)."""


class Course:
    """An answer under way in a thread of its own; its pieces are taken out here."""

    def __init__(self, answer: Callable[[Deliver], QueryAnswer]) -> None:
        self._answer = answer
        self._come: SimpleQueue[str | QueryAnswer | Exception] = SimpleQueue()
        self._gone = threading.Event()
        threading.Thread(target=self._run, name="stream", daemon=True).start()

    def take(self) -> str | QueryAnswer | Exception:
        """Return the next piece; at the end the whole answer, or what was raised instead."""
        return self._come.get()

    def leave(self) -> None:
        """Wait for nothing more: what is still writing is told to stop with its next piece."""
        self._gone.set()

    def _run(self) -> None:
        try:
            self._come.put(self._answer(self._deliver))
        except Exception as error:  # noqa: BLE001 - it is told in the thread that serves
            self._come.put(error)

    def _deliver(self, piece: str) -> None:
        if self._gone.is_set():
            raise QueryRefused("Whoever asked has left.", status=GONE, cause="deadline")
        self._come.put(piece)


def respond(answer: Callable[[Deliver], QueryAnswer], *, metadata: bool) -> Response:
    """Return the response that streams an answer. Raises what ``answer`` raises before its first piece."""
    course = Course(answer)
    first = course.take()
    if isinstance(first, Exception):
        raise first
    return Response(_events(course, first, metadata=metadata), content_type=f"{MEDIA_TYPE}; charset=utf-8")


def _events(course: Course, first: str | QueryAnswer, *, metadata: bool) -> Iterator[bytes]:
    come: str | QueryAnswer | Exception = first
    pieces = 0
    try:
        while isinstance(come, str):
            yield _event({"content": come})
            pieces += 1
            come = course.take()
        if isinstance(come, Exception):
            yield _event(_problem(come), "error")
            return
        yield from _ending(come, metadata=metadata, with_text=not pieces)
    finally:
        course.leave()


def _ending(given: QueryAnswer, *, metadata: bool, with_text: bool) -> Iterator[bytes]:
    if with_text and given.answer.summary:
        yield _event({"content": given.answer.summary})
    if (references := references_json(given, metadata=metadata)) is not None:
        yield _event({"references": references}, "references")
    yield _event(ending_json(given), "done")
    yield b"data: [DONE]\n\n"


def _event(data: dict[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _problem(error: Exception) -> dict[str, Any]:
    if isinstance(error, PublicistError):
        return of_error(error).as_json()
    log.error("A stream failed", exc_info=error)
    return {"status": 500, "detail": "Something went wrong inside publicist.", "cause": "internal"}
