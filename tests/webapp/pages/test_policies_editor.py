"""The editor of policies, over HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from ...clock import Clock
from ...core.till import install_till
from ...spaces import add_endpoint
from ..site import Site, served
from .person import Person, person

PATH = "/endpoints/research-qa/policies"
LISTED = {"who": "listed", "config.allowed_users": "@uni.example\nAda@Home.example, *@*.lab.example"}


@pytest.fixture
def owner(site: Site) -> Person:
    add_endpoint(site.services)
    return person(site)


def stored(site: Site) -> list[tuple[str, str, dict[str, Any]]]:
    return [(one.name, one.type, dict(one.config)) for one in site.services.endpoints.get("research-qa").policies]


def add(owner: Person, kind: str, status: int = 200, **fields: str) -> str:
    """Fill the form of a new policy, as its page stands."""
    html = owner.html(f"{PATH}/new?type={kind}{'&as=json' if fields.get('as') else ''}")
    return owner.send(f"{PATH}/new", status, type=kind, seen=seen(html), **fields)


def seen(html: str) -> str:
    return html.partition('name="seen" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("kind", "fields", "config", "summary"),
    [
        (
            "access",
            LISTED,
            {
                "allowed_users": ["@uni.example", "ada@home.example", "*@*.lab.example"],
                "denied_users": [],
                "allow_guests": False,
                "marketplaces": [],
            },
            "By invitation",
        ),
        (
            "access",
            {"who": "everyone", "config.denied_users": "eve@uni.example", "config.marketplaces": "Hub*"},
            {"allowed_users": [], "denied_users": ["eve@uni.example"], "allow_guests": True, "marketplaces": ["Hub*"]},
            "Open to everyone, guests too",
        ),
        (
            "access",
            {"who": "closed"},
            {"allowed_users": [], "denied_users": ["*"], "allow_guests": False, "marketplaces": []},
            "Closed at present",
        ),
        (
            "rate_limit",
            {"config.limit": "60 per minute; 500/d", "config.scope": "global", "whom": "everyone"},
            {"limit": "60/m; 500/d", "scope": "global", "applied_to": ["*"]},
            "At most 60 queries a minute and at most 500 queries a day, for all users together",
        ),
        (
            "rate_limit",
            {
                "config.limit": "600/m",
                "config.scope": "per_user",
                "whom": "listed",
                "config.applied_to": "@uni.example",
            },
            {"limit": "600/m", "scope": "per_user", "applied_to": ["@uni.example"]},
            "Some people have their own limits",
        ),
        (
            "accounting",
            {"config.price": "0.50", "config.currency": "eur", "config.unit": "document"},
            {"price": "0.5", "currency": "EUR", "unit": "document", "require_payment": False},
            "0.5 EUR per document",
        ),
        ("access", {"as": "json", "config": "{}"}, None, "Open to everyone the marketplace vouches for"),
    ],
)
def test_a_policy_is_added_in_words_and_comes_back_as_it_was(
    site: Site, owner: Person, kind: str, fields: dict[str, str], config: dict[str, Any] | None, summary: str
) -> None:
    assert summary in add(owner, kind, **fields)
    ((name, stored_kind, is_stored),) = stored(site)
    assert (name, stored_kind) == (kind, kind)
    if config is not None:
        assert is_stored == config
    html = owner.html(f"{PATH}/0")
    again = {"type": kind, "seen": seen(html), **{k: v for k, v in fields.items() if k != "as"}}
    if config is not None:
        assert 'name="as" value=""' in html
        owner.send(f"{PATH}/0", **again)
        assert stored(site) == [(name, stored_kind, config)]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("access", {"who": "listed"}, "Say who may query"),
        ("access", {**LISTED, "config.denied_users": "a<b"}, "Entry 1: Must be an address"),
        ("rate_limit", {"config.limit": "often"}, "Cannot be read"),
        ("rate_limit", {"config.limit": "9/h", "whom": "listed"}, "at least 1"),
        ("accounting", {"config.price": "-1"}, "Must be from 0"),
        ("accounting", {"config.price": "1", "config.currency": "?"}, "Must be a currency"),
        ("accounting", {"as": "json", "config": "{"}, "Cannot be read as JSON"),
        ("accounting", {"as": "json", "config": '{"price": 1, "cost": 2}'}, "cost: There is no such field"),
        ("access", {"as": "json", "config": "[]"}, "Not a JSON object"),
    ],
)
def test_a_policy_that_does_not_do_is_refused_at_its_field(
    site: Site, owner: Person, kind: str, fields: dict[str, str], said: str
) -> None:
    page = add(owner, kind, 422, **fields)
    assert said.casefold() in page.casefold()
    assert stored(site) == []


def test_prices_in_two_currencies_are_refused(site: Site, owner: Person) -> None:
    add(owner, "accounting", **{"config.price": "1", "config.currency": "EUR"})
    page = add(owner, "accounting", 422, **{"config.price": "1", "config.currency": "USD"})
    assert "several currencies: EUR, USD" in page
    assert len(stored(site)) == 1


def test_policies_are_put_in_order_and_removed(site: Site, owner: Person) -> None:
    add(owner, "access", **LISTED, name="members")
    add(owner, "rate_limit", **{"config.limit": "9/h"})
    html = owner.html(PATH)
    assert "Moved rate_limit." in owner.send(f"{PATH}/1/move", on=PATH, to="up", seen=seen(html))
    assert [kind for _, kind, _ in stored(site)] == ["rate_limit", "access"]
    assert "Nothing limits how often one may query." in owner.open(f"{PATH}/0/remove")
    done = owner.send(f"{PATH}/1/remove", on=PATH, seen=seen(owner.html(f"{PATH}/1/remove")))
    assert "Removed members. Everyone whom a marketplace vouches for may query" in done
    assert [kind for _, kind, _ in stored(site)] == ["rate_limit"]
    owner.open(f"{PATH}/7/remove", 404)
    owner.open(f"{PATH}/7", 404)


def test_what_somebody_changed_meanwhile_is_not_overwritten(site: Site, owner: Person) -> None:
    add(owner, "access", **LISTED)
    before = seen(owner.html(f"{PATH}/0"))
    add(owner, "rate_limit", **{"config.limit": "9/h"})
    page = owner.send(f"{PATH}/0", 409, type="access", who="everyone", seen=before)
    assert "Somebody has changed the policies" in page
    assert "Somebody has changed the policies" in owner.send(f"{PATH}/0/remove", on=PATH, seen=before)
    assert [kind for _, kind, _ in stored(site)] == ["access", "rate_limit"]


def test_policies_are_not_a_viewers_to_change(site: Site, owner: Person) -> None:
    viewer = person(site, "read")
    viewer.open(f"{PATH}/new?type=access", 403)
    viewer.send(f"{PATH}/new", 403, type="access", who="everyone")
    owner.open(f"{PATH}/new?type=made-up", 404)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("email=ada@uni.example", "Yes, once they have paid"),
        ("email=eve@else.example", "No, they are refused access Access policy decides You have no access"),
        ("who=guest", "No, they are refused"),
        ("email=nobody", "Must be an e-mail address"),
        ("email=", "Must be an e-mail address"),
        ("email=ada@uni.example&marketplace=nowhere", "There is no marketplace"),
    ],
)
def test_it_is_told_whether_a_person_would_get_through(site: Site, owner: Person, asked: str, said: str) -> None:
    add(owner, "access", **LISTED)
    add(owner, "accounting", **{"config.price": "1", "config.require_payment": "on"})
    page = owner.open(f"{PATH}/person?{asked}", 422 if "Must be" in said or "There is no" in said else 200)
    assert said in page


def test_a_plugins_policies_are_edited_as_json(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    install_till(tmp_path / "plugins", monkeypatch)
    with served(tmp_path / "space", clock, PUBLICIST_PLUGINS="till") as site:
        add_endpoint(site.services)
        owner = person(site)
        assert "Quota" in owner.open(PATH)
        add(owner, "quota", **{"as": "json", "config": json.dumps({"how": "allowed", "people": 3})})
        assert stored(site) == [("quota", "quota", {"how": "allowed", "people": 3})]
        assert "&#34;people&#34;: 3" in owner.html(f"{PATH}/0")
        assert "A plugin decides, on the query itself" in owner.open(f"{PATH}/person?email=ada@uni.example")
