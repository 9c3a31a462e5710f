"""An answer that came back whole, and how it is read."""

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from ..errors import MarketplaceUnavailable
from ..redact import redact
from ..text import cut
from .faults import NONSENSE, SUCCESS, Asked, NoAnswer, unanswered

_READ = 20_000
_MARGIN = 4_096
"""How many characters of a body are looked at for a message; those of the margin only to find a secret's end."""

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[!/?a-z][^>]*(?:>|\Z)", re.IGNORECASE)
_TAG_LEFT = re.compile(r"<+(?=[!/?a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with status 2xx, or 4xx other than 429.

    Attributes:
        status: the HTTP status.
        headers: looked up without regard to case.
        body: decompressed.
        url: where it came from in the end, after redirects; without query.
        method: in capitals.
        safe: that the caller called this request one that changes nothing.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    method: str
    safe: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.status in SUCCESS

    def json(self) -> Any:
        """Return the body read as JSON.

        A body that is not JSON raises MarketplaceUnavailable; OutcomeUnknown when a write was answered 2xx:
        then something was done, and only the marketplace knows what.
        """
        try:
            return json.loads(self.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise self._not_json() from None

    def _not_json(self) -> Exception:
        kind = plain(self.headers.get("Content-Type", "").partition(";")[0].encode(), 50) or "no content type"
        asked = Asked(self.method, self.url, self.safe)
        if asked.write and not self.ok:
            return MarketplaceUnavailable(
                redact(f"{asked} was answered with {self.status} and no JSON ({kind}): {self.text()}")
            )
        return unanswered(asked, NoAnswer(f"the answer is not JSON ({kind})", NONSENSE))

    def text(self, limit: int = 200) -> str:
        """Return at most ``limit`` characters of the body, fit for a message; see :func:`plain`."""
        return plain(self.body, limit)


def plain(body: bytes, limit: int = 200) -> str:
    """Return ``body`` as one line of plain text: no tags, controls or bidi marks, and every secret masked."""
    text = body[: 4 * _READ].decode("utf-8", "replace")
    if len(text) > _READ:
        text = redact(text[:_READ])[:-_MARGIN]
    # Each step may put a secret together, or tear one apart before it is recognised.
    text = redact(html.unescape(redact(text)))
    # Tags last: what is taken out from between "<" and a letter would make one.
    text = _untagged("".join(map(_visible, text)))
    text = redact(" ".join(text.split()))
    return cut(text, limit)


def _untagged(text: str) -> str:
    text = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    return _TAG_LEFT.sub("", text)


def _visible(character: str) -> str:
    """Return ``character``; a space for a control or line end, nothing for an invisible one (a bidi mark)."""
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else character


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
