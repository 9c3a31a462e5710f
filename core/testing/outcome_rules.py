"""A write whose answer never comes: it is told as unknown, found by the next look, and never made twice."""

from ..errors import SlugConflict
from .attempts import attempt
from .faults import RESET
from .link import Link, must_show
from .rules import must, rule
from .scenes import must_be_true, places, strike


class OutcomeRules:
    """Rules about what nobody knows."""

    @rule(
        "A create whose answer is lost is OutcomeUnknown; the next look finds it as it was sent, once.",
        hook="create_listing, find_listing",
        remedy="Let OutcomeUnknown of call.http pass; find the listing by its slug, with all its fields.",
        section="unknown-outcome",
    )
    def test_a_lost_create_is_found_and_not_listed_twice(self, link: Link) -> None:
        for number in places(link, "create_listing"):
            payload = link.payload()
            order = link.proxy.order(RESET, skip=number)
            outcome = attempt(lambda payload=payload: link.create(payload, "kit:lost"))  # type: ignore[misc]
            link.proxy.mend()
            there = link.find(payload.slug)
            if not order.struck or there is None:
                continue
            must(outcome.unknown or outcome.returned, f"it was made, and it {outcome}", error=outcome.error)
            must_show(there, payload, "find_listing")
            must(link.times_listed(payload.slug) == 1, "it is listed more than once")

    @rule(
        "A create that is tried again after a lost answer is SlugConflict or the same listing, never a second one.",
        hook="create_listing",
        remedy="Raise SlugConflict for a taken slug, or send call.idempotency_key where the marketplace takes one.",
        section="unknown-outcome",
    )
    def test_a_create_that_is_tried_again_makes_no_second_listing(self, link: Link) -> None:
        payload = link.payload()
        for number in reversed(places(link, "create_listing")):
            link.proxy.order(RESET, skip=number)
            attempt(lambda: link.create(payload, "kit:again"))
            link.proxy.mend()
        there = link.shown(payload.slug) if link.find(payload.slug) else link.create(payload, "kit:again")
        again = attempt(lambda: link.create(payload, "kit:again"))
        same = again.returned and again.value.remote_id == there.remote_id
        must(same or isinstance(again.error, SlugConflict), f"it {again}", error=again.error)
        must(link.times_listed(payload.slug) == 1, f"it is listed {link.times_listed(payload.slug)} times")

    @rule(
        "A kind that says idempotent_create answers the same listing to the same key.",
        hook="create_listing",
        remedy="Send call.idempotency_key; or leave idempotent_create out of the capabilities.",
        section="unknown-outcome",
    )
    def test_one_key_makes_one_listing(self, link: Link) -> None:
        payload = link.payload()
        first = link.create(payload, "kit:one-key")
        again = attempt(lambda: link.create(payload, "kit:one-key"))
        if link.kind.capabilities.idempotent_create:
            must(again.returned, f"the second create {again}", error=again.error)
            must(again.value.remote_id == first.remote_id, "the second create made another listing")
        else:
            must(again.returned or isinstance(again.error, SlugConflict), f"it {again}", error=again.error)
        must(link.times_listed(payload.slug) == 1, "it is listed more than once")

    @rule(
        "A change or a withdrawal whose answer is lost is OutcomeUnknown, and can be tried again.",
        hook="update_listing, withdraw_listing",
        remedy="Let OutcomeUnknown of call.http pass; make both calls idempotent.",
        section="unknown-outcome",
    )
    def test_a_lost_write_can_be_tried_again(self, link: Link) -> None:
        for hook in ("update_listing", "withdraw_listing"):
            for number in places(link, hook):
                struck = strike(link, hook, RESET, number)
                if struck is None or struck.scene.done is None:
                    continue
                must_be_true(struck)
                again = attempt(struck.scene.call)
                must(again.returned, f"after a lost answer the second try {again}", hook=hook, error=again.error)
                must(struck.scene.done(), "after the second try it is not done", hook=hook)
