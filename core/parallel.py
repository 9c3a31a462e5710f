"""The same call for many marketplaces at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_THREADS = 32


def for_all(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return ``function`` of each item, in the order of the items; a slow one delays no other.

    Raises what the first failing call raised; let ``function`` turn expected failures into results.
    """
    items = list(items)
    if not items:
        return []
    with ThreadPoolExecutor(min(len(items), MOST_THREADS)) as pool:
        calls = [pool.submit(copy_context().run, function, item) for item in items]
        return [call.result() for call in calls]
