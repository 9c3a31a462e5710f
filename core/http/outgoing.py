"""Turns what a plugin wants to send into a request, revealing secrets at the last moment."""

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from ..errors import AuthenticationFailed, RejectedError
from ..redact import redact, remember
from ..secrets import Secret
from .faults import Asked

HeaderValue = str | Secret
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yield the secrets anywhere inside a JSON-like ``value``."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from secrets_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from secrets_in(part)


def _revealed(value: Any) -> Any:
    """Return ``value`` with each secret replaced by its text."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: _revealed(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_revealed(part) for part in value]
    return value


class Outgoing:
    """Query, body and headers of one request, with its secrets remembered for redaction.

    Args:
        auth: sent as ``Authorization: Bearer …``.
        form: a form; or bytes, which are sent as they are.
    """

    def __init__(
        self,
        *,
        params: Mapping[str, Any] | None,
        json: Any,
        form: Mapping[str, Any] | bytes | None,
        headers: Mapping[str, HeaderValue],
        auth: Secret | None,
    ) -> None:
        self._params, self._json, self._form = params, json, form
        self._headers = dict(headers)
        found = list(secrets_in([params, json, form, self._headers, auth]))
        for secret in found:
            remember(secret)
        if auth is not None:
            self._headers["Authorization"] = Secret(f"Bearer {auth.reveal()}")
        named = {name.lower() for name in self._headers}
        self.carries_credential = bool(found) or not named.isdisjoint(_CREDENTIAL_HEADERS)

    def prepare(self, asked: Asked) -> requests.PreparedRequest:
        """Return the request as it will be sent.

        Raises AuthenticationFailed for a secret header, RejectedError for anything else, that cannot be sent.
        """
        headers = {name: _header(name, value) for name, value in self._headers.items()}
        try:
            return requests.Request(
                asked.method,
                asked.url,
                params=_revealed(self._params),
                json=_revealed(self._json),
                data=_revealed(self._form),
                headers=headers,
            ).prepare()
        except (requests.RequestException, ValueError):
            # Not the library's words: they quote the value that it stumbled over.
            raise RejectedError(redact(f"{asked} cannot be sent: its headers or its body are malformed.")) from None


def _header(name: str, value: HeaderValue) -> str:
    text = value.reveal() if isinstance(value, Secret) else value
    if text.isascii() and text.isprintable() and text == text.strip():
        return text
    if isinstance(value, Secret):
        raise AuthenticationFailed(
            f"The credential for the header {name} holds a character that cannot be sent.",
            remedy="Enter it anew, without spaces, line breaks or letters outside ASCII.",
        )
    raise RejectedError(redact(f"The header {name} holds a character that cannot be sent."))
