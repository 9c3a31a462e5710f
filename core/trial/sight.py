"""How a trial looks for its listing, and when it believes that the listing is not there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import MarketplaceError
from ..records import RemoteListing
from .calls import TrialCalls


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen: the listing, or ``gone`` where it certainly is not there; ``failed`` is why one could not look."""

    there: RemoteListing | None = None
    gone: bool = False
    failed: MarketplaceError | None = None


class Eyes:
    """Looks by `find` and by `list`. One that never showed the listing proves nothing when it does not show it."""

    def __init__(self, calls: TrialCalls) -> None:
        self._calls = calls
        self._proved: set[Callable[[], RemoteListing | None]] = set()

    def find(self) -> RemoteListing | None:
        """Return the listing as `find` shows it. Raises MarketplaceError."""
        found: RemoteListing | None = self._calls.ask("find_listing", slug=self._calls.slug)
        if found is not None:
            self._proved.add(self.find)
        return found

    def listed(self) -> Sequence[RemoteListing]:
        """Return the listing as often as `list` shows it. Raises MarketplaceError."""
        found = [one for one in self._calls.ask("fetch_listings") if one.slug == self._calls.slug]
        if found:
            self._proved.add(self._first_listed)
        return found

    def look(self) -> Sight:
        """Look in both ways, and tell what follows from it."""
        gone, failed = False, None
        for way in (self.find, self._first_listed):
            try:
                found = way()
            except MarketplaceError as error:
                failed = failed or error
                continue
            if found is not None:
                return Sight(found)
            gone = gone or way in self._proved
        return Sight(gone=gone, failed=failed)

    def _first_listed(self) -> RemoteListing | None:
        return next(iter(self.listed()), None)
