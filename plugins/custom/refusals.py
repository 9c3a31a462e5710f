"""From a 4xx answer of a `rest-v1` catalogue to the error that the core acts on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from ...core.errors import (
    AuthenticationFailed,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RejectedError,
    SlugConflict,
)
from ...core.http import Answer
from ...core.records import Json, Marketplace

LONGEST = 300
MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document, as far as it was one: ``code`` is empty where none was given."""

    code: str = ""
    detail: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def problem_of(answer: Answer) -> Problem:
    """Return what the answer says of itself: in short plain text, never with one of our secrets in it."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return Problem(detail=answer.text(LONGEST))
    code = data.get("code")
    return Problem(
        code=code if isinstance(code, str) else "",
        detail=_said(data.get("detail") or data.get("title"), answer),
        errors=_errors(data.get("errors"), answer),
    )


def _said(text: Json, answer: Answer) -> str:
    """Return a text of the catalogue's as a message may show it: the answer knows how to make it plain."""
    return replace(answer, body=text.encode(errors="replace")).text(LONGEST) if isinstance(text, str) else ""


def _errors(errors: Json, answer: Answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, texts in list(errors.items())[:MOST_FIELDS] if isinstance(errors, dict) else []:
        said = [_said(text, answer) for text in (texts if isinstance(texts, list) else [texts])[:MOST_FIELDS]]
        found[_said(path, answer)] = [text for text in said if text] or ["Not accepted."]
    return found


def is_not_found(answer: Answer) -> bool:
    """Tell whether the catalogue itself says that there is no such listing; a bare 404 may be a proxy's."""
    return answer.status == HTTPStatus.NOT_FOUND and problem_of(answer).code == "not_found"


def refusal(answer: Answer, marketplace: Marketplace) -> MarketplaceError:
    """Return the error for an answer with a status from 400 to 499, by the protocol's table of errors."""
    problem = problem_of(answer)
    said = f"{marketplace.name} answered {answer.status}: {problem.detail or 'no reason given.'}"
    match answer.status, problem.code:
        case (401 | 403, _):
            return AuthenticationFailed(said if marketplace.credentials else f"{said} It has no API key here.")
        case (404 | 408, _):
            return MarketplaceUnavailable(
                said,
                remedy="If it goes on, check the marketplace's address: it must be the protocol's base URL.",
            )
        case (409, "slug_conflict"):
            return SlugConflict(said)
        case (409, "in_progress"):
            return OutcomeUnknown(said)
        case _:
            return RejectedError(said, errors=problem.errors)
