"""Whether a slug is free, asked while somebody is still typing: kept for a moment, and never faster than the pace."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import InvalidInput, MarketplaceError, PublicistError
from ..hosting.adapter import Adapter
from ..marketplaces.marketplaces import Marketplaces
from ..marketplaces.pacer import Pacer
from ..parallel import for_all
from ..records import Availability, Endpoint, Marketplace, Space
from ..store import Store
from ..text import SLUG_MAX, check_slug

KEPT = timedelta(seconds=30)
"""For how long an answer is good: a slug that was free a moment ago may be taken by now."""

MOST_KEPT = 1_000
MOST_SUGGESTIONS = 3
_NEXT_NUMBERS = range(2, 12)


@dataclass(frozen=True, slots=True)
class SlugReport:
    """Where a slug is free. ``holder`` is the endpoint here that has it, ``places`` what each marketplace says."""

    slug: str
    holder: Endpoint | None
    places: Sequence[tuple[Marketplace, Availability]]

    def taken_for(self, slug: str | None) -> bool:
        """Tell whether another endpoint here than the one with ``slug`` has it."""
        return self.holder is not None and self.holder.slug != slug

    @property
    def taken_on(self) -> Sequence[str]:
        """The names of the marketplaces on which somebody else has it."""
        return [item.name for item, said in self.places if said.available is False]


class SlugChecks:
    """Asks where slugs are free. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        adapter: Adapter,
        marketplaces: Marketplaces,
        pacer: Pacer,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._marketplaces = marketplaces
        self._pacer = pacer
        self._space = space
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[datetime, Availability]] = OrderedDict()

    def look(self, slug: str) -> SlugReport:
        """Return where ``slug`` is free. Raises InvalidInput for one that breaks the rules.

        A marketplace that must not be called just now, or is asked faster than its pace, is not asked: it "cannot
        tell", with the reason.
        """
        if problems := check_slug(slug):
            raise InvalidInput({"slug": list(problems)})
        with self._store.session():
            holder = self._store.endpoints.by_slug(slug)
            rows = self._store.publications.of_endpoint(holder.id) if holder else []
        held = {row.marketplace_id for row in rows if row.remote_slug == slug}
        usable = [item for item in self._marketplaces.all() if item.status != "disabled" and not item.removing]
        said = for_all(lambda item: _OURS if item.id in held else self._ask(item, slug), usable)
        return SlugReport(slug, holder, list(zip(usable, said, strict=True)))

    def suggest(self, slug: str) -> list[str]:
        """Return a few slugs like ``slug`` that nobody is known to have, here or on any marketplace."""
        found: list[str] = []
        for candidate in self._candidates(slug):
            report = self.look(candidate)
            if report.holder is None and not report.taken_on:
                found.append(candidate)
            if len(found) == MOST_SUGGESTIONS:
                break
        return found

    def _candidates(self, slug: str) -> list[str]:
        account = next((item.account for item in self._marketplaces.all() if item.account), "") or ""
        endings = [account.casefold(), *map(str, _NEXT_NUMBERS)]
        made = [f"{slug[: SLUG_MAX - len(ending) - 1].rstrip('-')}-{ending}" for ending in endings if ending]
        return [candidate for candidate in made if not check_slug(candidate)][: 2 * MOST_SUGGESTIONS]

    def _ask(self, marketplace: Marketplace, slug: str) -> Availability:
        now, key = self._clock(), (marketplace.id, slug)
        with self._lock:
            kept = self._kept.get(key)
        if kept and now - KEPT < kept[0] <= now:
            return kept[1]
        if not self._pacer.admit_look(marketplace):
            return Availability(None, "Not asked: it is not to be called just now. Try again in a moment.")
        said = self._answer(marketplace, slug)
        with self._lock:
            self._kept[key] = (now, said)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return said

    def _answer(self, marketplace: Marketplace, slug: str) -> Availability:
        error: MarketplaceError | None = None
        try:
            return self._adapter.slug_available(marketplace, self._space(), slug)
        except MarketplaceError as raised:
            error = raised
            return Availability(None, f"Cannot tell: {error.message}")
        except PublicistError as raised:
            return Availability(None, f"Cannot tell: {raised.message}")
        finally:
            with self._store.session(), self._store.write():
                self._marketplaces.observe(marketplace, error)


_OURS = Availability(True, "This endpoint holds it there already.")
