"""Making, changing, finding and withdrawing listings, once and again."""

import pytest

from ..errors import ListingGone, RejectedError, SlugConflict
from .attempts import attempt
from .link import Link, must_show
from .rules import must, rule


class ListingRules:
    """Rules about one listing at a time."""

    @rule(
        "A listing that was made is there: it is found by its slug, and is among all listings, once.",
        hook="create_listing",
        remedy="Answer the RemoteListing that the marketplace answered; read the same in find and fetch.",
        section="one-listing",
    )
    def test_a_made_listing_is_there(self, link: Link) -> None:
        payload, made = link.made()
        found = link.shown(payload.slug)
        must(found.remote_id, "the listing has no remote id", hook="find_listing")
        must(made.remote_id == found.remote_id, f"made as {made.remote_id!r}, found as {found.remote_id!r}")
        listed = [there for there in link.fetch() if there.slug == payload.slug]
        must(len(listed) == 1, f"it is listed {len(listed)} times", hook="fetch_listings")
        must(listed[0].remote_id == made.remote_id, "its remote id is another one in the list", hook="fetch_listings")

    @rule(
        "A listing tells which space made it, or that nobody can tell.",
        hook="create_listing, find_listing, fetch_listings",
        remedy="Send listing.installation_id where there is room, and read it back; or leave installation_id None.",
        section="one-listing",
    )
    def test_a_listing_carries_its_installation_id(self, link: Link) -> None:
        payload, made = link.made()
        listed = [there for there in link.fetch() if there.slug == payload.slug]
        for there in (made, link.shown(payload.slug), *listed):
            wrong = there.installation_id not in (None, link.bench.space.installation_id)
            must(not wrong, f"it was made by this space, and says {there.installation_id!r}")
        told = {there.installation_id for there in (made, link.shown(payload.slug), *listed)}
        must(len(told) == 1, f"it is told in one place and not in another: {told}")

    @rule(
        "A change is shown afterwards, under the same remote id and slug.",
        hook="update_listing",
        remedy="Send every field of the payload, and answer what the marketplace then shows.",
        section="one-listing",
    )
    def test_a_change_is_shown(self, link: Link) -> None:
        payload, made = link.made()
        wanted = link.payload(slug=payload.slug, name="Changed", summary="Another summary.", tags=(), policies=())
        changed = link.update(wanted, made)
        must_show(changed, wanted, "update_listing")
        must((changed.remote_id, changed.slug) == (made.remote_id, made.slug), "it is another listing by now")
        must_show(link.shown(payload.slug), wanted, "find_listing")

    @rule(
        "The same change again is the same again: success, and nothing else.",
        hook="update_listing",
        remedy="Send the whole payload each time; take an answer that nothing changed as success.",
        section="once-and-again",
    )
    def test_a_change_can_be_repeated(self, link: Link) -> None:
        payload, made = link.made()
        wanted = link.payload(slug=payload.slug, name="Changed")
        first, second = link.update(wanted, made), link.update(wanted, made)
        must(first.fields == second.fields, "the second answer shows something else than the first")
        must(first.remote_id == second.remote_id, "the second answer names another listing")
        must(link.times_listed(payload.slug) == 1, "it is listed more than once by now")

    @rule(
        "A change of a listing that is not there is ListingGone.",
        hook="update_listing",
        remedy="Raise ListingGone when the marketplace says that there is no such listing.",
        section="one-listing",
    )
    def test_a_change_of_what_is_gone_says_so(self, link: Link) -> None:
        payload, made = link.made()
        link.withdraw(made)
        outcome = attempt(lambda: link.update(payload, made))
        must(isinstance(outcome.error, ListingGone), f"it {outcome}", error=outcome.error)
        must(link.find(payload.slug) is None, "the change has made the listing again")

    @rule(
        "A withdrawn listing is gone: not found, not listed.",
        hook="withdraw_listing",
        remedy="Take it away for good, or leave out of find and fetch what is only marked as deleted.",
        section="one-listing",
    )
    def test_a_withdrawn_listing_is_gone(self, link: Link) -> None:
        payload, made = link.made()
        link.withdraw(made)
        must(link.find(payload.slug) is None, "find_listing still finds it")
        must(link.times_listed(payload.slug) == 0, "it is still listed")

    @rule(
        "A slug that was withdrawn can be listed again.",
        hook="withdraw_listing, create_listing",
        remedy="Take the listing away so that its slug is free (purge it, or revive what is marked as deleted).",
        section="one-listing",
    )
    def test_a_withdrawn_slug_can_be_listed_again(self, link: Link) -> None:
        payload, made = link.made()
        link.withdraw(made)
        must_show(link.create(payload), payload, "create_listing")
        must(link.times_listed(payload.slug) == 1, "it is not listed once")

    @rule(
        "Withdrawing twice is success twice.",
        hook="withdraw_listing",
        remedy="Take the marketplace's word that there is no such listing as success.",
        section="once-and-again",
    )
    def test_a_withdrawal_can_be_repeated(self, link: Link) -> None:
        _, made = link.made()
        link.withdraw(made)
        outcome = attempt(lambda: link.withdraw(made))
        must(outcome.returned, f"the second withdrawal {outcome}", error=outcome.error)

    @rule(
        "One listing at a time: whatever is done to one, another stays as it is.",
        hook="update_listing, withdraw_listing",
        remedy="Address the listing by its remote id or slug, never the account's list as a whole.",
        section="one-listing",
    )
    def test_other_listings_stay_as_they_are(self, link: Link) -> None:
        other, _ = link.made(name="The other one")
        payload, made = link.made()
        changed = link.update(link.payload(slug=payload.slug, name="Changed"), made)
        must_show(link.shown(other.slug), other, "update_listing")
        link.withdraw(changed)
        must_show(link.shown(other.slug), other, "withdraw_listing")

    @rule(
        "What is not there is None, not an error and not another listing.",
        hook="find_listing",
        remedy="Return None where the marketplace says that there is no such listing; compare the slug.",
        section="one-listing",
    )
    def test_what_is_not_there_is_none(self, link: Link) -> None:
        link.made()
        slug = link.slug()
        found = link.find(slug)
        must(found is None, f"asked for {slug!r}, which nobody has, it answered {found and found.slug!r}")

    @rule(
        "A taken slug is SlugConflict, and the listing that has it stays as it is.",
        hook="create_listing",
        remedy="Recognise the marketplace's answer for a taken slug, and raise SlugConflict for it alone.",
        section="conflict",
    )
    def test_a_taken_slug_is_a_conflict(self, link: Link) -> None:
        payload, _ = link.made()
        other = link.payload(slug=payload.slug, name="Another listing")
        outcome = attempt(lambda: link.create(other))
        must(isinstance(outcome.error, SlugConflict), f"it {outcome}", error=outcome.error)
        must_show(link.shown(payload.slug), payload, "create_listing")

    @rule(
        "A slug that somebody else took is SlugConflict, and what has it is not taken for ours.",
        hook="create_listing, find_listing, slug_available",
        remedy="Raise SlugConflict; find only our account's listings, or tell who made them by installation_id.",
        section="conflict",
    )
    def test_a_slug_that_somebody_took_is_a_conflict(self, link: Link) -> None:
        payload = link.payload()
        link.counterpart.ability("take_slug")(payload.slug)
        outcome = attempt(lambda: link.create(payload))
        must(isinstance(outcome.error, SlugConflict), f"it {outcome}", error=outcome.error)
        there = link.find(payload.slug)
        ours = there is not None and there.installation_id == link.bench.space.installation_id
        must(not ours, "find_listing says that this space made it", hook="find_listing")
        must(link.slug_available(payload.slug).available is not True, "it is called free", hook="slug_available")

    @rule(
        "What the marketplace does not take is RejectedError, and nothing is listed.",
        hook="create_listing",
        remedy="Raise RejectedError(errors=…) for a refusal of what was sent, by field where it is told.",
        section="refusals",
    )
    def test_what_is_not_taken_is_rejected(self, link: Link) -> None:
        payload = link.payload(name="n" * (link.limits.name + 1), description="d" * (link.limits.description + 1))
        outcome = attempt(lambda: link.create(payload))
        if outcome.returned:
            pytest.skip("not proved: the counterpart takes more than the kind's limits say")
        must(isinstance(outcome.error, RejectedError), f"it {outcome}", error=outcome.error)
        must(not isinstance(outcome.error, SlugConflict), f"it {outcome}")
        must(link.find(payload.slug) is None, "it is listed all the same")
