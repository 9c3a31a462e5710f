"""How well a passage answers, as a number from 0 to 1. Pure.

BM25 puts passages in order and says nothing by its size: in a small folder the best has 0.000001. So the score starts
from how much of the query a passage holds: each word weighs the more, the fewer passages have it (the inverse document
frequency), and a passage holds the share of the weight of its words. The root of that share is taken, so that a quarter
of what was asked for gives 0.5, SyftHub's usual threshold. BM25 decides the last tenth.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

_BY_BM25 = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that the index found: its row, and its BM25 (the higher, the better)."""

    row: int
    bm25: float


def weight(total: int, holding: int) -> float:
    """Return what a word weighs that ``holding`` of ``total`` passages have."""
    return math.log(1 + (total + 1) / (holding + 0.5))


def telling(holding: Mapping[str, int], total: int) -> Sequence[str]:
    """Return the words worth searching for: those that not most passages have, or all where there are no others."""
    known = [word for word, number in holding.items() if number]
    return [word for word in known if 2 * holding[word] <= total] or known


def scores(
    found: Sequence[Found], total: int, holding: Mapping[str, int], rows: Mapping[str, Collection[int]]
) -> Sequence[tuple[int, float]]:
    """Return each found row with its score, best first.

    Args:
        found: the passages.
        total: how many passages there are in all.
        holding: how many passages have each of the query's words.
        rows: which of the found rows have each word.
    """
    weights = {word: weight(total, number) for word, number in holding.items()}
    whole, best = sum(weights.values()), max((each.bm25 for each in found), default=0.0)

    def score(each: Found) -> float:
        share = sum(weights[word] for word in weights if each.row in rows.get(word, ())) / whole
        closeness = each.bm25 / best if best > 0 else 1.0
        return math.sqrt(min(1.0, share)) * (1 - _BY_BM25 + _BY_BM25 * max(0.0, min(1.0, closeness)))

    rated = [(each.row, round(score(each), 4), each.bm25) for each in found]
    return [(row, value) for row, value, _ in sorted(rated, key=lambda item: (-item[1], -item[2], item[0]))]
