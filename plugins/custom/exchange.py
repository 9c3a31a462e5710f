"""One request to a `rest-v1` catalogue and the loaded answer, or the error that fits a read or a write."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from marshmallow import Schema, ValidationError

from ...core.errors import MarketplaceUnavailable, OutcomeUnknown
from ...core.hookspecs import Call
from ...core.http import Answer
from ...core.records import Json, Marketplace
from ...core.secrets import Secret
from .refusals import refusal

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """A marketplace and the call in which it is spoken to."""

    marketplace: Marketplace
    call: Call

    @property
    def _key(self) -> Secret | None:
        key = self.marketplace.credentials.get("api_key")
        return key if key and key.reveal() else None

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Json = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> Answer:
        """Send one request with the API key, if there is one. Raises what the client raises."""
        return self.call.http.request(
            method, path, params=params, json=json, headers=headers, auth=self._key, max_bytes=max_bytes
        )

    def read(
        self,
        path: str,
        schema: Schema,
        *,
        params: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> Any:
        """Return what a GET answers, loaded. A refusal raises its error, nonsense MarketplaceUnavailable."""
        answer = self.send("GET", path, params=params, max_bytes=max_bytes)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise refusal(answer, self.marketplace)
        return self.loaded(answer, schema)

    def loaded(self, answer: Answer, schema: Schema) -> Any:
        """Return the body of an answer to a read. Raises MarketplaceUnavailable for another shape."""
        try:
            return schema.load(answer.json())
        except ValidationError as error:
            raise MarketplaceUnavailable(self._nonsense(answer, error)) from error

    def written(self, answer: Answer, schema: Schema) -> Any:
        """Return the body of an answer to a write.

        A refusal raises its error; nonsense raises OutcomeUnknown, since the write may have been done.
        """
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise refusal(answer, self.marketplace)
        try:
            return schema.load(answer.json())
        except ValidationError as error:
            raise self.unknown(self._nonsense(answer, error)) from error

    def unknown(self, message: str) -> OutcomeUnknown:
        """Return the error for an answer to a write that cannot be made sense of."""
        return OutcomeUnknown(message, cause="marketplace_unavailable")

    def _nonsense(self, answer: Answer, error: ValidationError) -> str:
        lines = list(_lines(error.messages))
        more = f" and {len(lines) - MOST_SHOWN} more" if len(lines) > MOST_SHOWN else ""
        shown = "; ".join(lines[:MOST_SHOWN])
        return f"{self.marketplace.name} gave an answer to {answer.method} that is not rest-v1: {shown}{more}"


def timestamp(moment: datetime) -> str:
    """Return a time as the protocol writes it: in UTC, ending in ``Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _lines(messages: Json, path: str = "") -> Iterator[str]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _lines(inner, f"{path}.{key}" if path else str(key))
    else:
        yield f"{path}: {' '.join(map(str, messages))}"
