"""What the pages of a plugin may ask of the app: that somebody who may see them is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from flask import request

from .statement import Scope

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from .pages.page import View

_READS = ("GET", "HEAD")


def signed_in(scope: Scope = "read") -> Callable[["View"], "View"]:
    """Have a page be for those who are signed in and may ``read``, ``publish`` or ``admin``, as an API token would.

    Stands between the blueprint's route and the view. Everybody else is sent to the sign-in, or refused; a form that
    another site's page sent is refused, too. What the view raises of publicist's own errors is told as on other pages.
    """

    def decorate(view: "View") -> "View":
        @wraps(view)
        def answer(**path: str) -> "str | AnyResponse":
            from .pages.page import serve  # plugins are loaded for commands, too, which need no pages

            return serve(lambda _here, **parts: view(**parts), scope, acts=request.method not in _READS)(**path)

        return answer

    return decorate
