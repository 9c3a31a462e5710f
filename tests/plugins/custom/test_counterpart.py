"""The counterpart keeps the protocol's promises itself: other tests lean on them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest
import requests

from .counterpart import Counterpart, start_counterpart

LISTING = {
    "slug": "one", "name": "One", "summary": "", "description": "", "type": "model", "response_type": "raw",
    "tags": [], "version": "", "visibility": "public", "policies": [], "query_url": "", "category": "",
    "language": "", "installation_id": "",
}  # fmt: skip
ADA = {"Authorization": "Bearer key-of-ada-1815"}


def post(counterpart: Counterpart, key: str, **changes: object) -> requests.Response:
    headers = {**ADA, "Idempotency-Key": key}
    return requests.post(f"{counterpart.url}/listings", json={**LISTING, **changes}, headers=headers, timeout=10)


def test_many_creates_at_once_with_one_key_make_one_listing(counterpart: Counterpart) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(counterpart, "same").json()["id"], range(64)))
    assert set(answers) == {"listing-1"}
    assert len(counterpart.requests) == 64


def test_a_key_whose_request_made_nothing_may_be_used_again(counterpart: Counterpart) -> None:
    assert post(counterpart, "again", name="").status_code == 422
    assert post(counterpart, "again").status_code == 201


def test_a_key_is_one_account_s_own(counterpart: Counterpart) -> None:
    assert post(counterpart, "same").status_code == 201
    headers = {"Authorization": "Bearer key-of-grace-1906", "Idempotency-Key": "same"}
    body = {**LISTING, "slug": "two"}
    answer = requests.post(f"{counterpart.url}/listings", json=body, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["slug"]) == (201, "two")


def test_a_fault_strikes_as_often_and_only_where_it_was_ordered(counterpart: Counterpart) -> None:
    counterpart.faults.add("problem", method="GET", path="/slugs", times=2, status=503)

    def statuses(path: str) -> list[int]:
        return [requests.get(counterpart.url + path, headers=ADA, timeout=10).status_code for _ in range(3)]

    assert statuses("/listings") == [200, 200, 200]
    assert statuses("/slugs/one") == [503, 503, 200]


@pytest.mark.parametrize("written", [True, False])
def test_a_connection_is_dropped_before_or_after_the_write(counterpart: Counterpart, written: bool) -> None:
    counterpart.faults.add("drop", written=written, times=1)
    with pytest.raises(requests.ConnectionError):
        post(counterpart, "key")
    assert len(counterpart.listings) == written


def test_the_latency_delays_each_request_but_not_one_after_another() -> None:
    counterpart = start_counterpart(latency=0.2)
    started = perf_counter()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: requests.get(f"{counterpart.url}/listings", timeout=10), range(16)))
    took = perf_counter() - started
    counterpart.stop()
    assert 0.2 <= took < 3


def test_stopping_ends_waiting_requests_and_kept_connections() -> None:
    counterpart = start_counterpart()
    arrived, failed = threading.Event(), threading.Event()
    counterpart.faults.add("slow", seconds=60, path="/slugs", action=lambda seen: arrived.set())
    with requests.Session() as session:
        assert session.get(f"{counterpart.url}/listings", timeout=10).status_code == 200

        def wait() -> None:
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{counterpart.url}/slugs/one", timeout=30)
            failed.set()

        thread = threading.Thread(target=wait)
        thread.start()
        assert arrived.wait(10)
        counterpart.stop()
        thread.join(10)
        assert failed.is_set()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{counterpart.url}/listings", timeout=10)
