"""The only way to the network: one client for one call to one marketplace (or backend, or notifier).

It bounds time and size, keeps credentials at the place to which they belong, connects to judged addresses
only, and tells "certainly not done" from "perhaps done". :mod:`publicist.core.http.faults` shows what each fault
becomes.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TypedDict, Unpack

import requests

from ..errors import MarketplaceUnavailable, RejectedError
from ..redact import redact
from ..secrets import Secret
from .answer import Answer, plain
from .attempt import Deadline, HttpSettings
from .dialling import open_socket
from .faults import REDIRECT, Asked, NoAnswer, failed, is_for_the_adapter, moved, retry_after, unanswered
from .lines import Lines
from .origin import canonical, has_userinfo, origin, redirect_target, shown
from .outgoing import HeaderValue, Outgoing
from .transport import Reply, Transport

Clock = Callable[[], datetime]
_REDIRECTS = 3


def utc_now() -> datetime:
    """Return the time: what ``Retry-After`` dates are compared with."""
    return datetime.now(UTC)


class Options(TypedDict, total=False):
    """What every verb of :class:`Client` takes beside the path; see :meth:`Client.request`."""

    params: Mapping[str, Any] | None
    json: Any
    form: Mapping[str, Any] | None
    headers: Mapping[str, HeaderValue] | None
    auth: Secret | None
    max_bytes: int | None
    absolute: bool
    safe: bool
    timeout: float | None
    any_status: bool
    body: bytes | None


class Client:
    """Speaks to one marketplace during one call: its session, the call's deadline.

    Attributes:
        base_url: the marketplace's address, without a slash at its end.
        deadline: when the call is over. Nothing is sent after it, and no wait outlasts it.
        key, secrets: what :meth:`Sessions.client` was given, so that another process can make the same client.
    """

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        deadline: Deadline,
        *,
        settings: HttpSettings,
        clock: Clock = utc_now,
        key: str = "",
        secrets: tuple[Secret, ...] = (),
    ) -> None:
        self.key, self.secrets = key, secrets
        self.base_url = base_url.rstrip("/")
        self.deadline = deadline
        self._transport = transport
        self._settings = settings
        self._clock = clock

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, HeaderValue] | None = None,
        auth: Secret | None = None,
        max_bytes: int | None = None,
        absolute: bool = False,
        safe: bool = False,
        timeout: float | None = None,
        any_status: bool = False,
        body: bytes | None = None,
    ) -> Answer:
        """Send a request and return its answer, if that is a 2xx, or a 4xx other than 429.

        Args:
            method: GET, HEAD and OPTIONS are reads; everything else is a write.
            path: joined to ``base_url``.
            params: the query. Secrets may stand in it, in ``json``, ``form`` and ``headers``; they are
                revealed when they are sent, and masked in every message.
            json: sent as a JSON body, unless None.
            form: sent as a form.
            headers: added to ours.
            auth: sent as ``Authorization: Bearer …``.
            max_bytes: the most that the decompressed body may have, if not what the settings say.
            absolute: ``path`` is a whole address. With a credential it must be on the origin of ``base_url``.
            safe: this write changes nothing (a login, a token check), so its faults are those of a read.
            timeout: seconds until the whole answer must be there, if the call's deadline leaves as many. With it
                the wait for the first byte is as long, too; without it the settings bound that.
            body: sent as it is, in place of ``json`` and ``form``; its type is among ``headers``.
            any_status: return every answer, redirects (which are not followed) and faults of a server, too.

        Raises:
            MarketplaceUnavailable: nothing was sent, or a read got no proper answer; or a 503.
            OutcomeUnknown: a write was sent and got no proper answer.
            RateLimited: a 429.
            RejectedError: a write was redirected, or this cannot be sent to there.
            AuthenticationFailed: the credential holds characters that no header can carry.
        """
        outgoing = self._outgoing(params, json, form if body is None else body, headers, auth)
        asked = Asked(method.upper(), self._address(path, absolute, outgoing), safe, any_status)
        bounds = self._bounds(max_bytes, timeout)
        return self._follow(asked, outgoing.prepare(asked), bounds)

    @contextmanager
    def stream_lines(
        self,
        path: str,
        *,
        json: Any,
        headers: Mapping[str, HeaderValue] | None = None,
        auth: Secret | None = None,
        max_bytes: int | None = None,
        absolute: bool = False,
        timeout: float | None = None,
    ) -> Iterator[Lines]:
        """Send a POST that changes nothing and give its answer, to be read line by line as it comes.

        The arguments, and what is raised, are those of :meth:`request` with ``safe``.
        """
        events = {"Accept": "text/event-stream, application/json", "Accept-Encoding": "identity"}
        outgoing = self._outgoing(None, json, None, {**events, **(headers or {})}, auth)
        asked = Asked("POST", self._address(path, absolute, outgoing), safe=True)
        bounds = self._bounds(max_bytes, timeout)
        with self._sent(asked, outgoing.prepare(asked), bounds) as reply:
            self._refuse_fault(asked, reply)
            yield Lines(asked, reply, bounds.most)

    def elsewhere(self, base_url: str) -> "Client":
        """Return a client for another address, with the time of this one: what it is given to send goes there.

        For a server that hands out tokens for this marketplace, at an address that a person named.
        """
        return Client(self._transport, base_url, self.deadline, settings=self._settings, clock=self._clock)

    def _outgoing(
        self,
        params: Mapping[str, Any] | None,
        json: Any,
        form: Mapping[str, Any] | bytes | None,
        headers: Mapping[str, HeaderValue] | None,
        auth: Secret | None,
    ) -> Outgoing:
        ours = {"User-Agent": self._settings.user_agent, "Accept": "application/json"}
        ours |= {"Accept-Encoding": "gzip, deflate"}
        return Outgoing(params=params, json=json, form=form, headers={**ours, **(headers or {})}, auth=auth)

    def _bounds(self, max_bytes: int | None, timeout: float | None) -> "_Bounds":
        most = self._settings.max_bytes if max_bytes is None else max_bytes
        return _Bounds(most, self.deadline.within(timeout), timeout)

    def get(self, path: str, **options: Unpack[Options]) -> Answer:
        """Read ``path``."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Answer:
        """Send a POST to ``path``."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> Answer:
        """Send a PUT to ``path``."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[Options]) -> Answer:
        """Send a PATCH to ``path``."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> Answer:
        """Send a DELETE to ``path``."""
        return self.request("DELETE", path, **options)

    def probe(self, url: str) -> float:
        """Return in how many milliseconds a connection to a whole ``url`` came about; send nothing.

        For https that takes in the handshake. Raises MarketplaceUnavailable when there is none, RejectedError
        when ``url`` is no address.
        """
        whole = _whole(url)
        start = perf_counter()
        self._transport.connect(whole, self.deadline)
        return (perf_counter() - start) * 1000

    def certificate_end(self, url: str) -> datetime:
        """Return when the certificate that a whole https ``url`` shows ends, in UTC; send nothing.

        Raises what :meth:`probe` does, also when the certificate is not accepted, or no address has one.
        """
        whole = _whole(url)
        ends = self._transport.connect(whole, self.deadline)
        if ends is None:
            raise RejectedError(redact(f"{origin(whole)} has no certificate: only https has."))
        return ends

    def dial(self, host: str, port: int) -> socket.socket:
        """Return a connection for what is no HTTP, such as mail, to an address of ``host`` that may be connected to.

        Whoever gets it closes it. A proxy is not used. Raises MarketplaceUnavailable when none comes about.
        """
        return open_socket(host, port, self._settings, self.deadline)

    def _address(self, path: str, absolute: bool, outgoing: Outgoing) -> str:
        """Return the canonical address; raise RejectedError where it is none, or none for this credential."""
        if absolute and not self.base_url and not outgoing.carries_credential:
            return _whole(path)
        base = _whole(self.base_url)
        if not absolute:
            return _whole(f"{self.base_url}/{path.lstrip('/')}") if path else base
        url = _whole(path)
        if outgoing.carries_credential and origin(url) != origin(base):
            raise RejectedError(
                redact(f"A credential for {origin(base)} is not sent to {origin(url)}."),
                remedy="Correct the address, or enter the marketplace under the address that it really has.",
                cause="marketplace_unavailable",
            )
        return url

    def _follow(self, asked: Asked, prepared: requests.PreparedRequest, bounds: "_Bounds") -> Answer:
        """Send the request, and again where a redirect may be followed."""
        for _ in range(_REDIRECTS + 1):
            with self._sent(asked, prepared, bounds) as reply:
                got = self._read(asked, reply, bounds.most)
            if isinstance(got, Answer):
                return got
            asked = Asked(asked.method, got, asked.safe)
            prepared = prepared.copy()
            prepared.prepare_url(got, None)
        raise MarketplaceUnavailable(redact(f"{asked} was redirected more than {_REDIRECTS} times."))

    @contextmanager
    def _sent(self, asked: Asked, prepared: requests.PreparedRequest, bounds: "_Bounds") -> Iterator[Reply]:
        """Send one request and give its reply; an answer that breaks off while it is read is told, too."""
        if bounds.deadline.expired:
            raise MarketplaceUnavailable(redact(f"{asked} was not sent: the time for this call was over."))
        try:
            with self._transport.exchange(prepared, bounds.deadline, bounds.patience) as reply:
                yield reply
        except NoAnswer as fault:
            raise unanswered(asked, fault) from None

    def _read(self, asked: Asked, reply: Reply, most: int) -> Answer | str:
        """Return the answer, or the address to which the request is to be sent again."""
        if not asked.any_status:
            if reply.status in REDIRECT:
                return _redirected(asked, reply.headers.get("Location"))
            self._refuse_fault(asked, reply)
        return Answer(reply.status, reply.headers, reply.body(most), shown(asked.url), asked.method, asked.safe)

    def _refuse_fault(self, asked: Asked, reply: Reply) -> None:
        """Raise what a status means that is not for the adapter to judge."""
        if reply.status in REDIRECT:
            _redirected(asked, reply.headers.get("Location"))
        if not is_for_the_adapter(reply.status):
            wait = retry_after(reply.headers.get("Retry-After"), self._clock())
            raise failed(asked, reply.status, plain(reply.excerpt()), wait)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What one request may take: bytes of body, time in all, and seconds for each read (None: as set)."""

    most: int
    deadline: Deadline
    patience: float | None


def _whole(url: str) -> str:
    """Return ``url`` in its canonical form. Raises RejectedError when nothing can be sent to it."""
    try:
        whole = canonical(url)
    except ValueError:
        raise RejectedError("The address is not a whole http or https address.") from None
    if has_userinfo(whole):
        raise RejectedError(
            redact(f"The address {shown(whole)} has a user name or a password in it."),
            remedy="Enter them as the marketplace's credentials, and the address without them.",
        )
    return whole


def _redirected(asked: Asked, location: str | None) -> str:
    """Return where a redirect leads, if it may be followed; raise what it means if not."""
    try:
        target = redirect_target(asked.url, location) if location else None
    except ValueError:
        target = None
    if target and asked.followable and origin(asked.url).may_lead_to(origin(target)):
        return target
    raise moved(asked, target)
