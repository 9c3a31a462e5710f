"""What an operation of the API says of itself: from it come the checks before a view runs, and its description."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from marshmallow import Schema

from .incoming import NoQuery

Scope = Literal["read", "publish", "admin"]
Method = Literal["GET", "POST", "PATCH", "DELETE"]


class Csv(str):
    """The form of an answer that is a CSV file (RFC 4180)."""

    __slots__ = ()


Shape = type[Schema] | type[str] | None
"""The form of an answer: a schema, ``str`` for plain text, :class:`Csv`, None for no body."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What an operation takes and gives.

    Attributes:
        scope: what the token must have; None makes the operation public.
        askers: whether a public operation takes the token of a marketplace, or none.
        gives: the form of its answer.
        status: the status of its answer.
        takes: the form of its JSON body; None where none is read.
        body_optional: whether the body may be left out.
        query: its query parameters.
        problems: statuses of problem documents, beside those that follow from the above.
        also: further answers by status.
        idempotent: whether an ``Idempotency-Key`` is honoured.
        streams: whether the answer may also come as server-sent events.
        any_slug: whether a slug in the path may be one that no endpoint can have.
    """

    scope: Scope | None
    gives: Shape
    status: int = 200
    takes: type[Schema] | None = None
    body_optional: bool = False
    query: type[Schema] = NoQuery
    problems: tuple[int, ...] = ()
    also: Mapping[int, type[Schema]] | None = None
    idempotent: bool = False
    askers: bool = False
    streams: bool = False
    any_slug: bool = False

    def all_problems(self, *, has_path: bool) -> list[int]:
        """Return every status that may come with a problem document."""
        found = {422, *self.problems}
        found |= {401, 403} if self.scope or self.askers else set()
        found |= {404} if has_path else set()
        found |= {400, 413, 415} if self.takes else set()
        found |= {409} if self.idempotent else set()
        return sorted(found)
