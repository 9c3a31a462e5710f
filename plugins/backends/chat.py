"""Asking an OpenAI-compatible model, whole or piece by piece."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...core.errors import MarketplaceUnavailable
from ...core.hookspecs import Call
from ...core.http import Lines
from ...core.records import Backend, BackendAnswer, Json, Query
from . import answers
from .http_query import LARGEST_ANSWER, accepted
from .openai import Model, read_settings
from .prompt import conversation
from .settings import asking, origin

MOST_STOPS = 4
"""OpenAI refuses more."""
_DONE = "[DONE]"


def query(backend: Backend, asked: Query, call: Call, deliver: Callable[[str], None]) -> BackendAnswer:
    """Have the model answer the conversation, from the query's documents where there are some.

    Raises:
        MarketplaceUnavailable: the settings are wrong, or there was no proper answer.
        RateLimited: it wants to be asked later.
        RejectedError: it does not take this query.
    """
    with asking(asked.backend_role):
        model = read_settings(backend.settings)
    with call.http.stream_lines(
        f"{model.url}/chat/completions",
        json=body(asked, model),
        auth=model.api_key,
        absolute=True,
        timeout=model.timeout or call.http.deadline.remaining(),
        max_bytes=LARGEST_ANSWER,
    ) as lines:
        answer = _streamed(lines, model, deliver) if _is_stream(lines) else _whole(lines, model, asked, deliver)
    return answer if answer.model else replace(answer, model=model.name)


def body(asked: Query, model: Model) -> dict[str, Json]:
    """Return the query as it is sent."""
    fields: dict[str, Json] = {
        "model": model.name,
        "max_tokens": asked.max_tokens,
        "temperature": asked.temperature,
        "stop": list(asked.stop_sequences[:MOST_STOPS]) or None,
        **model.parameters,
        "messages": conversation(asked, model.system_prompt),
        "stream": asked.stream or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _is_stream(lines: Lines) -> bool:
    return lines.ok and lines.content_type == "text/event-stream"


def _whole(lines: Lines, model: Model, asked: Query, deliver: Callable[[str], None]) -> BackendAnswer:
    """Return an answer that came in one piece; a server may not stream although it was asked to."""
    value = accepted(lines.answer(), asked.backend_role).json()
    try:
        answer = answers.from_choices(value if isinstance(value, Mapping) else {})
    except answers.Unclear as error:
        raise _unclear(model, str(error)) from None
    if asked.stream:
        deliver(answer.summary or "")
    return answer


@dataclass(slots=True)
class _Written:
    """What has come of a streamed answer so far."""

    pieces: list[str] = field(default_factory=list)
    model: str = ""
    finish_reason: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)

    def take(self, event: Mapping[str, Any]) -> str:
        """Take one event up; return what it adds to the text."""
        self.model = self.model or str(event.get("model") or "")
        self.usage = answers.counts(event.get("usage")) or self.usage
        choices = event.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(first, Mapping):
            return ""
        self.finish_reason = str(first.get("finish_reason") or self.finish_reason)
        delta = first.get("delta")
        piece = delta.get("content") if isinstance(delta, Mapping) else None
        text = piece if isinstance(piece, str) else ""
        self.pieces.append(text)
        return text


def _streamed(lines: Lines, model: Model, deliver: Callable[[str], None]) -> BackendAnswer:
    written, ended = _Written(), False
    for data in _events(lines):
        if data == _DONE:
            ended = True
            break
        deliver(written.take(_event(data, model)))
    if not ended and not written.finish_reason:
        raise _unclear(model, "with a stream that broke off")
    return BackendAnswer(
        summary="".join(written.pieces),
        model=written.model,
        finish_reason=written.finish_reason or "stop",
        usage=written.usage,
    )


def _event(data: str, model: Model) -> Mapping[str, Any]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, Mapping):
        raise _unclear(model, "with an event that is not a JSON object")
    if event.get("error"):
        raise _unclear(model, "with an error in the middle of its stream")
    return event


def _events(lines: Lines) -> Iterator[str]:
    """Yield the data of each server-sent event (HTML Standard, 9.2.6); names, ids and comments have no meaning here."""
    data: list[str] = []
    for line in lines:
        if not line and data:
            yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
    if data:
        yield "\n".join(data)


def _unclear(model: Model, how: str) -> MarketplaceUnavailable:
    return MarketplaceUnavailable(f"The model at {origin(model.url)} answered {how}.")
