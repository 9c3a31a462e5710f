"""What SyftHub says when it refuses, read from its three shapes and turned into our errors. Pure.

The body is always ``{"detail": …}``, and ``detail`` is a text (most errors), an object with ``code`` and
``message`` (domain errors), or a list with one entry per field (422). Entries echo the rejected input, whole
passwords included, so only their location and their message are ever read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from ...core.errors import AuthenticationFailed, MarketplaceError, MarketplaceUnavailable, RejectedError
from ...core.http import Answer

_LONGEST = 200
_MOST_ERRORS = 20
_OUR_NAMES = {
    "description": "summary",
    "readme": "description",
    "base_url": "public_url",
    "domain": "public_url",
}
"""The hub's name of a field, where ours is another."""

_ADDRESS_REMEDY = "Check the marketplace's address: it should be the hub itself, such as https://syfthub.openmined.org."


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal.

    ``code`` is set only by domain errors, ``errors`` only by a 422 list; ``spoken`` is False when the body is
    not the hub's at all (a proxy's page, another server).
    """

    status: int
    message: str
    code: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    count: int | None = None
    spoken: bool = True

    @property
    def plain(self) -> bool:
        """Whether it came as a bare text, as a missing route does."""
        return self.spoken and not self.code and not self.errors


def our_name(field: str) -> str:
    """Return what we call a field of the hub's."""
    return _OUR_NAMES.get(field, field)


def parsed(answer: Answer) -> Any:
    """Return the body's JSON, None when it is not JSON: for answers that are judged by their shape."""
    try:
        return answer.json()
    except MarketplaceError:
        return None


def problem(answer: Answer) -> Problem:
    """Read a refusal, whatever its shape."""
    body = parsed(answer)
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, str):
        return Problem(answer.status, _said(answer, detail))
    if isinstance(detail, dict):
        return _object(answer, detail)
    if isinstance(detail, list):
        errors = _by_field(answer, detail)
        told = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())
        return Problem(answer.status, told, errors=errors or {"": []})
    return Problem(answer.status, answer.text(_LONGEST), spoken=False)


def failure(answer: Answer, doing: str) -> MarketplaceError:
    """Return the error for an answer that is not a success; ``doing`` completes "The hub did not …"."""
    found = problem(answer)
    message = f"The hub did not {doing}: {found.message or 'it gave no reason'} (HTTP {found.status})."
    if found.status == HTTPStatus.UNAUTHORIZED:
        return AuthenticationFailed(message)
    if found.spoken and (found.code == "EMAIL_NOT_VERIFIED" or found.message == "Inactive user"):
        return AuthenticationFailed(message, remedy=_account_remedy(found))
    if found.spoken and found.status in _CAUSES:
        return RejectedError(message, errors=found.errors, cause=_CAUSES[found.status])
    if found.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # a proxy says it, in its own words
        return RejectedError(message, remedy="Shorten the description or the policies of the endpoint.")
    return MarketplaceUnavailable(message, remedy=_ADDRESS_REMEDY)


_CAUSES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "validation",
    HTTPStatus.FORBIDDEN: "not_allowed",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.UNPROCESSABLE_ENTITY: "validation",
}


def _account_remedy(found: Problem) -> str:
    if found.code == "EMAIL_NOT_VERIFIED":
        return "Confirm the account's e-mail address on the hub, then test the connection again."
    return "Have the account activated on the hub, then test the connection again."


def _object(answer: Answer, detail: Mapping[str, Any]) -> Problem:
    count = detail.get("count")
    return Problem(
        answer.status,
        _said(answer, detail.get("message")),
        code=str(detail.get("code") or detail.get("error") or "UNNAMED"),
        count=count if isinstance(count, int) else None,
    )


def _by_field(answer: Answer, entries: list[Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for entry in entries[:_MOST_ERRORS]:
        if isinstance(entry, dict):
            errors.setdefault(_field(entry.get("loc")), []).append(_said(answer, entry.get("msg")))
    return errors


def _field(loc: Any) -> str:
    """Return the path of a field under our name for it, without the place (``body``) it was sent in."""
    parts = [str(part) for part in loc[1:]] if isinstance(loc, list) else []
    return ".".join([*map(our_name, parts[:1]), *parts[1:]])


def _said(answer: Answer, text: Any) -> str:
    """Return a text of the hub's as one short, plain line, with any secret in it masked."""
    return replace(answer, body=str(text or "not accepted").encode(errors="replace")).text(_LONGEST)
