"""Queries over the wire: forms, refusals, and what is counted of them."""

import json
from collections.abc import Callable

import requests
from pytest_httpserver import HTTPServer

from ..site import good, problem
from .conftest import SLUG, World

Usage = Callable[[], dict[int, int]]
WRONG_BODIES = [
    ({"messages": ""}, "messages"),
    ({"messages": "  \n"}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": 5}, "messages"),
    ({}, "messages"),
    ({"messages": [{"role": "user"}]}, "messages.0.content"),
    ({"messages": [{"role": "wizard", "content": "Hm?"}]}, "messages.0.role"),
    ({"messages": "a", "limit": "5"}, "limit"),
    ({"messages": "a", "limit": 1.5}, "limit"),
    ({"messages": "a", "limit": True}, "limit"),
    ({"messages": "a", "stream": "yes"}, "stream"),
    ({"messages": "a", "temperature": [1]}, "temperature"),
    ({"messages": "nul \0"}, "messages"),
    ([], "body"),
]


def test_a_conversation_is_answered_by_its_last_question(offered: World) -> None:
    said = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "How long does it live?"},
        {"role": "assistant", "content": "What?"},
        {"role": "user", "content": "How often may I ask, by a rate limit?"},
    ]

    answer = good(offered.ask(offered.token(), said))

    assert "how often somebody may ask" in answer["references"]["documents"][0]["content"]
    assert answer["summary"] is None
    assert (answer["cost"], answer["currency"]) == (0.0, "USD")
    assert answer["policy_metadata"] == {"outcome": "success", "entries": []}


def test_sources_are_credited(offered: World) -> None:
    answer = good(offered.ask(offered.token()))

    document = answer["references"]["documents"][0]
    address = f"{offered.site.url}/api/v1/endpoints/{SLUG}/query"
    assert document["metadata"]["source"] == {"endpoint": SLUG, "document": "tokens.md", "address": address}
    assert answer["references"]["provider_info"]["name"] == "The handbook"
    bare = good(offered.ask(offered.token(), include_metadata=False))
    assert list(bare["references"]["documents"][0]["metadata"]) == ["source"]


def test_a_query_of_a_wrong_form_is_refused_by_field(offered: World) -> None:
    url = f"{offered.site.url}/api/v1/endpoints/{SLUG}/query"

    refused = [problem(requests.post(url, json=body, timeout=10), 422)["errors"] for body, _ in WRONG_BODIES]

    assert [list(errors) for errors in refused] == [[field] for _, field in WRONG_BODIES]


def test_numbers_beyond_their_bounds_are_brought_back(offered: World) -> None:
    wild = {"limit": 10**9, "similarity_threshold": -3, "temperature": 99, "max_tokens": 0, "stop_sequences": None}

    assert len(good(offered.ask(offered.token(), **wild))["references"]["documents"]) > 0


def test_too_large_a_body_is_not_read(world: World) -> None:
    world.offer()

    refused = world.ask(world.token(), "x" * (world.site.services.settings.query_max_bytes + 1))

    assert problem(refused, 413)["detail"]


def test_the_correlation_id_is_carried_through_answers_and_errors(offered: World) -> None:
    sent = {"X-Correlation-ID": "abc-123"}

    answers = [
        offered.ask(offered.token(), headers=sent),
        offered.ask(headers=sent),
        offered.ask(offered.token(), 5, headers=sent),
        offered.ask(slug="no-such", headers=sent),
    ]
    made = offered.ask(offered.token(), headers={"X-Correlation-ID": "not one"})

    assert [answer.headers["X-Correlation-ID"] for answer in answers] == ["abc-123"] * 4
    assert answers[0].json()["correlation_id"] == "abc-123"
    assert [answer.status_code for answer in answers] == [200, 401, 422, 404]
    assert len(made.headers["X-Correlation-ID"]) == 36


def test_what_is_not_listed_is_not_there(world: World) -> None:
    world.offer()
    token = world.token()
    assert world.ask(token).status_code == 200

    good(world.site.owner.post(f"/endpoints/{SLUG}/unpublish"))

    problem(world.ask(token), 404)
    problem(world.ask(token, slug="no-such"), 404)
    problem(world.ask(token, slug="N O"), 404)


def test_a_bad_token_is_told_why(offered: World) -> None:
    old = offered.token()
    offered.clock.move(seconds=95)

    expired = offered.ask(old)

    assert problem(expired, 401)["reason"] == "token_expired"
    assert expired.headers["WWW-Authenticate"].startswith("Bearer")
    assert problem(offered.ask("no.token.this"), 401)["reason"] == "malformed"
    assert problem(offered.ask(offered.token(audience="bob")), 401)["reason"] == "audience_mismatch"


def test_guests_come_in_only_where_a_policy_says_so(offered: World) -> None:
    assert problem(offered.ask(), 401)["reason"] == "token_required"
    assert problem(offered.ask(offered.guest_token()), 403)["policy_metadata"]["outcome"] == "access_denied"

    offered.policies({"type": "access", "config": {"allow_guests": True}})

    assert good(offered.ask())["references"]["documents"]
    assert good(offered.ask(offered.guest_token()))["references"]["documents"]


def test_what_is_owed_is_told_before_the_answer(offered: World) -> None:
    offered.policies({"type": "accounting", "config": {"price": "0.25", "currency": "EUR", "require_payment": True}})

    answer = offered.ask(offered.token())

    refused = problem(answer, 402)
    assert (refused["owed"], refused["currency"]) == ("0.25", "EUR")
    assert answer.headers["WWW-Authenticate"] == 'Payment realm="publicist", amount="0.25", currency="EUR"'
    assert refused["policy_metadata"]["outcome"] == "payment_required"


