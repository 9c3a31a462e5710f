"""The canonical form: what is rendered is what comes back, so that nothing looks changed that is not."""

import json
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from ..publishing.listing import check_limits
from ..records import Listing, RemoteListing
from ..secrets import Secret
from .link import Link, differences, must_show
from .listings import awkward, listings
from .rules import must, rule

AWKWARD = (
    "optional fields left empty",
    "the longest allowed texts",
    "the longest texts of four-byte characters",
    "emoji of several characters",
    "text from right to left",
    "accents and combining characters",
    "quotes, markup and escapes",
    "line breaks, tabs and spaces inside",
    "words that mean something elsewhere",
)
REMEDY = "Have render_listing do what the marketplace does to a text, and read back in that form."


class CanonicalRules:
    """Rules about ``render_listing`` and the fields that come back."""

    examples: ClassVar[int] = 20

    @rule(
        "Rendering is pure: the same listing gives the same payload, of plain JSON, and no request.",
        hook="render_listing",
        remedy="Use nothing but the listing: no clock, no random numbers, no network; texts, lists and numbers only.",
        section="canonical-form",
    )
    def test_rendering_is_pure(self, link: Link) -> None:
        listing = link.listing()
        first, second = link.render(listing), link.render(listing)
        must(first == second and first.digest == second.digest, "the second payload differs from the first")
        must(first.slug == listing.slug, f"the slug {listing.slug!r} became {first.slug!r}")
        must(json.loads(json.dumps(first.fields, allow_nan=False)) == first.fields, "its fields are not plain JSON")
        must(not link.proxy.seen, f"it sent {', '.join(map(str, link.proxy.seen))}")

    @rule(
        "A space without a public address is rendered, too.",
        hook="render_listing",
        remedy="Expect listing.query_url and public_url to be empty.",
        section="canonical-form",
    )
    def test_a_space_without_an_address_is_rendered(self, link: Link) -> None:
        payload = link.payload(public_url="")
        must(payload.slug, "the payload has no slug")
        if not link.kind.capabilities.needs_public_url:
            must_show(link.create(payload), payload, "create_listing")

    @rule(
        "What was sent comes back as it was sent: from create, from find and from fetch, nothing looks changed.",
        hook="render_listing, create_listing, find_listing, fetch_listings",
        remedy=REMEDY,
        section="canonical-form",
    )
    @pytest.mark.parametrize("what", ["an ordinary listing", *AWKWARD])
    def test_a_listing_comes_back_as_it_was_sent(self, link: Link, what: str) -> None:
        changes: dict[str, Any] = dict(awkward(link.limits).get(what, {}))
        must(not check_limits(link.listing(**changes), link.limits), f"{what}: the kind's limits refuse it")
        payload, made = link.made(**changes)
        must_show(made, payload, "create_listing")
        must_show(link.shown(payload.slug), payload, "find_listing")
        listed = next((there for there in link.fetch() if there.slug == payload.slug), None)
        if listed is not None:
            must_show(listed, payload, "fetch_listings")

    @rule(
        "Any listing within the kind's limits comes back as it was sent, when it is made and when it is changed.",
        hook="render_listing, create_listing, update_listing, find_listing",
        remedy=REMEDY,
        section="canonical-form",
    )
    def test_any_listing_comes_back_as_it_was_sent(self, link: Link) -> None:
        hypothesis = pytest.importorskip("hypothesis", reason="not proved: hypothesis is not installed")
        slug = link.slug()
        first: list[tuple[Listing, RemoteListing]] = []

        def prove(listing: Listing) -> None:
            hook = "update_listing" if first else "create_listing"
            if first:  # what only a person changes is held by the core
                listing = replace(listing, type=first[0][0].type, response_type=first[0][0].response_type)
            payload = link.render(listing)
            shown = link.update(payload, first[0][1]) if first else link.create(payload)
            first.append((listing, shown))
            must_show(shown, payload, hook)
            must_show(link.shown(slug), payload, "find_listing")

        settings = hypothesis.settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            phases=[hypothesis.Phase.generate],  # each example is several calls: shrinking would take minutes
            suppress_health_check=list(hypothesis.HealthCheck),
            print_blob=False,
        )
        settings(hypothesis.given(listings(link.limits, link.bench.space, slug))(prove))()

    @rule(
        "What differs looks different: a changed name changes the payload, and is seen in what comes back.",
        hook="render_listing, find_listing",
        remedy="Put the name into the payload's fields, and read it back; fields={} hides every drift.",
        section="canonical-form",
    )
    def test_what_differs_looks_different(self, link: Link) -> None:
        payload, made = link.made()
        other = link.payload(slug=payload.slug, name="Quite another name")
        must(other.digest != payload.digest, "another name gives the same payload")
        must(differences(made, other), "what create_listing answered would pass for a listing of another name")
        found = link.shown(payload.slug)
        must(differences(found, other), "what find_listing answered would pass for a listing of another name")

    @rule(
        "The payload and what comes back hold no credential.",
        hook="render_listing",
        remedy="Send credentials with the request, never as a part of the listing.",
        section="secrets",
    )
    def test_a_listing_holds_no_credential(self, link: Link) -> None:
        payload, made = link.made()
        text = json.dumps([payload.fields, dict(made.fields)], default=str)
        for name, secret in link.marketplace.credentials.items():
            must(_absent(secret, text), f"the credential {name!r} is in the listing")


def _absent(secret: Secret, text: str) -> bool:
    return not secret.reveal() or secret.reveal() not in text
