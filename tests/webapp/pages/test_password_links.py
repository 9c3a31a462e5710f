"""One-time links by which somebody chooses a new password."""

import re

import pytest
import requests
from publicist.core.errors import NotFound
from publicist.core.secrets import Secret

from ...clock import Clock
from ..site import Site
from .person import Person, person, words
from .test_settings import PASSWORD, browser_of, is_in, user

NEW = "lighthouse keepers at noon"
BOTH = {"password": NEW, "again": NEW}


def link_for(owner: Person, user_id: str) -> str:
    page = owner.sent(f"/settings/people/{user_id}/password-link")
    found = re.search(r'id="the-link">([^<]+)<', page)
    assert found
    return found.group(1)


def test_an_owner_lets_somebody_choose_a_new_password_once(site: Site) -> None:
    grace, owner = user(site, "Grace", "publisher"), person(site)
    before, guest = browser_of(site, "Grace"), requests.Session()
    link = link_for(owner, grace.id)

    assert "Choose a new password" in words(guest.get(link, timeout=10).text)
    assert is_in(before, site)  # until it is used, nothing has changed
    assert guest.post(link, BOTH, timeout=30).url == f"{site.url}/"

    assert is_in(guest, site)
    assert not is_in(before, site)
    assert is_in(browser_of(site, "Grace", NEW), site)
    assert requests.post(f"{site.url}/sign-in", {"name": "Grace", "password": PASSWORD}, timeout=30).status_code == 401
    assert requests.post(link, BOTH, timeout=30).status_code == 404
    assert [(one.name, one.role) for one in site.services.accounts.all()] == [("Grace", "publisher")]


def test_what_does_not_do_is_told_and_the_link_still_holds(site: Site) -> None:
    link = link_for(person(site), user(site).id)

    short = requests.post(link, {"password": "short", "again": "short"}, timeout=30)
    unlike = requests.post(link, BOTH | {"again": "unlike-the-first-one"}, timeout=30)

    assert (short.status_code, unlike.status_code) == (422, 422)
    assert "at least 12" in words(short.text)
    assert "differs" in words(unlike.text)
    assert requests.get(link, timeout=10).status_code == 200


def test_a_link_ends_with_a_newer_one_a_new_password_a_withdrawal_a_day_and_its_account(
    site: Site, clock: Clock
) -> None:
    ada, grace, owner = user(site), user(site, "Grace", "viewer"), person(site)

    former, newer = link_for(owner, grace.id), link_for(owner, grace.id)
    assert [requests.get(link, timeout=10).status_code for link in (former, newer)] == [404, 200]

    site.services.accounts.set_password(grace.id, Secret(NEW))
    assert requests.get(newer, timeout=10).status_code == 404

    withdrawn = link_for(owner, grace.id)
    (listed,) = site.services.invitations.all()
    assert "new password" in owner.open("/settings/people")
    owner.send(f"/settings/people/invitations/{listed.id}/withdraw")
    assert requests.get(withdrawn, timeout=10).status_code == 404

    late, orphaned = link_for(owner, ada.id), link_for(owner, grace.id)
    site.services.accounts.remove(grace.id)
    assert [requests.get(link, timeout=10).status_code for link in (late, orphaned)] == [200, 404]
    clock.move(days=1, seconds=1)
    assert requests.get(late, timeout=10).status_code == 404


def test_a_link_to_a_new_password_makes_no_account_and_an_invitation_changes_no_password(site: Site) -> None:
    ada, invitations = user(site), site.services.invitations
    renewal, invitation = invitations.renew(ada.id).reveal(), invitations.invite("owner", "Grace").reveal()

    with pytest.raises(NotFound):
        invitations.accept(renewal, "Eve", Secret(NEW))
    with pytest.raises(NotFound):
        invitations.choose_password(invitation, Secret(NEW))

    assert is_in(browser_of(site), site)
    assert [one.name for one in site.services.accounts.all()] == ["Ada"]


def test_that_a_link_was_made_is_noted_and_its_code_is_not(site: Site) -> None:
    link = link_for(person(site), user(site).id)

    noted = site.services.trail.page(subject="user").items

    assert [each.action for each in noted] == ["user.password_link", "user.created"]
    assert link.rpartition("/")[2] not in str(noted)
