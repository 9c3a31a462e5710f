"""What people said of an endpoint, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """How much was said: ``kinds`` by kind, ``ratings`` by the stars given (1 to 5; any kind may come with some)."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    ratings: Mapping[int, int] = field(default_factory=dict)

    @property
    def average(self) -> float | None:
        """The mean of all ratings, or None where there is none."""
        number = sum(self.ratings.values())
        return sum(stars * times for stars, times in self.ratings.items()) / number if number else None
