"""``Idempotency-Key`` on publish and unpublish."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from ..clock import Clock
from ..plugins.custom.counterpart import Counterpart
from .site import Site, good, problem

PUBLISH = "/endpoints/research-qa/publish"
EVERYWHERE = {"publish_to_all_marketplaces": True}
KEY = {"Idempotency-Key": "8d1f-run-17"}


@pytest.fixture
def catalogue(
    site: Site, described: Callable[..., dict[str, Any]], catalogues: Callable[..., Counterpart]
) -> Counterpart:
    """A marketplace that is connected, and an endpoint that may be published there."""
    running = catalogues()
    good(site.owner.post("/marketplaces", {"kind": "custom", "name": "Catalogue", "url": running.url}), 201)
    good(site.owner.post("/endpoints", described()), 201)
    return running


def writes(catalogue: Counterpart) -> int:
    return sum(seen.method != "GET" for seen in catalogue.requests)


def test_a_repeated_request_is_answered_and_not_done_again(site: Site, catalogue: Counterpart) -> None:
    first = site.owner.post(PUBLISH, EVERYWHERE, headers=KEY)
    done = writes(catalogue)
    second = site.owner.post(PUBLISH, EVERYWHERE, headers=KEY)

    assert good(second) == good(first)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert writes(catalogue) == done > 0


def test_the_order_of_a_body_s_fields_makes_no_other_request(site: Site, catalogue: Counterpart) -> None:
    good(site.owner.post(PUBLISH, {**EVERYWHERE, "wait": 5}, headers=KEY))

    again = site.owner.post(PUBLISH, {"wait": 5, **EVERYWHERE}, headers=KEY)

    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_belongs_to_one_body(site: Site, catalogue: Counterpart) -> None:
    good(site.owner.post(PUBLISH, EVERYWHERE, headers=KEY))

    refused = problem(site.owner.post(PUBLISH, {**EVERYWHERE, "force": True}, headers=KEY), 422)

    assert refused["cause"] == "validation"
    assert "Idempotency-Key" in refused["errors"]


def test_a_key_belongs_to_one_token_and_one_address(site: Site, catalogue: Counterpart) -> None:
    good(site.owner.post(PUBLISH, EVERYWHERE, headers=KEY))

    somebody_else = site.caller("publish").post(PUBLISH, EVERYWHERE, headers=KEY)
    elsewhere = site.owner.post("/endpoints/research-qa/unpublish", EVERYWHERE, headers=KEY)

    assert "Idempotency-Replayed" not in somebody_else.headers
    assert "Idempotency-Replayed" not in elsewhere.headers
    assert catalogue.listings == {}


def test_a_second_request_while_the_first_is_under_way_is_a_conflict(site: Site, catalogue: Counterpart) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def hold(_seen: object) -> None:
        arrived.set()
        go_on.wait(10)

    catalogue.faults.add("meanwhile", method="POST", times=1, action=hold)
    first = threading.Thread(target=lambda: site.owner.post(PUBLISH, EVERYWHERE, headers=KEY))
    first.start()
    assert arrived.wait(10)

    problem(site.owner.post(PUBLISH, EVERYWHERE, headers=KEY), 409)
    go_on.set()
    first.join()

    assert site.owner.post(PUBLISH, EVERYWHERE, headers=KEY).headers["Idempotency-Replayed"] == "true"


def test_a_refused_request_may_be_corrected_under_the_same_key(site: Site, catalogue: Counterpart) -> None:
    problem(site.owner.post(PUBLISH, {}, headers=KEY), 422)

    assert good(site.owner.post(PUBLISH, EVERYWHERE, headers=KEY))["results"][0]["success"] is True


def test_an_answer_is_kept_for_a_day(site: Site, catalogue: Counterpart, clock: Clock) -> None:
    good(site.owner.post(PUBLISH, EVERYWHERE, headers=KEY))

    clock.move(hours=23)
    kept = site.owner.post(PUBLISH, EVERYWHERE, headers=KEY)
    clock.move(hours=2)
    good(site.owner.post(PUBLISH, EVERYWHERE, headers={"Idempotency-Key": "another"}))
    forgotten = site.owner.post(PUBLISH, EVERYWHERE, headers=KEY)

    assert kept.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in forgotten.headers


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9"])
def test_a_key_that_does_not_do_is_refused(site: Site, catalogue: Counterpart, key: str) -> None:
    answer = site.owner.post(PUBLISH, EVERYWHERE, headers={"Idempotency-Key": key.encode("latin-1")})

    assert "Idempotency-Key" in problem(answer, 422)["errors"]
    assert writes(catalogue) == 0
