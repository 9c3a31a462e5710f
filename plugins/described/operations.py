"""What each hook does, as the description says it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.errors import ListingGone, MarketplaceError, MarketplaceUnavailable, OutcomeUnknown
from ...core.records import Account, Availability, Payload, Reading, RemoteListing
from .bounds import QueryError
from .description import Operation
from .exchange import ACCOUNT, Exchange
from .listings import identity, refuse_unstorable, remote
from .outcomes import Absent, blame, nonsense
from .paging import Pages
from .queries import Query, compile_query
from .templates import Template, fill

_BODY = compile_query("body")


class Operations:
    """The work of one call."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._described = exchange.description

    def connect(self) -> Account:
        """Prove the credential as it was entered, and tell whose account it is."""
        self._exchange.credential.forget()
        operation = self._operation("connect")
        seen = self._exchange.ask(operation)
        account = self._found(operation.get("account"), seen)
        if isinstance(account, bool) or not isinstance(account, str | int) or account == "":
            error = nonsense(self._exchange.name, seen["answer"], "it names no account")
            raise blame(error, "connect.account")
        self._exchange.memory.set(ACCOUNT, str(account))
        return Account(str(account), self._told(operation.get("message"), seen) or "The credential is accepted.")

    def available(self, slug: str) -> Availability:
        """Tell whether a slug is free. Without a request of its own only what we hold ourselves is known."""
        name = self._exchange.name
        if slug in self._described.kind.limits.reserved_slugs:
            return Availability(False, f"{name} keeps {slug!r} for itself.")
        operation = self._described.operations.get("available")
        if operation is None:
            answer = False if self.find(slug) else None
            return Availability(answer, _REASONS[answer].format(name))
        try:
            seen = self._exchange.ask(operation, slug=slug)
        except Absent:
            return Availability(True, f"The slug is free on {name}.")
        free, taken = (self._holds(operation.get(key), seen) for key in ("free", "taken"))
        reason = self._found(operation.get("reason"), seen)
        answer = True if free else False if taken else None
        return Availability(answer, reason if isinstance(reason, str) and reason else _REASONS[answer].format(name))

    def fetch(self) -> list[RemoteListing]:
        """Return all our listings, or raise."""
        operation = self._operation("list")
        items = Pages(self._exchange, operation, self._identity).all()
        where = operation.get("where")
        found = [self._remote(item) for item in items if where is None or self._holds(where, {"item": item})]
        for name in ("remote_id", "slug"):
            if len({getattr(one, name) for one in found}) != len(found):
                raise MarketplaceUnavailable(
                    f"The list of our listings on {self._exchange.name} shows two with the same {name}: "
                    "it was not read whole."
                )
        return found

    def find(self, slug: str) -> RemoteListing | None:
        """Return our listing of this slug; None when it is certainly not there."""
        operation = self._operation("find")
        if operation.get("in_list"):
            return self._found_in_list(operation, slug)
        try:
            seen = self._exchange.ask(operation, slug=slug)
        except Absent:
            return None
        item = self._found(operation.get("item") or _BODY, seen)
        where = operation.get("where")
        if where is not None and not self._holds(where, {"item": item}):
            return None
        found = self._remote(item)
        if found.slug != slug:
            raise MarketplaceUnavailable(f"{self._exchange.name} was asked for {slug} and answered {found.slug}.")
        return found

    def create(self, wanted: Payload, key: str) -> RemoteListing:
        """Make a listing."""
        refuse_unstorable(wanted)
        operation = self._operation("create")
        seen = self._exchange.ask(operation, slug=wanted.slug, fields=wanted.fields, key=key)
        return self._written(operation, seen, wanted.slug)

    def update(self, wanted: Payload, remote_id: str, remote_slug: str, key: str) -> RemoteListing:
        """Change a listing. Raises ListingGone where it is not there, or not ours by now."""
        refuse_unstorable(wanted)
        operation = self._operation("update")
        if operation.get("check_ours") and not self._ours(remote_id, remote_slug):
            raise ListingGone(f"{self._exchange.name} has no listing {remote_slug!r} of ours any more.")
        names = {"slug": wanted.slug, "fields": wanted.fields, "key": key}
        seen = self._exchange.ask(operation, remote_id=remote_id, remote_slug=remote_slug, **names)
        return self._written(operation, seen, wanted.slug)

    def withdraw(self, remote_id: str, remote_slug: str, key: str) -> None:
        """Take a listing away; one that is gone, or not ours by now, is done."""
        operation = self._operation("withdraw")
        if operation.get("check_ours") and not self._ours(remote_id, remote_slug):
            return
        names = {"slug": remote_slug, "remote_id": remote_id, "remote_slug": remote_slug, "key": key}
        try:
            self._exchange.ask(operation, **names)
        except Absent:
            return

    def report(self, readings: Sequence[Reading]) -> str:
        """Send one batch of readings, in the marketplace's words for states."""
        health = self._described.health
        operation, states = self._operation("health"), health.get("states", {})
        known = [one for one in readings if one.state in states]
        if not known:
            return "nothing reported: no endpoint's health is known"
        context = self._exchange.prepared(operation)
        try:
            items = [fill(health["reading"], {**context, "reading": _reading(one, states)}) for one in known]
        except QueryError as error:
            raise MarketplaceUnavailable(f"The readings cannot be made as it is described: {error}") from error
        if operation.asking is None:
            raise MarketplaceUnavailable(f"{self._exchange.name} has no request for readings.")
        seen = self._exchange.asked(operation.asking, operation.judge, {**context, "readings": items})
        note = self._found(operation.get("note"), seen)
        return f"{len(items)} readings sent" + ("" if note is None else f": {str(note)[:100]}")

    def _found_in_list(self, operation: Operation, slug: str) -> RemoteListing | None:
        found = next((one for one in self.fetch() if one.slug == slug), None)
        if found is not None or operation.asking is None:
            return found
        try:
            self._exchange.ask(operation, slug=slug)
        except Absent:
            return None
        raise MarketplaceUnavailable(
            f"The list of our listings on {self._exchange.name} lacks {slug!r}, which is said to be there."
        )

    def _ours(self, remote_id: str, remote_slug: str) -> bool:
        """Whether the listing under a slug is this space's; one that does not say only if it is the one we made."""
        found = self.find(remote_slug)
        if found is None:
            return False
        if found.installation_id is None:
            return found.remote_id == remote_id
        return found.installation_id == self._exchange.installation_id

    def _written(self, operation: Operation, seen: Mapping[str, Any], slug: str) -> RemoteListing:
        """Return what a write made; where its answer makes no sense nobody knows what was written."""
        try:
            made = self._read_back(slug) if operation.get("read_back") else self._read(operation, seen)
        except (QueryError, MarketplaceError) as error:
            raise OutcomeUnknown(
                f"{self._exchange.name} took the listing {slug!r}, but what it shows of it makes no sense: {error}",
                cause="marketplace_unavailable",
            ) from error
        if made.slug != slug:
            raise OutcomeUnknown(
                f"{self._exchange.name} was given {slug!r} and answered {made.slug!r}.", cause="marketplace_unavailable"
            )
        return made

    def _read(self, operation: Operation, seen: Mapping[str, Any]) -> RemoteListing:
        item = self._query(operation.get("item") or _BODY, seen)
        return remote(self._described, item, self._exchange.context)

    def _read_back(self, slug: str) -> RemoteListing:
        found = self.find(slug)
        if found is None:
            raise QueryError("it is not there when it is looked up")
        return found

    def _operation(self, name: str) -> Operation:
        return self._described.operations[name]

    def _remote(self, item: Any) -> RemoteListing:
        try:
            return remote(self._described, item, self._exchange.context)
        except QueryError as error:
            raise blame(self._nonsense(error), "reading") from error

    def _identity(self, item: Any) -> str:
        try:
            return identity(self._described, item, self._exchange.context)
        except QueryError as error:
            raise blame(self._nonsense(error), "reading.id") from error

    def _query(self, query: Query | None, seen: Mapping[str, Any]) -> Any:
        if query is None:
            return None
        context = {key: value for key, value in self._exchange.context.items() if key != "secrets"}
        return query({**context, **_public(seen)})

    def _found(self, query: Query | None, seen: Mapping[str, Any]) -> Any:
        try:
            return self._query(query, seen)
        except QueryError as error:
            raise self._nonsense(error) from error

    def _told(self, message: Template | None, seen: Mapping[str, Any]) -> str:
        try:
            return str(message({**self._exchange.context, **_public(seen)})) if message else ""
        except QueryError as error:
            raise self._nonsense(error) from error

    def _holds(self, query: Query | None, seen: Mapping[str, Any]) -> bool:
        return self._found(query, seen) not in (None, False, "", [], {})

    def _nonsense(self, error: QueryError) -> MarketplaceUnavailable:
        return MarketplaceUnavailable(
            f"{self._exchange.name} gave an answer that its description does not cover: {error}."
        )


_REASONS = {
    True: "The slug is free on {}.",
    False: "The slug is taken on {}.",
    None: "{} does not tell whether the slug is free.",
}


def _public(seen: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in seen.items() if key not in {"answer", "secrets"}}


def _reading(reading: Reading, states: Mapping[str, str]) -> dict[str, Any]:
    """Return a reading as templates see it; its message stays here, as it may tell of addresses inside our network."""
    return {
        "slug": reading.slug,
        "state": states[reading.state],
        "checked_at": reading.checked_at,
        "latency_ms": reading.latency_ms,
    }
