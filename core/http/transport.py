"""One requests session, and one exchange over it: a request out, a bounded answer back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from .attempt import CURRENT, Attempt, Deadline, HttpSettings
from .dialling import GuardedAdapter
from .faults import NONSENSE, NoAnswer, no_answer, not_sent
from .netguard import check_literal
from .wire_log import cut_queries

_POOL = 16
_CHUNK = 65_536
_EXCERPT = 16_384
# All that requests, urllib3 and the library under them raise; most, but not all, is an OSError.
_WIRE_ERRORS = (OSError, HTTPError, HTTPException, ValueError)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' signature
        """Return None: before it says where a redirect leads, requests reads its body, however long."""
        return None


class Reply:
    """An answer of which only the status line and the headers were read so far."""

    def __init__(self, response: requests.Response) -> None:
        self._raw = response.raw
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    def body(self, most: int) -> bytes:
        """Return the whole body, decompressed. Raises NoAnswer if it breaks off or exceeds ``most`` bytes."""
        body = bytearray()
        try:
            while chunk := self._raw.read(min(_CHUNK, most + 1 - len(body)), decode_content=True):
                body += chunk
                if len(body) > most:
                    raise NoAnswer(f"its answer is larger than {most} bytes", NONSENSE)
        except _WIRE_ERRORS as error:
            raise no_answer(error) from None
        return bytes(body)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body, decompressed, as it comes in. Raises NoAnswer if it breaks off."""
        try:
            while piece := self._raw.read1(_CHUNK, decode_content=True):
                yield piece
        except _WIRE_ERRORS as error:
            raise no_answer(error) from None

    def excerpt(self) -> bytes:
        """Return the body for use in a message; empty if it is broken or long."""
        with suppress(NoAnswer):
            return self.body(_EXCERPT)
        return b""


class Transport:
    """One requests session that keeps no cookies, reads no environment, retries nothing and follows nothing.

    Safe across threads.
    """

    def __init__(self, settings: HttpSettings) -> None:
        cut_queries()
        self._settings = settings
        self._proxies = dict.fromkeys(("http", "https"), settings.proxy) if settings.proxy else {}
        self._adapter = GuardedAdapter(pool_maxsize=_POOL)
        self._session = _Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)

    @contextmanager
    def exchange(
        self, prepared: requests.PreparedRequest, deadline: Deadline, patience: float | None = None
    ) -> Iterator[Reply]:
        """Send ``prepared`` and give the reply; what is not read of it by the end is thrown away.

        ``patience`` is how many seconds each read may take, if not what the settings say.
        Raises MarketplaceUnavailable when nothing was sent, NoAnswer when it was.
        """
        with self._attempt(prepared.url or "", deadline, patience) as attempt:
            response = self._session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                # requests would let environment variables decide, were these not given with each request.
                verify=self._verify,
                proxies=self._proxies,
                timeout=(
                    attempt.patience(self._settings.connect_timeout),
                    attempt.patience(attempt.settings.read_timeout),
                ),
            )
        try:
            yield Reply(response)
        finally:
            response.close()

    def connect(self, url: str, deadline: Deadline) -> datetime | None:
        """Make a connection to a canonical ``url``, as a request would, and close it unused.

        Returns when the certificate ends that was shown, None where there is none.

        Raises MarketplaceUnavailable when none comes about.
        """
        prepared = requests.Request("GET", url).prepare()
        with self._attempt(url, deadline):
            return self._adapter.connect(prepared, self._verify, self._proxies)

    @property
    def _verify(self) -> str | bool:
        return self._settings.ca_bundle or True

    @contextmanager
    def _attempt(self, url: str, deadline: Deadline, patience: float | None = None) -> Iterator[Attempt]:
        """Mark this thread's attempt for the connections, and say of what goes wrong whether it was sent."""
        if self._proxies:
            check_literal(urlsplit(url).hostname or "", self._settings.allow_private)
        settings = self._settings if patience is None else replace(self._settings, read_timeout=patience)
        attempt = Attempt(settings, deadline)
        token = CURRENT.set(attempt)
        try:
            yield attempt
        except _WIRE_ERRORS as error:
            raise (no_answer(error) if attempt.sent else not_sent(url, error)) from None
        finally:
            CURRENT.reset(token)

    def close(self) -> None:
        """Close all idle connections."""
        self._session.close()
