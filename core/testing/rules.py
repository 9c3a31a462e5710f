"""The rules: each is one test of the kit, and knows what to say when an adapter breaks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn, TypeVar

import pytest

from ..errors import PluginFault
from ..redact import redact

PAGE = "docs/contract-kit.md"
_MARK = "publicist_rule"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise of an adapter.

    Attributes:
        name: that of the test, without ``test_``.
        promise: the rule in one sentence.
        hook: the hook that it is about, or several.
        remedy: what the author can do.
        section: the heading of the kit's page that tells more.
    """

    name: str
    promise: str
    hook: str
    remedy: str
    section: str


class Broken(Exception):
    """A rule is broken: ``said`` tells what was seen, ``hook`` where, if that is narrower than the rule says."""

    def __init__(self, said: str, *, hook: str = "", error: BaseException | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.hook = hook
        self.error = error


def must(truth: object, said: str, *, hook: str = "", error: BaseException | None = None) -> None:
    """Raise Broken with ``said`` unless ``truth`` holds."""
    if not truth:
        raise Broken(said, hook=hook, error=error)


def rule(promise: str, *, hook: str, remedy: str, section: str) -> Callable[[F], F]:
    """Make a test method the test of a rule: whatever breaks in it is told in the rule's words."""

    def mark(test: F) -> F:
        known = Rule(test.__name__.removeprefix("test_"), promise, hook, remedy, section)

        @wraps(test)
        def told(*args: Any, **kwargs: Any) -> None:
            try:
                test(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - what an adapter raises is what is judged here
                _fail(known, error)

        setattr(told, _MARK, known)
        return told  # type: ignore[return-value]

    return mark


def rules_of(contract: type) -> Mapping[str, Rule]:
    """Return the rules that a contract class proves, by name."""
    found = [getattr(contract, name) for name in dir(contract) if name.startswith("test_")]
    rules = [getattr(test, _MARK) for test in found if hasattr(test, _MARK)]
    return {each.name: each for each in rules}


def _fail(known: Rule, error: Exception) -> NoReturn:
    broken = error if isinstance(error, Broken) else Broken(f"{type(error).__name__}: {error}", error=error)
    lines = [
        f"Rule broken: {known.promise}",
        f"  rule:  {known.name}",
        f"  hook:  {broken.hook or known.hook}",
        f"  seen:  {broken.said}",
        f"  to do: {known.remedy}",
        f"  more:  {PAGE}#{known.section}",
    ]
    trace = broken.error.traceback if isinstance(broken.error, PluginFault) else ""
    if trace:
        lines += ["", "In the plugin:", trace]
    text = redact("\n".join(lines))
    raise pytest.fail.Exception(text, pytrace=False) from (None if isinstance(error, Broken) else error)
