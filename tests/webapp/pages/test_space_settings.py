"""Settings, Backups and Status page."""

from collections.abc import Callable

import pytest

from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, publish
from ..site import Site
from .person import person


def test_a_backup_is_made_listed_and_downloaded_by_an_owner(site: Site) -> None:
    owner = person(site)
    assert "There is no backup yet." in owner.open("/settings/backups")
    assert "Made publicist-2026-03-01T12-00-00Z.sqlite3." in owner.send("/settings/backups")
    name = "publicist-2026-03-01T12-00-00Z.sqlite3"
    answer = owner.session.get(f"{site.url}/settings/backups/{name}", timeout=30)
    assert answer.content.startswith(b"SQLite format 3")
    assert f"filename={name}" in answer.headers["Content-Disposition"]
    assert "is there already" in owner.send("/settings/backups")
    person(site, "read", "publish").open("/settings/backups", 403)
    person(site, "read", "publish").open(f"/settings/backups/{name}", 403)


@pytest.mark.parametrize("name", ["nothing.sqlite3", "..%2Fsecret.key", "%2e%2e%2fsecret.key", "secret.key"])
def test_nothing_but_a_backup_is_downloaded(site: Site, name: str) -> None:
    (site.services.backups.folder / "secret.key").parent.mkdir(exist_ok=True)
    (site.services.backups.folder / "secret.key").write_text("no backup")
    person(site).open(f"/settings/backups/{name}", 404)


def test_a_status_page_is_opened_with_what_it_shows_and_closed(
    site: Site, catalogues: Callable[..., Counterpart]
) -> None:
    owner, path = person(site), "/settings/status-page"
    assert "Nothing yet." in owner.open(path)
    add_marketplace(site.services, "Hub", catalogues().url)
    add_endpoint(site.services, name="<i>Research</i>")
    publish(site.services)
    shown = owner.html(path)
    assert "&lt;i&gt;Research&lt;/i&gt;" in shown
    assert "/status/science" in shown
    assert "is open to anybody now" in owner.send(path, tag="", turn="on")
    assert "is open to anybody now" in owner.send(path, tag=" Science ", turn="on")
    opened = site.services.status_pages.opened()
    assert (opened.all, opened.tags) == (True, ("science",))
    assert "is closed" in owner.send(path, tag="science", turn="off")
    assert site.services.status_pages.opened().tags == ()


def test_a_tag_that_can_be_none_is_told_at_its_field(site: Site) -> None:
    sent = person(site).sent("/settings/status-page", 422, tag="no tag!", turn="on")
    assert 'id="tag-error"' in sent
    assert 'value="no tag!"' in sent


def test_a_viewer_opens_no_status_page(site: Site) -> None:
    viewer = person(site, "read")
    assert "Open the page" not in viewer.open("/settings/status-page")
    viewer.send("/settings/status-page", 403, tag="", turn="on")
