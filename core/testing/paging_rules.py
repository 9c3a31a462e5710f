"""Lists of more than a page: the whole, or an error; never a silent part."""

from ..errors import MarketplaceUnavailable
from .attempts import Outcome, attempt
from .faults import WEB_PAGE, Fault, refusal
from .link import Link
from .rules import must, rule

REMEDY = "Read until the marketplace says that there is no more; raise MarketplaceUnavailable when a page fails."


class PagingRules:
    """Rules about ``fetch_listings``."""

    @rule(
        "All our listings are read, however many pages they fill, each once.",
        hook="fetch_listings",
        remedy="Follow the pages to their end; check page_size in the kind's limits.",
        section="paging",
    )
    def test_all_pages_are_read(self, link: Link) -> None:
        slugs = _filled(link)
        listed = [there.slug for there in link.fetch()]
        missing = slugs - set(listed)
        must(not missing, f"of {len(slugs)} listings {len(missing)} are missing")
        must(len(set(listed)) == len(listed), "a listing is there twice")

    @rule(
        "A page that fails, comes twice or slips is no end of the list: the whole is read, or it is an error.",
        hook="fetch_listings",
        remedy=REMEDY + " Compare the total, or overlap the pages, to see that none slipped.",
        section="paging",
    )
    def test_a_part_is_never_the_result(self, link: Link) -> None:
        slugs = _filled(link)
        pages = _requests(link)
        for number in range(pages):
            for fault in (refusal(500), WEB_PAGE):
                self._struck(link, slugs, number, fault)
        if pages > 1:
            self._slipped(link, slugs)

    def _struck(self, link: Link, slugs: set[str], number: int, fault: Fault) -> None:
        link.proxy.order(fault, skip=number)
        outcome = attempt(link.fetch)
        link.proxy.mend()
        _whole_or_error(outcome, slugs, f"{fault.title} as the answer to request {number + 1}")

    def _slipped(self, link: Link, slugs: set[str]) -> None:
        """Take a listing away between two pages, so that those after it move up by one."""
        there = next(one for one in link.fetch() if one.slug in slugs)
        last = _requests(link) - 1
        order = link.proxy.order(None, skip=last, times=1, before=lambda: link.withdraw(there))
        outcome = attempt(link.fetch)
        link.proxy.mend()
        if order.struck:
            left = slugs - {there.slug}
            _whole_or_error(outcome, left, "a listing was withdrawn before the last page was read")


def _filled(link: Link) -> set[str]:
    """Make more listings than fit on a page; return their slugs."""
    number = link.limits.page_size + 1
    if link.counterpart.fill:
        return set(link.counterpart.ability("fill")(number))
    return {link.made()[0].slug for _ in range(number)}


def _requests(link: Link) -> int:
    before = len(link.proxy.seen)
    link.fetch()
    return len(link.proxy.seen) - before


def _whole_or_error(outcome: Outcome, slugs: set[str], what: str) -> None:
    if outcome.returned:
        missing = slugs - {there.slug for there in outcome.value}
        must(not missing, f"{what}: a list was answered that lacks {len(missing)} of {len(slugs)} listings")
        return
    must(isinstance(outcome.error, MarketplaceUnavailable), f"{what}: it {outcome}", error=outcome.error)
