from dataclasses import replace

import pytest
from publicist.core.endpoints.changes import changes
from publicist.core.records import Backend, BackendKind, Endpoint, SettingField
from publicist.core.schemas import load_endpoint, new_endpoint

from ...clock import Clock
from ...spaces import describe

KINDS = {"http": BackendKind("http", "HTTP", settings=(SettingField("url", "URL"), SettingField("key", "Key", True)))}


@pytest.fixture
def endpoint(clock: Clock) -> Endpoint:
    return new_endpoint(load_endpoint(describe()), "1", clock())


def test_nothing_changes_where_nothing_differs(endpoint: Endpoint) -> None:
    assert changes(endpoint, replace(endpoint), KINDS) == []


@pytest.mark.parametrize(
    ("field", "value", "held", "lines"),
    [
        ("name", "Other", False, [("-", "Research Q&A"), ("+", "Other")]),
        ("tags", ("science",), False, [(" ", "science"), ("-", "papers")]),
        ("published", False, False, [("-", "Ready to be listed"), ("+", "Draft")]),
        ("slug", "other", True, [("-", "research-qa"), ("+", "other")]),
        (
            "description",
            "# Research\n\nNothing.",
            False,
            [(" ", ""), ("-", "Ask about **methods**."), ("+", "Nothing.")],
        ),
    ],
)
def test_a_change_is_told_line_by_line(
    endpoint: Endpoint, field: str, value: object, held: bool, lines: list[tuple[str, str]]
) -> None:
    (found,) = changes(endpoint, replace(endpoint, **{field: value}), KINDS)
    assert (found.field, found.held, list(found.lines)) == (field, held, lines)


def test_a_secret_is_not_shown_and_its_change_needs_a_republish(endpoint: Endpoint) -> None:
    before = replace(endpoint, dataset=Backend("http", "papers", {"url": "http://a/", "key": "one-secret"}))
    after = replace(endpoint, dataset=Backend("http", "papers", {"url": "http://a/", "key": "other-secret"}))
    (found,) = changes(before, after, KINDS)
    assert found.held
    assert list(found.lines) == [("+", "Another secret is stored.")]

    (moved,) = changes(before, replace(endpoint, dataset=Backend("http", "papers", {"url": "http://b/"})), KINDS)
    assert ("-", "key: a secret") in moved.lines
    assert "secret" not in str(moved.lines).replace("a secret", "")


def test_a_kind_that_is_gone_counts_as_secret_throughout(endpoint: Endpoint) -> None:
    before = replace(endpoint, dataset=Backend("gone", "papers", {"password": "one-secret"}))
    (found,) = changes(before, replace(before, dataset=None), KINDS)
    assert "one-secret" not in str(found.lines)
