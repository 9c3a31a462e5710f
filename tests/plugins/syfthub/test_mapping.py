"""The canonical form: pure, so these are tables and invariants; the round trip over a hub is in test_listings.py."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.records import Listing, PolicySummary
from publicist.plugins.syfthub.mapping import changes, payload, remote

from .provider import LISTING

RECORD: dict[str, Any] = {
    "id": 7,
    "user_id": 3,
    "slug": "research-qa",
    "name": "Research Q&A",
    "description": "Short.",
    "readme": "Long.",
    "type": "model",
    "visibility": "public",
    "version": "1.2.0",
    "tags": ["science"],
    "policies": [],
    "connect": [],
    "is_active": True,
    "stars_count": 4,
}


def shown(**changed: Any) -> Any:
    return remote({**RECORD, **changed}, "https://hub.example", "ada")


def connection(url: Any = "https://space.example/sub", **config: Any) -> dict[str, Any]:
    return {"type": "http", "enabled": True, "description": "", "config": {"url": url, **config}}


def test_summary_and_description_become_description_and_readme() -> None:
    fields = payload(replace(LISTING, summary="Short.", description="Long.")).fields

    assert (fields["description"], fields["readme"]) == ("Short.", "Long.")


def test_an_empty_version_is_the_hubs_own() -> None:
    assert payload(replace(LISTING, version=" ")).fields["version"] == "0.1.0"


def test_a_line_end_is_trimmed_off_the_slug() -> None:
    assert payload(replace(LISTING, slug="research-qa\n")).slug == "research-qa"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("b", "a"), ["b", "a"]),
        ((" Open ", "open", "", "  ", "OPEN"), ["open"]),
        ((), []),
    ],
)
def test_tags_are_trimmed_lowered_and_kept_once_in_order(tags: tuple[str, ...], expected: list[str]) -> None:
    assert payload(replace(LISTING, tags=tags)).fields["tags"] == expected


@pytest.mark.parametrize(
    ("policy", "tags", "expected"),
    [
        (PolicySummary("x", "xendit", "", {}), ("a",), ["a", "prepaid"]),
        (PolicySummary("x", "Xendit", "", {}), ("prepaid", "a"), ["prepaid", "a"]),
        (PolicySummary("x", "all_of", "", {"policies": [{"type": "xendit"}]}), ("a",), ["a", "prepaid"]),
        (PolicySummary("x", "xendit", "", {}), tuple("abcdefghij"), list("abcdefghij")),
        (PolicySummary("x", "accounting", "", {}), ("a",), ["a"]),
    ],
)
def test_the_tag_that_the_hub_adds_is_sent_along(
    policy: PolicySummary, tags: tuple[str, ...], expected: list[str]
) -> None:
    assert payload(replace(LISTING, tags=tags, policies=(policy,))).fields["tags"] == expected


def test_a_policy_is_sent_without_the_list_by_which_the_hub_would_hide_it() -> None:
    policy = PolicySummary("x", " rate_limit ", " 5. ", {" applied_to": ["ada@example.org"], " limit ": "5/m"})

    assert payload(replace(LISTING, policies=(policy,))).fields["policies"] == [
        {"type": "rate_limit", "version": "1.0", "enabled": True, "description": "5.", "config": {"limit": "5/m"}}
    ]


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    def priced(price: float) -> Listing:
        return replace(LISTING, policies=(PolicySummary("x", "accounting", "", {"price": price, "deep": [price]}),))

    assert payload(priced(2.0)).digest == payload(priced(2)).digest != payload(priced(2.5)).digest


def test_a_policy_that_somebody_aimed_at_a_person_is_a_difference() -> None:
    aimed = {"type": "rate_limit", "config": {"limit": "5/m", "applied_to": ["ada@example.org"]}}

    assert shown(policies=[aimed]).fields["policies"][0]["config"]["applied_to"] == ["ada@example.org"]


def test_what_the_hub_adds_to_a_wallet_policy_is_no_difference() -> None:
    sent = {"wallet_id": "w", "wallet_owner": 3}
    wanted = payload(replace(LISTING, policies=(PolicySummary("x", "cluster", "Paid.", sent),))).fields["policies"]

    told = [{**wanted[0], "config": {**sent, "wallet_owner_username": "ada"}}]

    assert shown(policies=told).fields["policies"] == wanted


def test_the_connection_holds_the_path_and_what_the_hub_has_no_field_for() -> None:
    wanted = payload(replace(LISTING, public_url="https://space.example/sub/", installation_id="i-1"))

    assert wanted.fields["connect"] == [
        {
            "type": "http",
            "enabled": True,
            "description": "",
            "config": {
                "url": "/sub",
                "publicist": {
                    "installation": "i-1",
                    "response_type": "both",
                    "language": "en",
                    "category": "science",
                },
            },
        }
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("https://space.example/sub", "/sub"),
        ("https://space.example", ""),
        ("http://127.0.0.1:9999/sub/deep", "/sub/deep"),
        ("wss://space.example/sub", "/sub"),
        ("/sub", "/sub"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_read_back_as_a_path(told: Any, expected: str) -> None:
    assert shown(connect=[connection(told)]).fields["connect"][0]["config"]["url"] == expected


def test_a_connection_hidden_by_a_tunnel_is_not_compared() -> None:
    assert "connect" not in shown(connect=[connection("tunneling:ada")]).fields


@pytest.mark.parametrize(
    ("connect", "expected"),
    [
        ([connection(publicist={"installation": "i-1"})], "i-1"),
        ([connection(), connection(publicist={"installation": "i-2"})], "i-2"),
        ([connection(publicist="i-1")], None),
        ([connection()], None),
        ([{"type": "http"}], None),
        ([], None),
    ],
)
def test_the_installation_is_read_where_there_is_one(connect: list[Any], expected: str | None) -> None:
    assert shown(connect=connect).installation_id == expected


def test_a_record_shows_its_page_its_id_and_whether_it_is_on() -> None:
    there = shown(is_active=False)

    assert (there.remote_id, there.url, there.active) == ("7", "https://hub.example/ada/research-qa", False)


def test_nulls_read_as_empty() -> None:
    there = shown(description=None, readme=None, tags=None, policies=None, connect=None)

    assert there.fields["description"] == there.fields["readme"] == ""
    assert there.fields["tags"] == there.fields["policies"] == there.fields["connect"] == []


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "listing",
        {},
        {**RECORD, "id": "7"},
        {**RECORD, "slug": None},
        {**RECORD, "tags": "science"},
        {**RECORD, "policies": ["x"]},
        {**RECORD, "connect": {"type": "http"}},
    ],
)
def test_what_is_no_record_is_not_taken_for_one(record: Any) -> None:
    with pytest.raises(MarketplaceUnavailable):
        remote(record, "https://hub.example", "ada")


def test_a_change_carries_neither_slug_nor_type_nor_null() -> None:
    sent = changes(payload(replace(LISTING, summary="", tags=(), policies=())))

    assert not {"slug", "type"} & set(sent)
    assert (sent["description"], sent["tags"], sent["policies"]) == ("", [], [])
    assert None not in sent.values()


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
POLICIES = st.builds(
    PolicySummary,
    name=TEXT,
    type=st.sampled_from(["access", "rate_limit", "xendit", " mpp ", "cluster"]),
    description=TEXT,
    config=st.dictionaries(TEXT | st.sampled_from(["applied_to", "wallet_owner_username"]), JSON, max_size=3),
)
LISTINGS = st.builds(
    replace,
    st.just(LISTING),
    name=TEXT,
    summary=TEXT,
    description=TEXT,
    tags=st.lists(TEXT, max_size=12).map(tuple),
    version=st.sampled_from(["1.0.0", "", " 2.0.1 "]),
    policies=st.lists(POLICIES, max_size=3).map(tuple),
    public_url=st.sampled_from(["", "https://space.example", "https://space.example:8443/a b/ü/"]),
    category=TEXT,
    language=TEXT,
)


def as_the_hub_tells(fields: Any, domain: str) -> dict[str, Any]:
    """A record that holds ``fields``, in the form in which the hub shows it to its owner."""
    connect = [
        {**part, "config": {**part["config"], "url": f"{domain}{part['config']['url']}"}} for part in fields["connect"]
    ]
    return {**RECORD, **fields, "connect": connect}


@given(LISTINGS, st.sampled_from(["", "https://space.example", "http://127.0.0.1:9999"]))
def test_what_was_sent_reads_back_equal(listing: Listing, domain: str) -> None:
    fields = payload(listing).fields

    assert remote(as_the_hub_tells(fields, domain), "https://hub.example", "ada").fields == fields


@given(LISTINGS)
def test_rendering_is_pure_and_settles_at_once(listing: Listing) -> None:
    assert payload(listing).digest == payload(listing).digest
    again = replace(listing, tags=tuple(payload(listing).fields["tags"]))
    assert payload(again).fields["tags"] == payload(listing).fields["tags"]
