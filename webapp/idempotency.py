"""Requests that carry an ``Idempotency-Key``: done once, answered the same ever after.

The answer is kept for 24 hours under the key, the token, the method and the path. A request that failed before
anything was done is forgotten, so that it can be sent again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import request
from marshmallow import fields

from ..core.errors import Conflict, InvalidInput
from ..core.records import ApiToken
from ..core.schemas import Strict
from ..core.services import Services

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
AT_MOST = timedelta(minutes=2)
"""No request takes longer; one that began before and was never answered died with its process."""

_LONGEST = 255


class IdempotencyHeaders(Strict):
    """The header, for the API's description."""

    key = fields.String(
        data_key=HEADER,
        metadata={
            "description": "Your own name for this request: sent again, it is answered and not done again.",
            "minLength": 1,
            "maxLength": _LONGEST,
            "pattern": "^[!-~]+$",
        },
    )


def once(services: Services, token: ApiToken, body: Any, work: Callable[[], Any]) -> tuple[Any, dict[str, str]]:
    """Return the answer of ``work``, or the one kept for the request's key, and the headers that go with it.

    Raises InvalidInput when the key was used for another body, Conflict while its first request is under way.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work(), {}
    name, digest = _name(key, token), _digest(json.dumps(body, sort_keys=True))
    kept = services.store.idempotency.begin(name, digest, services.clock(), services.clock() - AT_MOST)
    if kept is None:
        return _first(services, name, work), {}
    if kept.request_digest != digest:
        raise InvalidInput({HEADER: ["This key was used for another request; choose a new one."]})
    if kept.answer is None:
        raise Conflict(
            "A request with this Idempotency-Key is still under way.",
            remedy="Send it again in a moment; it will then be answered with what came of the first.",
        )
    return json.loads(kept.answer), {REPLAYED: "true"}


def _first(services: Services, name: str, work: Callable[[], Any]) -> Any:
    table = services.store.idempotency
    table.prune(services.clock() - KEPT_FOR)
    try:
        answer = work()
    except BaseException:
        table.forget(name)
        raise
    table.finish(name, 200, json.dumps(answer))
    return answer


def _name(key: str, token: ApiToken) -> str:
    if not 0 < len(key) <= _LONGEST or not (key.isascii() and key.isprintable()):
        raise InvalidInput({HEADER: [f"Must be 1 to {_LONGEST} printable ASCII characters."]})
    return _digest(json.dumps([token.id, request.method, request.path, key]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
