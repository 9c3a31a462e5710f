"""From an answer to what it means: a success, nothing there, or the error on which the core acts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from ...core.errors import (
    AuthenticationFailed,
    ListingGone,
    MarketplaceError,
    MarketplaceUnavailable,
    NotSupported,
    OutcomeUnknown,
    RateLimited,
    RejectedError,
    SlugConflict,
)
from ...core.http import Answer
from .bounds import QueryError
from .queries import Query

LONGEST = 300
MOST_FIELDS = 20
LONGEST_WAIT = 86_400


class Absent(ListingGone):
    """What was asked for is not there, as a rule of the description says."""


def _rejected(cause: str) -> Callable[..., MarketplaceError]:
    return partial(RejectedError, cause=cause)


WORDS: Mapping[str, Callable[..., MarketplaceError] | None] = {
    "ok": None,
    "absent": Absent,
    "slug_conflict": SlugConflict,
    "authentication": AuthenticationFailed,
    "rate_limited": RateLimited,
    "unavailable": MarketplaceUnavailable,
    "unknown": OutcomeUnknown,
    "rejected": RejectedError,
    "not_allowed": _rejected("not_allowed"),
    "conflict": _rejected("conflict"),
    "unreachable": _rejected("network_unreachable"),
    "not_supported": NotSupported,
}
"""The words for what a rule can make of an answer; ``ok`` is a success whatever the status."""

_BY_STATUS: Mapping[int, type[MarketplaceError]] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationFailed,
    HTTPStatus.FORBIDDEN: AuthenticationFailed,
    HTTPStatus.NOT_FOUND: MarketplaceUnavailable,
    HTTPStatus.METHOD_NOT_ALLOWED: MarketplaceUnavailable,
    HTTPStatus.REQUEST_TIMEOUT: MarketplaceUnavailable,
    HTTPStatus.GONE: MarketplaceUnavailable,
}
_ADDRESS = "If it goes on, check the marketplace's address, and that it is what its kind describes."


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer means where ``when`` holds."""

    when: Query
    error: str
    message: Query | None = None
    fields: Query | None = None
    remedy: str | None = None
    retry_after: Query | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the answers to one request: its own rules come before those for all."""

    rules: Sequence[Rule] = ()
    success: Query | None = None
    message: Query | None = None
    field_names: Mapping[str, str] = None  # type: ignore[assignment]  # set by whoever makes it

    def judged(self, name: str, answer: Answer, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer as expressions see it, if it is a success.

        Args:
            name: the marketplace's, for messages.
            answer: what came.
            context: what expressions see beside the answer.

        Raises:
            Absent: a rule says that it is not there.
            MarketplaceError: what the answer means.
        """
        seen = {**context, **_seen(answer)}
        try:
            rule = next((rule for rule in self.rules if rule.when.holds(seen)), None)
            if rule is not None and rule.error != "ok":
                raise self._by_rule(name, rule, answer, seen)
            if rule is None:
                self._refuse(name, answer, seen)
        except QueryError as error:
            raise nonsense(name, answer, str(error)) from error
        return seen

    def _refuse(self, name: str, answer: Answer, seen: Mapping[str, Any]) -> None:
        if not answer.ok:
            made = _BY_STATUS.get(answer.status, RejectedError)
            remedy = _ADDRESS if made is MarketplaceUnavailable else None
            raise made(self._said(name, answer, seen, self.message), remedy=remedy)
        if answer.body and seen["body"] is None:
            answer.json()  # raises what a body that is no JSON means
        if self.success is None:
            return
        found = self.success(seen)
        if found is False:
            raise RejectedError(self._said(name, answer, seen, self.message))
        if found in (None, "", [], {}):
            raise nonsense(name, answer, "it does not say whether it is a success")

    def _by_rule(self, name: str, rule: Rule, answer: Answer, seen: Mapping[str, Any]) -> MarketplaceError:
        made = WORDS[rule.error] or RejectedError
        options: dict[str, Any] = {"remedy": rule.remedy} if rule.remedy else {}
        if rule.error in {"rate_limited", "unavailable"} and rule.retry_after is not None:
            options["retry_after"] = _seconds(rule.retry_after(seen))
        if rule.fields is not None and rule.error not in {"rate_limited", "unavailable", "unknown", "authentication"}:
            options["errors"] = self._errors(_tried(rule.fields, seen), answer)
        return made(self._said(name, answer, seen, rule.message or self.message), **options)

    def _said(self, name: str, answer: Answer, seen: Mapping[str, Any], message: Query | None) -> str:
        found = _tried(message, seen)
        told = _plain(answer, found) if found not in (None, "", [], {}) else answer.text(LONGEST)
        return f"{name} answered {answer.status}: {told or 'it gave no reason'}"

    def _errors(self, found: Any, answer: Answer) -> dict[str, list[str]]:
        if isinstance(found, list):
            pairs = [one for one in found if isinstance(one, dict) and isinstance(one.get("field"), str)]
            found = {one["field"]: str(one.get("message")) for one in pairs}
        if not isinstance(found, dict):
            return {}
        names = self.field_names or {}
        return {
            names.get(key, key): [_plain(answer, text) for text in (texts if isinstance(texts, list) else [texts])][:5]
            for key, texts in list(found.items())[:MOST_FIELDS]
        }


def blame(error: MarketplaceError, part: str) -> MarketplaceError:
    """Return the error as one that a part of the description is at fault for, such as ``list.paging``."""
    error.part = part
    return error


def nonsense(name: str, answer: Answer, why: str) -> MarketplaceError:
    """Return the error for an answer that cannot be made sense of: after a write nobody knows what was done."""
    said = f"{name} gave an answer to {answer.method} that its description does not cover: {why}."
    if answer.method != "GET" and not answer.safe and answer.ok:
        return OutcomeUnknown(said, cause="marketplace_unavailable")
    return MarketplaceUnavailable(said)


def _tried(query: Query | None, seen: Mapping[str, Any]) -> Any:
    """Return what a query finds, None where it cannot be applied: a refusal is one, however it is put."""
    try:
        return query(seen) if query is not None else None
    except QueryError:
        return None


def _seen(answer: Answer) -> dict[str, Any]:
    try:
        body = answer.json() if answer.body else None
    except MarketplaceError:
        body = None
    headers = {key.lower(): value for key, value in answer.headers.items()}
    return {"status": answer.status, "headers": headers, "body": body, "text": answer.text()}


def _plain(answer: Answer, found: Any) -> str:
    """Return a text of the marketplace's as a message may show it: the answer knows how to make it plain."""
    text = found if isinstance(found, str) else repr(found)[: 2 * LONGEST]
    return replace(answer, body=text.encode(errors="replace")).text(LONGEST)


def _seconds(found: Any) -> float | None:
    sound = isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= LONGEST_WAIT
    return float(found) if sound else None
