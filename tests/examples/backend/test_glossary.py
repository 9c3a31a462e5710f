from typing import Any

import glossary
import pytest
from publicist.core.errors import MarketplaceUnavailable, NotSupported
from publicist.core.hookspecs import Call
from publicist.core.http import Deadline, HttpSettings, Sessions
from publicist.core.records import Backend, Message, Query, Space

SPACE = Space("an-id", "My space", "https://space.example", "vm", None)
TERMS = {"Placebo": "a treatment without effect", "Cohort": "a group that is followed"}


class Notes(dict[str, Any]):
    def set(self, key: str, value: str | None) -> None:
        self[key] = value


def ask(url: str, text: str, **more: Any) -> Any:
    call = Call(Sessions(HttpSettings()).client("test", url, Deadline.after(5)), SPACE, Notes())
    query = Query((Message("user", text),), **more)
    return glossary.query_backend(Backend("glossary", "terms", {"url": url}), query, call)


@pytest.fixture
def url(httpserver: Any) -> str:
    httpserver.expect_request("/terms").respond_with_json(TERMS)
    return str(httpserver.url_for("/terms"))


def test_the_terms_of_a_question_are_explained(url: str) -> None:
    [found] = ask(url, "What is a placebo?").documents
    assert (found.document_id, found.content) == ("Placebo", "Placebo: a treatment without effect")
    assert len(ask(url, "Placebo in a cohort", limit=1).documents) == 1


def test_what_is_no_glossary_is_unavailable(httpserver: Any) -> None:
    httpserver.expect_request("/terms").respond_with_json(["a"])
    with pytest.raises(MarketplaceUnavailable, match="no glossary"):
        ask(httpserver.url_for("/terms"), "placebo")


def test_it_is_no_model(url: str) -> None:
    with pytest.raises(NotSupported):
        ask(url, "placebo", backend_role="model")
