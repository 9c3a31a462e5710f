"""A query as SyftHub's aggregator and its clients send it: what is unknown is let pass, the rest must be of its type.

Numbers that are too large are brought down to what is allowed rather than refused: whoever asks through a hub chose
none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, post_load, validate

from ..records import Message, Query
from .base import Strict, load
from .fields import Flag, Items, Length
from .json_values import text_fault

MOST_DOCUMENTS = 100
MOST_TOKENS = 32_768
HOTTEST = 2.0
MOST_MESSAGES = 200
LONGEST_MESSAGE = 100_000
MOST_STOPS = 16
ROLES = ("user", "assistant", "system")


class Clamped(fields.Float):
    """A number that is brought to within its bounds; ``whole`` takes nothing but whole ones."""

    def __init__(self, least: float, most: float, *, whole: bool = False, **options: Any) -> None:
        bounds = {"description": f"From {least:g} to {most:g}; a number beyond is brought to the nearer end."}
        super().__init__(allow_none=True, metadata=bounds, **options)
        self.least, self.most, self.whole = least, most, whole

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if self.whole and value != value // 1:
            raise ValidationError("Not a whole number.")
        bounded = min(self.most, max(self.least, value))
        return int(bounded) if self.whole else float(bounded)


class Said(fields.String):
    """What somebody said: a text with something in it, kept as it is."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if fault := text_fault(value, LONGEST_MESSAGE):
            raise ValidationError(fault)
        return value


class MessageSchema(Schema):
    """One message of a conversation."""

    class Meta:
        """Options that marshmallow reads."""

        unknown = INCLUDE

    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    content = Said(required=True)

    @post_load
    def _record(self, data: dict[str, Any], **_: Any) -> Message:
        return Message(data["role"], data["content"])


class Messages(fields.Field[Any]):
    """A query in words, or a conversation as a list of messages."""

    _conversation = Items(fields.Nested(MessageSchema), MOST_MESSAGES, least=1)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[Message, ...]:
        if isinstance(value, str):
            messages: list[Any] = [Message("user", Said().deserialize(value))]
        elif isinstance(value, list):
            messages = self._conversation.deserialize(value)
            Length(min=1)(messages)
        else:
            raise ValidationError("Must be a text, or a list of {role, content}.")
        if not Query(tuple(messages)).text.strip():
            raise ValidationError("Asks nothing; enter what you want to know.")
        return tuple(messages)


class QuerySchema(Strict):
    """A query."""

    class Meta:
        """Options that marshmallow reads."""

        unknown = INCLUDE

    messages = Messages(required=True, metadata={"description": "A text, or a list of {role, content}."})
    limit = Clamped(1, MOST_DOCUMENTS, whole=True)
    similarity_threshold = Clamped(0, 1)
    include_metadata = Flag(load_default=True, allow_none=True)
    max_tokens = Clamped(1, MOST_TOKENS, whole=True)
    temperature = Clamped(0, HOTTEST)
    stop_sequences = Items(Said(), MOST_STOPS, allow_none=True)
    stream = Flag(load_default=False, allow_none=True)
    transaction_token = fields.String(allow_none=True, validate=Length(max=8_192))


_SCHEMA = QuerySchema()
"""Made once: making it takes longer than reading a query by it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A query, and what came beside it.

    ``words`` tells a query in words from a conversation: it is how callers ask a dataset, with less patience.
    ``payment`` is the transaction token in the body, empty where there is none.
    """

    query: Query
    words: bool
    include_metadata: bool = True
    payment: str = ""


_CLEAN: Mapping[str, Callable[[Any], Any]] = {
    "limit": int,
    "similarity_threshold": float,
    "max_tokens": int,
    "temperature": float,
    "stop_sequences": tuple,
    "stream": bool,
}


def load_query(data: Any, correlation_id: str = "") -> Asking:
    """Return the query that ``data`` describes; what is left out or null gets its default. Raises InvalidInput."""
    clean = load(_SCHEMA, data)
    given = {name: read(clean[name]) for name, read in _CLEAN.items() if clean.get(name) is not None}
    return Asking(
        query=Query(clean["messages"], correlation_id=correlation_id, **given),
        words=isinstance(data["messages"], str),
        include_metadata=clean["include_metadata"] is not False,
        payment=clean.get("transaction_token") or "",
    )
