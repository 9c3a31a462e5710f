"""Pages that a plugin brings: open to everybody, or for those who are signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ...clock import Clock
from ...unruly.installing import install
from ..site import Site, served
from .person import person

LEDGER = """
from flask import Blueprint
from publicist.core.errors import NotFound
from publicist.core.hookspecs import hookimpl
from publicist.webapp.plugin_pages import signed_in

pages = Blueprint("ledger", __name__)
entries = []

@hookimpl
def blueprints(app):
    app.register_blueprint(pages)

@pages.get("/ledger")
def everybody():
    return "open"

@pages.route("/ledger/<book>", methods=["GET", "POST"])
@signed_in("publish")
def write(book):
    if book == "none":
        raise NotFound("There is no such book.")
    entries.append(book)
    return f"{book} {len(entries)}"
"""


@pytest.fixture
def site(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    install(tmp_path / "installed", "ledger", LEDGER)
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    with served(tmp_path / "space", clock, PUBLICIST_PLUGINS="ledger") as site:
        yield site


def test_a_page_of_a_plugin_is_open_unless_it_says_so(site: Site) -> None:
    assert requests.get(f"{site.url}/ledger", timeout=10).text == "open"
    refused = requests.get(f"{site.url}/ledger/main", timeout=10, allow_redirects=False)
    assert (refused.status_code, refused.headers["Location"]) == (303, "/sign-in?next=/ledger/main")


def test_a_guarded_page_is_for_the_roles_that_may(site: Site) -> None:
    assert person(site, "publish").open("/ledger/main") == "main 1"
    person(site, "read").open("/ledger/main", 403)
    assert "There is no such book" in person(site, "publish").open("/ledger/none", 404)


def test_a_guarded_page_takes_no_form_from_another_site(site: Site) -> None:
    publisher = person(site, "publish")
    url = f"{site.url}/ledger/main"
    foreign = publisher.session.post(url, headers={"Origin": "https://evil.example"}, timeout=10)
    own = publisher.session.post(url, headers={"Origin": site.url}, timeout=10)
    assert (foreign.status_code, own.status_code, own.text) == (403, 200, "main 1")
