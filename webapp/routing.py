"""Rules that cost little until they are needed: an app has some hundreds, and builds URLs of a few."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule whose builders of URLs are compiled when the first URL is built.

    Werkzeug compiles two of them for each rule at once, which is more than half of the time that an app takes to make.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled: Callable[[], Builder] = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build
