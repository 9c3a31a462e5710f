"""The hooks as scenes: something to be done, with a way to see afterwards whether it was done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .attempts import Outcome, attempt
from .faults import Fault
from .link import Link, differences
from .rules import must

READS = ("connect", "slug_available", "find_listing", "fetch_listings")
WRITES = ("create_listing", "update_listing", "withdraw_listing")
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Scene:
    """One call of a hook. ``done`` tells of a write whether it has happened, ``right`` of a read whether it is true."""

    hook: str
    call: Callable[[], Any]
    done: Callable[[], bool] | None = None
    right: Callable[[Any], bool] = field(default=lambda _: True)

    @property
    def write(self) -> bool:
        """Whether it changes something."""
        return self.done is not None


def scene(link: Link, hook: str) -> Scene:
    """Set up one call of the hook."""
    return _SCENES[hook](link)


def _connect(link: Link) -> Scene:
    return Scene("connect", link.connect)


def _slug_available(link: Link) -> Scene:
    slug = link.slug()
    return Scene("slug_available", lambda: link.slug_available(slug), right=lambda said: said.available is None)


def _find(link: Link) -> Scene:
    payload, _ = link.kept
    return Scene(
        "find_listing",
        lambda: link.find(payload.slug),
        right=lambda there: there is not None and not differences(there, payload),
    )


def _fetch(link: Link) -> Scene:
    payload, _ = link.kept
    return Scene("fetch_listings", link.fetch, right=lambda listed: payload.slug in {there.slug for there in listed})


def _create(link: Link) -> Scene:
    payload = link.payload()
    return Scene("create_listing", lambda: link.create(payload), done=lambda: link.find(payload.slug) is not None)


def _update(link: Link) -> Scene:
    payload, made = link.changing
    wanted = link.payload(slug=payload.slug, name=f"Changed {next(link.numbers)}")

    def done() -> bool:
        return not differences(link.shown(payload.slug), wanted)

    return Scene("update_listing", lambda: link.update(wanted, made), done=done)


def _withdraw(link: Link) -> Scene:
    payload, made = link.leaving = link.leaving or link.made()

    def done() -> bool:
        if link.find(payload.slug) is not None:
            return False
        link.leaving = None
        return True

    return Scene("withdraw_listing", lambda: link.withdraw(made), done=done)


_SCENES: dict[str, Callable[[Link], Scene]] = {
    "connect": _connect,
    "slug_available": _slug_available,
    "find_listing": _find,
    "fetch_listings": _fetch,
    "create_listing": _create,
    "update_listing": _update,
    "withdraw_listing": _withdraw,
}


def places(link: Link, hook: str) -> list[int]:
    """Return which requests of the hook are worth a fault: the first, and every one that writes."""
    link.account, link.kept  # noqa: B018 - an adapter that knows the marketplace asks less of it
    known = link.bench.places
    key = (link.kind.name, link.counterpart.url, hook)
    if key not in known:
        prepared = scene(link, hook)
        before = len(link.proxy.seen)
        prepared.call()
        asked = link.proxy.seen[before:]
        link.leaving = None if hook == "withdraw_listing" else link.leaving
        must(asked, "it sent no request", hook=hook)
        writes = [number for number, seen in enumerate(asked) if number and seen.method not in _SAFE]
        known[key] = [0, *(writes if prepared.write else ())]
    return known[key]


@dataclass(frozen=True)
class Struck:
    """What came of a call whose requests were struck from the ``number``-th on."""

    scene: Scene
    fault: Fault
    number: int
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.fault.title} from request {self.number + 1} on: it {self.outcome}"


def strike(link: Link, hook: str, fault: Fault, number: int, seconds: float | None = None) -> Struck | None:
    """Call the hook while the fault strikes; None where the call did not come so far.

    ``seconds`` is the time that the call gets, if not the usual.
    """
    prepared = scene(link, hook)
    order = link.proxy.order(fault, skip=number)
    with link.hurried(seconds):
        outcome = attempt(prepared.call)
    link.proxy.mend()
    return Struck(prepared, fault, number, outcome) if order.struck else None


def must_be_true(struck: Struck) -> None:
    """Raise Broken when the call says something that is not so.

    What is said to be done is done; what was done is told as done, or as unknown; what was read is right; and nothing
    is the plugin's own fault.
    """
    outcome, hook = struck.outcome, struck.scene.hook
    must(not outcome.fault, str(struck), hook=hook, error=outcome.error)
    if struck.scene.done is None:
        return
    done = struck.scene.done()
    if outcome.returned:
        must(done, f"{struck}; and nothing was done", hook=hook)
    else:
        must(
            not done or outcome.unknown,
            f"{struck}; and it was done all the same: raise OutcomeUnknown, or find nothing that is half made",
            hook=hook,
            error=outcome.error,
        )
