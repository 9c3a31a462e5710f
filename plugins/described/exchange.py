"""Speaks to one marketplace during one call, as its description says."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ...core.errors import MarketplaceUnavailable, RejectedError
from ...core.hookspecs import Call
from ...core.http import Answer
from ...core.records import Marketplace
from ...core.secrets import Secret
from .bounds import QueryError
from .credentials import Credential, Proof
from .description import Asking, Description, Operation, Step
from .filters import origin_of
from .outcomes import Absent, Judge
from .templates import OMIT, fill

ACCOUNT = "account"


class Exchange:
    """What the operations work with.

    Attributes:
        name: the marketplace's, for messages.
        context: what every template sees: ``settings``, ``secrets``, ``space``, ``base_url``, ``account``.
    """

    def __init__(self, description: Description, marketplace: Marketplace, call: Call) -> None:
        self.description = description
        self.name = marketplace.name
        self.marketplace_id = marketplace.id
        self.memory = call.memory
        self.installation_id = call.space.installation_id
        base = call.http.base_url.rstrip("/")
        prefix = description.path_prefix
        self._prefix = "" if prefix and base.endswith(prefix) else prefix
        self.context: Mapping[str, Any] = {
            **visible(description, marketplace),
            "secrets": dict(marketplace.credentials),
            "space": {
                "public_url": call.space.public_url,
                "origin": origin_of(call.space.public_url),
                "installation_id": call.space.installation_id,
            },
            "base_url": base.removesuffix(prefix) if prefix else base,
            "account": call.memory.get(ACCOUNT) or "",
            "before": {},
        }
        self._http = call.http
        self.credential = Credential(self)

    def ask(self, operation: Operation, **names: Any) -> dict[str, Any]:
        """Send the requests of an operation and return the last one's answer as expressions see it.

        Raises Absent where a rule says so, and MarketplaceError.
        """
        context = self.prepared(operation, **names)
        if operation.asking is None:
            raise MarketplaceUnavailable(f"{self.name} has no request for this.")
        return self.asked(operation.asking, operation.judge, context)

    def prepared(self, operation: Operation, **names: Any) -> dict[str, Any]:
        """Send the requests that come before an operation, and return what its own templates see."""
        before: dict[str, Any] = {}
        context = {**self.context, **names, "before": before}
        for step in operation.before:
            before[step.name] = self._step(step, context)
        return context

    def _step(self, step: Step, context: Mapping[str, Any]) -> Any:
        if step.when is not None and not _filled(step.when, context):
            return None
        try:
            return self.asked(step.asking, step.judge, context)["body"]
        except Absent:
            return None

    def asked(
        self, wanted: Asking, judge: Judge, context: Mapping[str, Any], *, params: Mapping[str, Any] | None = None,
        url: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """Send one request and judge its answer; ``params`` are added, ``url`` is asked in place of its path."""
        proof = self.credential.proof()
        answer = self.raw(wanted, context, proof, params=params, url=url)
        if answer.status == HTTPStatus.UNAUTHORIZED and self.credential.renewable:
            answer = self.raw(wanted, context, self.credential.renew(proof), params=params, url=url)
        shown = {key: value for key, value in context.items() if key != "secrets"}
        return {**judge.judged(self.name, answer, shown), "answer": answer}

    def raw(
        self, wanted: Asking, context: Mapping[str, Any], proof: Proof, *, params: Mapping[str, Any] | None = None,
        url: str = "",
    ) -> Answer:  # fmt: skip
        """Send one request and return its answer, unjudged. Raises what the client raises."""
        headers = {**_filled(self.description.headers, context), **_filled(wanted.headers, context)}
        query = {} if url else {key: _plain(item) for key, item in _filled(wanted.params, context).items()}
        path = url or _filled(wanted.path, context)
        http, absolute = self._http, bool(url)
        if wanted.anywhere and isinstance(path, str) and path.startswith(("http://", "https://")):
            base, path = _apart(path)
            http = self._http.elsewhere(base)
        elif not absolute:
            path = self._prefix + _sound(path)
        return http.request(
            wanted.method,
            path,
            params={**query, **(params or {}), **proof.params} or None,
            json=_filled(wanted.json, context),
            form=_filled(wanted.form, context),
            headers={key: item if isinstance(item, Secret) else str(item) for key, item in headers.items()}
            | dict(proof.headers),
            auth=proof.bearer,
            max_bytes=self.description.max_bytes,
            absolute=absolute,
            safe=wanted.safe,
        )


def visible(description: Description, marketplace: Marketplace) -> dict[str, Any]:
    """Return the settings that are not secret, empty where they are not filled in."""
    names = [field.name for field in description.kind.settings if not field.secret]
    return {"settings": {name: marketplace.settings.get(name) or "" for name in names}}


def _filled(shape: Any, context: Mapping[str, Any]) -> Any:
    try:
        made = fill(shape, context)
    except QueryError as error:
        if context.get("before"):
            said = f"What was answered before does not fit the request that follows: {error}"
            raise MarketplaceUnavailable(said) from error
        raise RejectedError(
            f"The request cannot be made as it is described: {error}",
            remedy="Correct the description, or the settings that it uses.",
        ) from error
    return None if made is OMIT else made


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _apart(address: str) -> tuple[str, str]:
    """Return an address's origin, and what follows it. Raises RejectedError for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise RejectedError("The address where tokens come from is none.", remedy="Correct `token_url`.") from None
    return f"{parts.scheme}://{parts.netloc}", urlunsplit(("", "", parts.path, parts.query, ""))


def _sound(path: Any) -> str:
    """Return a path. Raises RejectedError for one that leads elsewhere than it says."""
    if isinstance(path, str) and path.startswith("/") and not {".", ".."} & set(path.split("?")[0].split("/")):
        return path
    raise RejectedError(
        f"The path {path!r} is none that can be asked.",
        remedy="A path begins with / and has no segment . or ..; put values through `quoted`.",
    )
