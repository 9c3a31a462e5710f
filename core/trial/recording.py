"""A client that keeps what it sent and got, in words that a person may see: no secret, and no more than is of use."""

import json
import re
from collections.abc import Mapping
from typing import Any

from ..errors import MarketplaceError
from ..http import Answer, Client
from ..redact import redact

LONGEST = 500
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECRET = re.compile(r"token|secret|password|passphrase|api_?key|authorization", re.IGNORECASE)


class Recording:
    """Sends what it is given through ``client``.

    ``lines`` tell every request and its answer, ``written`` whether a write (one that is not ``safe``) was accepted.
    """

    def __init__(self, client: Client, lines: list[str]) -> None:
        self.base_url = client.base_url
        self.deadline = client.deadline
        self.lines = lines
        self.written = False
        self._client = client

    def elsewhere(self, base_url: str) -> "Recording":
        """Return the same for another address; see the client."""
        return Recording(self._client.elsewhere(base_url), self.lines)

    def request(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request and return its answer; see the client."""
        try:
            answer = self._client.request(method, path, **options)
        except MarketplaceError as error:
            self.lines += [f"→ {_sent(method, path, options)}", f"← {redact(error.message)}"]
            raise
        self.lines += [f"→ {_sent(method, path, options)}", f"← {answer.status} {_got(answer)}"]
        self.written |= answer.ok and method not in _READS and not options.get("safe")
        return answer


def _sent(method: str, path: str, options: Mapping[str, Any]) -> str:
    parts = [method, path]
    parts += [f"?{_shown(options['params'])}"] if options.get("params") else []
    named = sorted({*(options.get("headers") or {}), *(["Authorization"] if options.get("auth") else [])})
    parts += [f"[{', '.join(f'{name}: ***' for name in named)}]"] if named else []
    body = options.get("json") if options.get("json") is not None else options.get("form")
    parts += [_shown(body)] if body is not None else []
    return _cut(" ".join(parts))


def _got(answer: Answer) -> str:
    try:
        return _cut(_shown(answer.json()))
    except MarketplaceError:
        return answer.text(LONGEST)


def _shown(value: Any) -> str:
    return json.dumps(_masked(value), ensure_ascii=False, default=str)


def _masked(value: Any) -> Any:
    """Return ``value`` with *** for every text under a name that sounds like a secret's."""
    if isinstance(value, Mapping):
        return {
            key: "***" if isinstance(item, str) and _SECRET.search(str(key)) else _masked(item)
            for key, item in value.items()
        }
    return [_masked(item) for item in value] if isinstance(value, list | tuple) else value


def _cut(text: str) -> str:
    shown = redact(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
