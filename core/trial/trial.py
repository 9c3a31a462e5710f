"""Trying a described marketplace: read-only, then with a listing that is made, read, changed, withdrawn and read again.

The hooks are called as for a space, and what they send and get is told. Nothing is stored, and no space is needed.
That a listing is gone is believed only of what showed it before: a `find` that never sees anything proves nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from ..errors import ListingGone, MarketplaceError, OutcomeUnknown, PluginFault
from ..records import Payload, RemoteListing
from ..redact import redact
from .calls import TrialCalls, Tried, read_file
from .remedies import blamed, remedy_for
from .sight import Eyes, Sight

__all__ = ["Left", "Trial", "TrialCalls", "TrialStep", "Tried", "read_file"]

_FIND = "Correct `find`, and what it calls absent."
_UNSEEN = "Correct `find`: its request, its `where`, and what it calls absent. It must see what was published."


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step: its title, ``ok``, what was seen, and the requests with their answers.

    ``place`` is where in the file that stands which is to be corrected, such as ``board.yaml:31: find``; empty where
    the file is not at fault. ``cause`` is that of an error; empty for none.
    """

    title: str
    ok: bool
    seen: str
    exchanges: tuple[str, ...] = ()
    remedy: str = ""
    place: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A listing that may have been left on the marketplace; ``url`` and ``remote_id`` are empty if not known."""

    slug: str
    url: str
    remote_id: str
    marketplace: str
    account: str

    @property
    def told(self) -> str:
        """Which it is, and how to remove it, in words."""
        known = self.url or (f"its id is {self.remote_id}" if self.remote_id else "")
        account = f", signed in as {self.account}," if self.account else ""
        return redact(
            f"The listing {self.slug}{f' ({known})' if known else ''} may still be there: remove it by hand. "
            f"Look for {self.slug} on {self.marketplace}{account} and delete it there, if it is there."
        )


class Trial:
    """One trial of one marketplace; ``slug`` is the throw-away listing's. Nothing is sent any more after ``stop``."""

    def __init__(self, tried: Tried, calls: TrialCalls) -> None:
        self.slug = calls.slug
        self._places, self._calls = dict(tried.places), calls
        if calls.url != tried.kind.default_url:
            self._places.pop("default_url", None)
        self._stopped = Event()
        self._account = ""
        self._made: RemoteListing | None = None
        self._may_be_there = False
        self._eyes = Eyes(calls)

    @property
    def left(self) -> Left | None:
        """What may be left on the marketplace as things stand, None for nothing."""
        if not self._may_be_there:
            return None
        url, remote_id = (self._made.url, self._made.remote_id) if self._made else ("", "")
        return Left(self.slug, url, remote_id, self._calls.url, self._account)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Have :meth:`write` end after the step that is under way; :meth:`clean_up` is not stopped."""
        self._stopped.set()

    def read(self) -> Iterator[TrialStep]:
        """Try everything that changes nothing; the first step that fails is the last."""
        available = "available" if "available" in self._places else "find"
        yield from self._steps(
            ("Connect", "connect", self._connect),
            ("Read our listings", "list", self._count),
            (f"Look for {self.slug}", "find", self._nothing),
            ("Ask whether the slug is free", available, self._free),
        )

    def write(self) -> Iterator[TrialStep]:
        """Try everything else with a throw-away listing; see :meth:`clean_up`."""
        changes: dict[str, Any] = {"name": "Trial, changed", "tags": ()}
        yield from self._steps(
            ("Make a listing", "create", lambda: self._create(self._render())),
            ("Find it", "find", lambda: self._is_shown(self._render())),
            ("See it among our listings", "list", lambda: self._is_listed(self._render())),
            ("Change it", "update", lambda: self._change(self._render(**changes))),
            ("Find it changed", "find", lambda: self._is_shown(self._render(**changes))),
            ("Withdraw it", "withdraw", lambda: self._withdraw(self._known())),
            ("Find it gone", "find", self._gone),
        )

    def clean_up(self) -> TrialStep | None:
        """Take the listing away if it may still be there; None where it cannot. What fails is told as a step, too."""
        return self._step("Clean up", "withdraw", self._take_away) if self._may_be_there else None

    def _steps(self, *steps: tuple[str, str, Callable[[], str]]) -> Iterator[TrialStep]:
        for title, part, work in steps:
            if self.stopped:
                return
            step = self._step(title, part, work)
            yield step
            if not step.ok:
                return

    def _step(self, title: str, part: str, work: Callable[[], str]) -> TrialStep:
        self._calls.lines.clear()
        try:
            step = TrialStep(title, True, work())
        except _Wrong as wrong:
            step = TrialStep(title, False, str(wrong), remedy=wrong.remedy, place=self._place(wrong.part or part))
        except MarketplaceError as error:
            place, cause = self._place(blamed(error, part)), error.cause_code
            step = TrialStep(title, False, error.message, remedy=remedy_for(error), place=place, cause=cause)
        exchanges = tuple(map(redact, self._calls.lines))
        return replace(step, seen=redact(step.seen), remedy=redact(step.remedy), exchanges=exchanges)

    def _place(self, part: str) -> str:
        """Return where a part of the file stands, or the nearest one around it that there is."""
        while part and part not in self._places:
            part = part.rpartition(".")[0]
        return f"{self._places[part]}: {part}" if part else ""

    def _render(self, **changes: Any) -> Payload:
        try:
            return self._calls.render(**changes)
        except MarketplaceError as error:
            raise _Wrong(error.message, error.remedy, "fields") from error

    def _connect(self) -> str:
        account = self._calls.ask("connect")
        self._account = account.name
        return f"Connected as {account.name}. {account.message}".strip()

    def _count(self) -> str:
        count = len(self._calls.ask("fetch_listings"))
        return f"{count} listing{'' if count == 1 else 's'}."

    def _nothing(self) -> str:
        if self._eyes.find() is not None:
            raise _Wrong("A listing of this slug is there, where none should be.", _FIND)
        return "It is not there, as it should be."

    def _free(self) -> str:
        found = self._calls.ask("slug_available", slug=self.slug)
        if found.available is False:
            raise _Wrong(f"It is called taken, and nobody has it: {found.reason}", "Correct `available`.")
        return str(found.reason)

    def _create(self, wanted: Payload) -> str:
        self._may_be_there = True
        try:
            self._made = self._calls.ask("create_listing", payload=wanted)
        except (OutcomeUnknown, PluginFault):
            raise
        except MarketplaceError:
            self._may_be_there = self._calls.written  # by a request before the one that was refused
            raise
        return _same(self._made, wanted)

    def _is_shown(self, wanted: Payload) -> str:
        found = self._eyes.find()
        if found is None:
            raise _Wrong("It was published, but `find` does not see it.", _UNSEEN)
        return _same(found, wanted)

    def _is_listed(self, wanted: Payload) -> str:
        found = self._eyes.listed()
        if len(found) != 1:
            said = f"`list` shows it {len(found)} times." if found else "It was published, but `list` does not show it."
            raise _Wrong(said, "Correct `list`: its items, `where`, and paging.")
        return _same(found[0], wanted)

    def _change(self, wanted: Payload) -> str:
        made = self._known()
        changed = self._calls.ask("update_listing", payload=wanted, remote_id=made.remote_id, remote_slug=made.slug)
        return _same(changed, wanted)

    def _withdraw(self, there: RemoteListing, *, checked: bool = True) -> str:
        remote = {"remote_id": there.remote_id, "remote_slug": there.slug}
        self._calls.ask("withdraw_listing", checked=checked, **remote)
        return "Withdrawn."

    def _gone(self) -> str:
        self._believe_gone(self._eyes.look())
        return "It is not there, as it should be."

    def _take_away(self) -> str:
        sight = self._eyes.look()
        if sight.gone:
            self._may_be_there = False
            return "The listing is not there any more."
        there = sight.there or self._made
        if there is None:
            raise _Wrong(f"It may have been made, and is not seen there. {_said(sight)}".strip(), "")
        if there.installation_id not in (None, self._calls.installation_id):
            raise _Wrong("A listing of this slug is there, and it is not the trial's: it was left alone.", "")
        self._withdraw(there, checked=sight.there is not None)  # what `create` returned is ours, seen or not
        self._believe_gone(self._eyes.look())
        return "The listing was withdrawn."

    def _believe_gone(self, sight: Sight) -> None:
        """Note that nothing is left. Raises _Wrong where that is not certain."""
        if sight.there is not None:
            raise _Wrong("It was withdrawn, and is still there.", "Correct `withdraw`, or what shows it still.")
        if not sight.gone:
            said = f"The withdrawal was accepted, but whether the listing is gone is not known. {_said(sight)}"
            raise _Wrong(said, "" if sight.failed else _UNSEEN, "find")
        self._may_be_there = False

    def _known(self) -> RemoteListing:
        if self._made is None:
            raise ListingGone("The listing was not made.")
        return self._made


def _same(found: RemoteListing, wanted: Payload) -> str:
    """Return how a listing shows what is wanted. Raises _Wrong where it would always look changed."""
    unlike = [name for name, value in found.fields.items() if wanted.fields.get(name) != value]
    if unlike:
        name = unlike[0]
        said = redact(f"sent {wanted.fields.get(name)!r}, read {found.fields[name]!r}")[:400]
        raise _Wrong(
            f"It shows something else than was sent, and would always look changed: {', '.join(unlike)} ({said}).",
            "Make `fields` what the marketplace makes of it, or correct `reading.fields`.",
            f"reading.fields.{name}",
        )
    hidden = sorted(wanted.fields.keys() - found.fields.keys())
    said = f" Not shown, and so never compared: {', '.join(hidden)}." if hidden else ""
    return f"{found.url or found.remote_id} shows what was sent.{said}"


def _said(sight: Sight) -> str:
    """Return why it is not known whether the listing is there."""
    return sight.failed.message if sight.failed else "Neither `find` nor `list` ever showed it: that proves nothing."


class _Wrong(Exception):
    """What was seen is not what it should be; ``part`` of the file is to be corrected, else that of the step."""

    def __init__(self, seen: str, remedy: str, part: str = "") -> None:
        super().__init__(seen)
        self.remedy = remedy
        self.part = part
