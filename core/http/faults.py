"""From what went wrong on the wire to the error that tells the core what to do.

The line that matters runs between reads, which can be tried again, and writes, which may have been done::

                                    read                      write
    no connection, nothing sent     MarketplaceUnavailable    MarketplaceUnavailable
    sent, but no whole answer       MarketplaceUnavailable    OutcomeUnknown
    3xx                             followed, or              RejectedError
                                    MarketplaceUnavailable
    429                             RateLimited               RateLimited
    503, 407 of a proxy             MarketplaceUnavailable    MarketplaceUnavailable
    other 5xx, nonsense             MarketplaceUnavailable    OutcomeUnknown
"""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException

from urllib3.exceptions import DecodeError, ProxyError
from urllib3.exceptions import TimeoutError as PoolTimeout

from ..errors import MarketplaceError, MarketplaceUnavailable, OutcomeUnknown, RateLimited, RejectedError
from ..redact import redact
from .origin import origin, shown

NONSENSE = "marketplace_unavailable"
SUCCESS = range(200, 300)
REDIRECT = range(300, 400)
_CLIENT_ERROR = range(400, 500)
# Refused before it was begun: by the marketplace, and by a proxy that wants a password.
_UNDONE = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_CERTIFICATE_REMEDY = (
    "Check the address. If its certificate comes from an authority of your own, name that authority's file "
    "in PUBLICIST_CA_BUNDLE."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of whom.

    ``safe`` says of a POST that it changes nothing (a login, a token check); ``any_status``, that whatever is answered
    is an answer.
    """

    method: str
    url: str
    safe: bool = False
    any_status: bool = False

    @property
    def write(self) -> bool:
        """Whether repeating it blindly could do harm."""
        return self.method not in _READS and not self.safe

    @property
    def followable(self) -> bool:
        """Whether a redirect may be followed: a body must not get lost on the way, nor be sent twice."""
        return self.method in _READS

    def __str__(self) -> str:
        return f"{self.method} {shown(self.url)}"


class NoAnswer(Exception):
    """The request left, and no whole answer came back: ``reason`` is the end of a sentence."""

    def __init__(self, reason: str, cause: str = "outcome_unknown") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


def no_answer(error: Exception) -> NoAnswer:
    """Return what ``error``, raised after the request was sent, means."""
    for link in _innermost_first(error):
        if isinstance(link, TimeoutError | PoolTimeout):
            return NoAnswer("no whole answer came in time")
        if isinstance(link, ConnectionError):
            return NoAnswer("the connection was closed before the answer came")
        if isinstance(link, DecodeError):
            return NoAnswer("its answer could not be decompressed", NONSENSE)
        if isinstance(link, HTTPException):
            return NoAnswer("its answer broke off, or is not HTTP", NONSENSE)
    return NoAnswer("the connection failed before the answer came")


def not_sent(url: str, error: Exception) -> MarketplaceUnavailable:
    """Return the error for an ``error`` that was raised before anything was sent to ``url``."""
    reason, remedy = _obstacle(error)
    through = " through the proxy" if any(isinstance(e, ProxyError) for e in _innermost_first(error)) else ""
    return silent(redact(f"No connection to {origin(url)}{through}: {reason}."), remedy)


def _obstacle(error: Exception) -> tuple[str, str | None]:
    for link in _innermost_first(error):
        if isinstance(link, TimeoutError | PoolTimeout):
            return "it did not answer in time", None
        if isinstance(link, ssl.SSLCertVerificationError):
            return (
                f"its certificate was not accepted ({link.verify_message.rstrip('.')})",
                _CERTIFICATE_REMEDY,
            )
        if isinstance(link, ssl.SSLError):
            return "no TLS connection could be agreed on", _CERTIFICATE_REMEDY
        if isinstance(link, OSError) and link.strerror:
            return link.strerror.lower(), None
        if type(link) is OSError:  # a proxy's refusal, told by http.client in words of its own
            return str(link).lower(), None
    return "a connection could not be made", None


def _innermost_first(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors that requests and urllib3 have wrapped into ``error``, then itself.

    They are found in its arguments: the context chain may lead on to something that our caller is handling.
    """
    inner = getattr(error, "reason", None)
    if not isinstance(inner, BaseException):
        inner = next((arg for arg in reversed(error.args) if isinstance(arg, BaseException)), None)
    if inner is not None:
        yield from _innermost_first(inner)
    yield error


def unanswered(asked: Asked, fault: NoAnswer) -> MarketplaceError:
    """Return the error for a request that was sent and not properly answered."""
    if asked.write:
        said = f"{asked} was sent, but {fault.reason}: it may or may not have been done."
        return OutcomeUnknown(redact(said), cause=fault.cause)
    said = redact(f"{asked}: {fault.reason}.")
    return MarketplaceUnavailable(said) if fault.cause == NONSENSE else silent(said)


def silent(said: str, remedy: str | None = None) -> MarketplaceUnavailable:
    """Return the error for a place from which no answer came at all."""
    error = MarketplaceUnavailable(said, remedy=remedy)
    error.answered = False
    return error


def is_for_the_adapter(status: int) -> bool:
    """Whether ``status`` is the marketplace's verdict on what was asked: only its adapter can read that."""
    refused = status in _CLIENT_ERROR and status not in (*_UNDONE, HTTPStatus.TOO_MANY_REQUESTS)
    return status in SUCCESS or refused


def failed(asked: Asked, status: int, excerpt: str, retry_after: float | None) -> MarketplaceError:
    """Return the error for an answer that is neither a redirect nor for the adapter."""
    said = f"{asked} was answered with {status}" + (f": {excerpt}" if excerpt else ".")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(redact(said), retry_after=retry_after)
    if asked.write and status not in _UNDONE:
        return OutcomeUnknown(redact(said), cause=NONSENSE)
    return MarketplaceUnavailable(redact(said), retry_after=retry_after)


def moved(asked: Asked, target: str | None) -> MarketplaceError:
    """Return the error for a redirect that is not followed; ``target`` is None if it led to no address.

    The new address is offered only on the host that was asked: another host is named, never recommended.
    """
    if target is None:
        return _as_moved(asked, f"{asked} was answered with a redirect to no usable address.", None)
    here, there = origin(asked.url), origin(target)
    if there.host != here.host:
        remedy = "Ask those who run it whether it has moved before you enter another address."
        return _as_moved(asked, f"{asked} was redirected to another host, {there}; that is not followed.", remedy)
    if (here.scheme, there.scheme) == ("https", "http"):
        return _as_moved(asked, f"{asked} was redirected to an address without TLS; that is not followed.", None)
    said = f"{asked} was redirected: it has moved to {shown(target)}; correct its address."
    return _as_moved(asked, said, f"If that is right, change the address to suit {shown(target)}.")


def _as_moved(asked: Asked, said: str, remedy: str | None) -> MarketplaceError:
    safe_remedy = redact(remedy) if remedy else None
    if asked.write:
        return RejectedError(redact(said), remedy=safe_remedy, cause=NONSENSE)
    return MarketplaceUnavailable(redact(said), remedy=safe_remedy)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for (RFC 9110, 10.2.3); None if it makes no sense."""
    text = (value or "").strip()
    if text.isascii() and text.isdecimal() and len(text) <= 9:  # noqa: PLR2004 - 30 years will do
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return seconds if seconds >= 0 else None
