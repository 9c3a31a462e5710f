"""What the author gives the kit: where the marketplace is, how it is entered, and what it can do beyond that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

from ..redact import redact

_CALLED = {
    "take_slug": "take_slug(slug)",
    "slugs": "slugs() and answers slugs",
    "fill": "fill(number) and answers slugs",
    "health": "health() and answers a mapping of slugs to words",
    "say": "say(slug, stars, text)",
    "token": "token() and answers a text",
}
_ANSWERED: dict[str, type] = {"slugs": Collection, "fill": Collection, "health": Mapping, "token": str}


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

    def ability(self, name: str) -> Callable[..., Any]:
        """Return what the counterpart can do under ``name``; skip the test, with the reason, where it cannot.

        Where the counterpart itself fails, the test fails with that: the adapter is not to blame.
        """
        found = getattr(self, name)
        if found is None:
            pytest.skip(f"not proved: the counterpart has no `{name}`")

        def ask(*given: Any) -> Any:
            try:
                answer = found(*given)
            except Exception as error:  # noqa: BLE001 - it is the author's own, and may raise anything
                _fail(name, f"{type(error).__name__}: {error}", error)
            if not isinstance(answer, _ANSWERED.get(name, object)):
                _fail(name, f"it answered {type(answer).__name__}")
            return answer

        return ask


def _fail(name: str, seen: str, error: Exception | None = None) -> NoReturn:
    said = f"The counterpart's `{name}` is wrong, not the adapter: {seen}. It is called as {_CALLED[name]}."
    raise pytest.fail.Exception(redact(said)) from error
