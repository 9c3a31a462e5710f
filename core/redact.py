"""Takes secrets out of text that people or logs will see.

Two nets: the secrets that this process has met (:func:`remember`), in every spelling in which a server may
echo them, and the shapes of well-known ones (API tokens, bearer headers, JWTs, user names and passwords in
addresses), for those that it has not.
"""

import html
import json
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from requests.utils import requote_uri

from .secrets import Secret

MASK = "***"
SHORTEST = 6
"""Shorter values are let through: masking them would tear ordinary words apart and hide nothing."""
MOST = 1024
"""So many secrets are kept in mind, the latest met; short-lived tokens come and go for as long as we run."""

# None of these may try the same run of characters twice: what is redacted was written by strangers.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"://[^\s/?#\"<>]*@"), f"://{MASK}@"),
    (re.compile(r"\b(Bearer)(?:\s+|%20|\+)[a-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    # "Basic authentication" is prose: base64 of a name and a password is never lower case alone.
    (re.compile(r"\b([Bb]asic)\s+(?![a-z]+\b)[A-Za-z0-9+/=]{6,}"), rf"\1 {MASK}"),
    (re.compile(r"(?<![A-Za-z0-9])(?:pub|syft_pat)_[A-Za-z0-9_-]{8,}"), MASK),
    (re.compile(r"(?:(?<![\w-])|(?<=%20))eyJ[\w-]++\.[\w-]++\.[\w-]*", re.ASCII), MASK),
    (
        re.compile(
            r"([?&](?:api_?key|access_token|token|password|secret|key|signature)=)[^&\s\"'<>#]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
)


_OCTET = re.compile("%[0-9A-F]{2}")
_SENT_AS_IT_IS = re.compile(r"[A-Za-z0-9_.~-]*")


def _spellings(value: str) -> set[str]:
    """Return the forms in which ``value`` comes back in JSON, HTML, addresses and form bodies."""
    inner = json.dumps(value)[1:-1]
    forms = {value, inner, inner.replace("/", "\\/"), json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {html.escape(value), html.escape(value, quote=False), value.replace(" ", "+")}
    encoded = value.encode("utf-8", "replace")
    sent = {quote(encoded), quote(encoded, safe=""), quote_plus(encoded), requote_uri(value)}
    sent |= {_OCTET.sub(lambda octet: octet[0].lower(), form) for form in sent}
    return forms | sent | {quote(form) for form in sent}


def _mixed(value: str) -> re.Pattern[str] | None:
    """Return what finds ``value`` with some characters encoded and others not, None where it is sent as it is.

    Servers that log or show an address decode as much of it as they like, and proxies encode it once more. No
    character is tried in two ways: a secret and a text that were made for each other would take time without end.
    """
    return None if _SENT_AS_IT_IS.fullmatch(value) else re.compile("".join(map(_in_any_way, value)))


def _in_any_way(character: str) -> str:
    if _SENT_AS_IT_IS.fullmatch(character):
        return re.escape(character)
    once = "".join(f"%{octet:02x}" for octet in character.encode("utf-8", "replace"))
    inner = json.dumps(character)[1:-1]
    others = {
        character,
        html.escape(character),
        inner,
        inner.replace("/", "\\/"),
        "+" if character == " " else character,
    }
    ways = "|".join(re.escape(way) for way in _longest_first({once.replace("%", "%25"), once, *others}))
    return f"(?>(?i:{ways}))"


def _longest_first(forms: Iterable[str]) -> list[str]:
    return sorted(forms, key=lambda form: (-len(form), form))


class _Registry:
    """The secrets met so far, with their spellings ready for use. One per process; safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: OrderedDict[str, tuple[set[str], re.Pattern[str] | None]] = OrderedDict()
        self.forms: list[str] = []
        self.mixed: list[re.Pattern[str]] = []

    def add(self, value: str) -> None:
        with self._lock:
            if value in self._met:
                self._met.move_to_end(value)
                return
            self._met[value] = _spellings(value), _mixed(value)
            if len(self._met) > MOST:
                self._met.popitem(last=False)
            self.forms = _longest_first(set().union(*(forms for forms, _ in self._met.values())))
            self.mixed = [mixed for _, mixed in self._met.values() if mixed]


_registry = _Registry()


def remember(secret: Secret) -> None:
    """Have ``secret`` masked from now on, wherever this process redacts; under 6 characters it is ignored."""
    if len(secret.reveal()) >= SHORTEST:
        _registry.add(secret.reveal())


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return ``text`` with ``***`` for the given secrets, those remembered, and all that looks like one."""
    own = [secret.reveal() for secret in secrets if len(secret.reveal()) >= SHORTEST]
    for form in _longest_first(set().union(*map(_spellings, own))):
        text = text.replace(form, MASK)
    for form in _registry.forms:
        if form in text:
            text = text.replace(form, MASK)
    for mixed in [*filter(None, map(_mixed, own)), *_registry.mixed]:
        text = mixed.sub(MASK, text)
    for shape, put in _SHAPES:
        text = shape.sub(put, text)
    return text


class RedactingFilter(logging.Filter):
    """Redacts a record's message, arguments, exception and stack.

    Add it to *handlers*: a filter on a logger does not see what its child loggers pass up.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrub ``record`` in place, so that no later handler sees more; always lets it pass."""
        record.msg = redact(_message(record))
        record.args = ()
        if record.exc_info:
            record.exc_text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            # A formatter that does not use exc_text would write the exception out anew.
            record.exc_info = None
        record.exc_text = redact(record.exc_text) if record.exc_text else None
        record.stack_info = redact(record.stack_info) if record.stack_info else None
        return True


def _message(record: logging.LogRecord) -> str:
    """Return the formatted message; without its arguments if they do not fit it."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - an argument's own __str__ may raise anything, and a log line must not
        return str(record.msg)