def test_a_refusal_by_a_limit_says_when_to_come_back(offered: World) -> None:
    offered.policies({"type": "rate_limit", "config": {"limit": "1/h"}})
    token = offered.token()
    assert offered.ask(token).status_code == 200

    refused = offered.ask(token, "policies")

    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    told = problem(refused, 429)
    assert told["policy_metadata"]["outcome"] == "rate_limited"
    assert told["remedy"] == "Ask again when the seconds of the header Retry-After are over."


def test_every_query_is_counted_by_how_it_ended(offered: World, usage: Usage) -> None:
    token = offered.token()
    offered.ask(token)
    offered.ask(token, "policies")
    offered.ask(offered.guest_token())
    offered.ask("no.token.this")
    offered.ask(token, 5)
    offered.ask(token, slug="no-such")

    assert usage() == {200: 2, 401: 1, 403: 1, 422: 1}


def test_what_cannot_be_read_is_counted_by_its_status(offered: World, usage: Usage) -> None:
    url = f"{offered.site.url}/api/v1/endpoints/{SLUG}/query"
    as_json = {"Content-Type": "application/json"}

    def send(where: str = url, data: bytes = b'{"messages": "a"}', headers: dict[str, str] = as_json) -> int:
        return requests.post(where, data=data, headers=headers, timeout=10).status_code

    statuses = [
        send(data=b"{broken"),
        send(data=b"[" * 100_000),
        send(data=b'{"messages": "%s"}' % (b"a" * 1_048_576)),
        send(headers={"Content-Type": "text/plain"}),
        send(f"{url}?unknown=1"),
        send(data=b"{}"),
    ]
    assert statuses == [400, 400, 413, 415, 422, 422]
    # Neither what is not listed leaves a trace, nor what can be no slug, nor the owner's own try.
    nowhere = f"{offered.site.url}/api/v1/endpoints/%00/query"
    assert send(nowhere, b"{broken") == 400
    good(offered.site.owner.post(f"/endpoints/{SLUG}/preview", {"messages": ""}), 422)

    assert usage() == {400: 2, 413: 1, 415: 1, 422: 2}


def test_a_hub_s_probe_and_the_query_after_it_count_once(offered: World, usage: Usage) -> None:
    token, sent = offered.token(), {"X-Correlation-ID": "same"}
    offered.policies({"type": "rate_limit", "config": {"limit": "1/m"}})

    assert offered.ask(token, headers=sent).status_code == 200
    assert offered.ask(token, headers=sent, stream=True).status_code == 200
    assert offered.ask(token, "another", headers=sent).status_code == 429

    assert usage() == {200: 1, 429: 1}


def test_the_owner_s_try_is_not_counted_and_needs_no_listing(world: World, usage: Usage) -> None:
    dataset = {"kind": "documents", "settings": {"path": str(world.folder)}}
    policy = {"type": "access", "config": {"denied_users": ["*"]}}
    given = {"name": "The handbook", "slug": SLUG, "dataset": dataset, "policies": [policy]}
    good(world.site.owner.post("/endpoints", given), 201)

    answer = good(world.site.owner.post(f"/endpoints/{SLUG}/preview", {"messages": "satellite token"}))

    assert answer["references"]["documents"][0]["metadata"]["path"] == "tokens.md"
    assert usage() == {}
    problem(world.site.caller("read").post(f"/endpoints/{SLUG}/preview", {"messages": "a"}), 403)
    problem(world.site.caller().post(f"/endpoints/{SLUG}/preview", {"messages": "a"}), 401)


def test_a_backend_that_fails_is_asked_once_and_its_insides_stay_inside(
    world: World, httpserver: HTTPServer, usage: Usage
) -> None:
    httpserver.expect_request("/ask").respond_with_data("the database at 10.1.2.3 is gone", status=500)
    world.offer(dataset={"kind": "http", "settings": {"url": httpserver.url_for("/ask")}})

    refused = problem(world.ask(world.token()), 502)

    assert refused["detail"] == "The provider's service failed to answer."
    assert str(httpserver.port) not in json.dumps(refused)
    assert "10.1.2.3" not in json.dumps(refused)
    assert len([request for request, _ in httpserver.log if request.path == "/ask"]) == 1
    assert usage() == {502: 1}
    shown = world.site.owner.post(f"/endpoints/{SLUG}/preview", {"messages": "a"})
    assert "500" in shown.json()["detail"]


def test_a_query_that_fails_has_the_endpoint_looked_at(world: World, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/ask").respond_with_data("", status=500)
    world.offer(dataset={"kind": "http", "settings": {"url": httpserver.url_for("/ask")}})
    checker = world.site.services.checker

    def looks() -> int:
        begun = checker.round()
        assert checker.wait_idle(10)
        return begun

    assert [looks(), looks()] == [1, 0]
    problem(world.ask(world.token(), 5), 422)
    assert looks() == 0
    for _ in range(2):
        problem(world.ask(world.token()), 502)
    assert [looks(), looks()] == [1, 0]


def test_maintenance_is_told_with_its_end(offered: World, usage: Usage) -> None:
    starts, ends = offered.clock.now.isoformat(), offered.clock.move(minutes=10).isoformat()
    offered.clock.move(minutes=-9)
    token = offered.token()
    made = good(
        offered.site.owner.post("/maintenance", {"starts_at": starts, "ends_at": ends, "note": "Moving the index"}), 201
    )

    refused = offered.ask(token)

    told = problem(refused, 503)
    assert told["cause"] == "maintenance"
    assert "Moving the index" in told["detail"]
    assert refused.headers["Retry-After"] == "540"
    assert usage() == {503: 1}
    offered.site.owner.delete(f"/maintenance/{made['id']}")
    assert offered.ask(token).status_code == 200
