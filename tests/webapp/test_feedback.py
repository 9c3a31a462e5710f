"""Feedback over HTTP: anybody says something of a listed endpoint, by the API or by a form without scripts."""

import re
from collections.abc import Callable

import pytest
import requests

from ..plugins.custom.counterpart import Counterpart
from ..spaces import add_endpoint, add_marketplace, publish
from .site import Site, good, problem

Catalogues = Callable[..., Counterpart]
RATING = {"kind": "rating", "rating": 4, "author": "Ada"}
PATH = "/endpoints/research-qa/feedback"


@pytest.fixture
def catalogue(catalogues: Catalogues) -> Counterpart:
    return catalogues()


@pytest.fixture
def listed(site: Site, catalogue: Counterpart) -> Site:
    """A space with an endpoint that is listed."""
    add_endpoint(site.services)
    add_marketplace(site.services, "Hub", catalogue.url)
    publish(site.services)
    return site


def form(site: Site, **fields: str) -> requests.Response:
    """Send the form as a browser does."""
    return requests.post(
        f"{site.url}/feedback/research-qa",
        data={"kind": "comment", "rating": "", "text": "", "author": "", **fields},
        headers={"Origin": site.url, "Sec-Fetch-Site": "same-origin"},
        timeout=10,
        allow_redirects=False,
    )


def test_anybody_may_say_something_and_the_owner_reads_it(listed: Site) -> None:
    taken = good(listed.caller().post(PATH, RATING), 201)
    assert set(taken) == {"id", "at", "kind"}
    page = good(listed.caller("read").get(PATH))
    assert page["items"] == [
        {
            **RATING,
            "id": taken["id"],
            "at": taken["at"],
            "text": "",
            "marketplace_id": None,
            "marketplace_name": None,
            "checked_at": None,
            "finding": "",
        }
    ]
    assert (page["total"], page["summary"]["average_rating"], page["summary"]["ratings"]["4"]) == (1, 4.0, 1)


def test_feedback_is_asked_for_by_kind_and_page(listed: Site) -> None:
    for text in ("one", "two"):
        good(listed.caller().post(PATH, {"kind": "error_report", "text": text}), 201)
    good(listed.caller().post(PATH, RATING), 201)
    page = good(listed.owner.get(f"{PATH}?kind=error_report&page=2&per_page=1"))
    assert (len(page["items"]), page["total"], page["summary"]["kinds"]["rating"]) == (1, 2, 1)
    problem(listed.owner.get(f"{PATH}?kind=praise"), 422)


def test_nobody_else_reads_it(listed: Site) -> None:
    problem(listed.caller().get(PATH), 401)


def test_an_endpoint_that_is_not_listed_is_not_there_for_strangers(site: Site) -> None:
    add_endpoint(site.services)
    problem(site.caller().post(PATH, RATING), 404)
    for path in ("/feedback/research-qa", "/feedback/research-qa/thanks", "/feedback/nowhere", "/feedback/No%00Slug"):
        page = requests.get(site.url + path, timeout=10)
        assert page.status_code == 404, path
        assert "Check the slug with whoever offers it." in page.text
    assert form(site, text="Good.").status_code == 404
    assert good(site.owner.get(PATH))["total"] == 0


def test_what_does_not_do_is_told_by_field(listed: Site) -> None:
    told = problem(listed.caller().post(PATH, {"kind": "rating", "stars": 4}), 422)
    assert set(told["errors"]) == {"stars"}


def test_too_much_is_told_to_wait(listed: Site) -> None:
    for _ in range(5):
        good(listed.caller().post(PATH, RATING), 201)
    refused = listed.caller().post(PATH, RATING)
    told = problem(refused, 429)
    assert (told["cause"], told["remedy"]) == ("busy", "Send it again in 10 min.")
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    page = form(listed, text="Good.")
    assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert good(listed.owner.get(PATH))["total"] == 5


def test_large_bodies_are_not_read(listed: Site) -> None:
    problem(listed.caller().post(PATH, {"kind": "comment", "text": "x" * 20_000}), 413)
    assert form(listed, text="x" * 40_000).status_code == 413


def test_the_form_is_shown_without_an_account_and_works_without_scripts(listed: Site) -> None:
    page = requests.get(f"{listed.url}/feedback/research-qa", timeout=10)
    assert page.status_code == 200
    assert "Feedback on Research Q&amp;A" in page.text
    assert "<script" not in page.text
    assert "Set-Cookie" not in page.headers
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page.text))
    assert names == {"kind", "rating", "text", "author"}
    for name in names:
        assert f'<label for="{name}">' in page.text
    sent = form(listed, kind="error_report", text="No answer.", author="Grace")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/feedback/research-qa/thanks")
    assert "Thank you" in requests.get(listed.url + sent.headers["Location"], timeout=10).text
    (item,) = good(listed.owner.get(PATH))["items"]
    assert (item["kind"], item["text"], item["author"], item["rating"]) == ("error_report", "No answer.", "Grace", None)


def test_the_form_says_what_is_missing_and_keeps_what_was_typed_escaped(listed: Site) -> None:
    page = form(listed, kind="rating", text='</textarea><script>alert("1")</script>', author='"><b>Eve')
    assert page.status_code == 422
    assert "Choose from 1 to 5 stars." in page.text
    assert '<option value="rating" selected>' in page.text
    assert 'aria-describedby="rating-help rating-error"' in page.text
    assert "<script" not in page.text
    assert "<b>" not in page.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in page.text
    assert good(listed.owner.get(PATH))["total"] == 0


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_form_on_another_site_sends_nothing(listed: Site, headers: dict[str, str]) -> None:
    data = {"kind": "comment", "text": "Good."}
    answer = requests.post(f"{listed.url}/feedback/research-qa", data=data, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert good(listed.owner.get(PATH))["total"] == 0


def test_no_address_is_kept(listed: Site) -> None:
    good(listed.caller().post(PATH, RATING), 201)
    assert "127.0.0.1" not in listed.owner.get(PATH).text


def test_what_is_fetched_names_its_marketplace(listed: Site, catalogue: Counterpart) -> None:
    catalogue.catalogue.feedback.append(
        {"id": "f-1", "slug": "research-qa", "at": "2026-03-01T10:00:00Z", "kind": "comment", "text": "Good."}
    )
    hub = listed.services.marketplaces.test("Hub")
    assert listed.services.feedback.fetch_round() == 1
    (item,) = good(listed.owner.get(PATH))["items"]
    assert (item["marketplace_id"], item["marketplace_name"], item["text"]) == (hub.id, "Hub", "Good.")
