"""docs/pages.md lists every address that can be opened, with who may open it, and no other."""

import re
from pathlib import Path

from publicist.webapp import create_app

from ..site import Site
from .test_roles import PUBLIC, needed

TEXT = (Path(__file__).parents[3] / "docs" / "pages.md").read_text()
FOR = {"read": "viewers", "publish": "publishers", "admin": "owners"}
PARTS = re.compile(
    r"/endpoints/<slug>/(availability|places|publish/findings)|/endpoints/new/.+|/plan/<[^>]+>/progress|/assets/.+"
)
"""What scripts fetch: parts of pages, and files."""


def documented() -> dict[str, str]:
    """Return each address that the table lists, its variables as ``*``, and whom it is for."""
    found: dict[str, str] = {}
    for addresses, whom in re.findall(r"^\| (`/.+?) \| (\w+) \| ", TEXT.split("## Addresses")[1], re.MULTILINE):
        names = re.findall(r"`(.+?)`", addresses)
        for name in names:
            address = re.sub(r"[A-Z_]{3,}", "*", _whole(name, names[0]))
            found[address] = whom
    return found


def _whole(name: str, first: str) -> str:
    """Put what the line's first address begins with in place of a "…"."""
    short = name.removeprefix("…/")
    if short == name:
        return name
    shared, meets, _ = first.rpartition(f"/{short.partition('/')[0]}/")
    return f"{shared if meets else first.rpartition('/')[0]}/{short}"


def served(site: Site) -> dict[str, str]:
    rules = [rule for rule in create_app(site.services).url_map.iter_rules() if "GET" in (rule.methods or ())]
    pages = [rule.rule for rule in rules if not rule.rule.startswith("/api/v1/") and not PARTS.fullmatch(rule.rule)]
    return {
        re.sub(r"<[^>]+>", "*", rule): "all" if rule.startswith(PUBLIC) else FOR[needed("GET", rule)] for rule in pages
    }


def test_every_address_of_a_page_is_documented_with_who_may_open_it(site: Site) -> None:
    assert documented() == served(site)
