"""What the author gives the kit: where the marketplace is, how it is entered, and what it can do beyond that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Counterpart:
    """A running marketplace of the kind that is tested. It may be shared by tests: the kit never uses a slug twice.

    What is None is not proved, and the report names it.

    Attributes:
        url: its address, as a person would enter it.
        settings: the kind's settings and credentials by name, as a person would enter them.
        wrong_settings: the same with credentials that are refused; by default each secret is replaced.
        take_slug: has a slug taken by somebody else (or, where slugs are an account's own, by hand).
        slugs: the slugs of all listings that it shows, one that is listed twice twice; no drafts, nothing withdrawn.
        fill: makes so many listings of our account, quicker than one by one; returns their slugs.
        health: by slug, what it shows of the health that was reported (any word for well, another for not).
        say: has a person say something of a listing: its slug, the stars (1 to 5), a text.
        token: a token by which it vouches for a person who asks this space.
    """

    url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    wrong_settings: Mapping[str, Any] | None = None
    take_slug: Callable[[str], object] | None = None
    slugs: Callable[[], Collection[str]] | None = None
    fill: Callable[[int], Collection[str]] | None = None
    health: Callable[[], Mapping[str, str]] | None = None
    say: Callable[[str, int, str], object] | None = None
    token: Callable[[], str] | None = None

    def ability(self, name: str) -> Any:
        """Return what the counterpart can do under ``name``; skip the test, with the reason, where it cannot."""
        found = getattr(self, name)
        if found is None:
            pytest.skip(f"not proved: the counterpart has no `{name}`")
        return found
