"""``/settings``: where the tabs begin."""

from werkzeug.wrappers import Response as AnyResponse

from ..page import Here, Pages, go

pages = Pages("settings")


@pages.show("/settings")
def index(_here: Here) -> AnyResponse:
    """Go on to the first tab."""
    return go("settings.network")
