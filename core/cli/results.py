"""What came of a request on each marketplace: as JSON, as a table, as an exit code."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import codes
from .output import say, table

if TYPE_CHECKING:
    from ..records import Result

WORDS = {"not_published": "not published"}


def exit_code(results: Sequence["Result"]) -> int:
    """Return 0 when all is done, 1 when all failed, 3 when some did, 5 when the rest is still being tried."""
    pending = [each for each in results if not each.success and each.status == "pending"]
    failed = [each for each in results if not each.success and each not in pending]
    if failed:
        return codes.ERROR if len(failed) == len(results) else codes.PARTLY
    return codes.PENDING if pending else codes.DONE


def show_results(results: Sequence["Result"], addresses: Mapping[str, str]) -> None:
    """Print a row for each marketplace, then the listings' pages; ``addresses`` are those by marketplace id."""
    table(
        ["Marketplace", "Result", "What came of it"],
        [[each.marketplace.name, result_word(each), told(each)] for each in results],
    )
    for each in results:
        if each.success and (address := addresses.get(each.marketplace.id)):
            say(f"{each.marketplace.name}: {address}")


def result_word(result: "Result") -> str:
    """Return the result in a word: what is there now, or that it failed or is pending."""
    if result.success or result.status == "pending":
        return WORDS.get(result.status, result.status)
    return "failed"


def told(result: "Result") -> str:
    """Return the message, or the error with its remedy."""
    return f"{result.error.message}\n→ {result.error.remedy}" if result.error else result.message
