"""What is asked for: pages, windows, searches."""

from .fields import Base, Choice, Flag, Text, Whole
from .schemas import TYPES, VISIBILITIES


class Search(Base):
    """``POST /endpoints/search``."""

    query = Text(low=1, high=1000, required=True)
    top_k = Whole(1, 50, load_default=10)
    type = Choice(TYPES, allow_none=True, load_default=None)


class Page(Base):
    """The query of a list."""

    skip = Whole(0, load_default=0)
    limit = Whole(1, 100, load_default=10)


class OwnPage(Page):
    """The query of ``GET /endpoints``."""

    visibility = Choice(VISIBILITIES, load_default=None)
    search = Text(load_default="")


class PublicPage(Page):
    """The query of ``GET /endpoints/public`` and of guest-accessible ones."""

    endpoint_type = Choice(TYPES, load_default=None)
    search = Text(high=200, load_default="")


class TrendingPage(PublicPage):
    """The query of ``GET /endpoints/trending``."""

    min_stars = Whole(0, load_default=0)


class OwnerPage(Page):
    """The query of one owner's public endpoints, and of the list of owners."""

    limit = Whole(1, 500, load_default=100)


class Groups(Base):
    """The query of ``GET /endpoints/public/grouped``."""

    max_per_owner = Whole(1, 50, load_default=15)


class Window(Base):
    """The query of an uptime series."""

    window_hours = Whole(1, 2160, load_default=24)


class TokenPage(Base):
    """The query of ``GET /auth/tokens``; it has no bounds."""

    skip = Whole(load_default=0)
    limit = Whole(load_default=100)
    include_inactive = Flag(load_default=False)
