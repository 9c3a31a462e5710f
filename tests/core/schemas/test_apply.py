from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.schemas import load_apply

Faults = Callable[..., dict[str, list[str]]]


def test_a_file_gives_endpoints_and_where_they_go() -> None:
    wishes = load_apply(
        {
            "endpoints": [
                {"name": "One", "slug": "one"},
                {"name": "Two", "slug": "two", "publish_to": "all"},
                {"name": "Three", "slug": "three", "publish_to": ["SyftHub", "Local", "SyftHub"]},
                {"name": "Four", "slug": "four", "publish_to": []},
            ]
        }
    )
    assert [wish.draft.slug for wish in wishes] == ["one", "two", "three", "four"]
    assert [wish.publish_to for wish in wishes] == [None, "all", ("SyftHub", "Local"), ()]


def test_every_fault_of_a_file_is_told_under_its_place(faults: Faults) -> None:
    told = faults(
        load_apply,
        {
            "endpoints": [
                {"name": "One", "slug": "one"},
                {"name": "No slug", "publish_to": "everywhere"},
                {"name": "", "slug": "one", "publish_to": [5], "colour": "red"},
                {"name": "Four", "slug": "four", "policies": [{"type": "rate_limit", "config": {"limit": "x"}}]},
            ]
        },
    )
    assert sorted(told) == [
        "endpoints.1.publish_to",
        "endpoints.1.slug",
        "endpoints.2.colour",
        "endpoints.2.name",
        "endpoints.2.publish_to.0",
        "endpoints.2.slug",
        "endpoints.3.policies.0.config.limit",
    ]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (None, "body"),
        ({}, "endpoints"),
        ({"endpoints": [5]}, "endpoints.0"),
        ({"endpoints": [], "extra": 1}, "extra"),
        ({"endpoints": [{}] * 1_001}, "endpoints"),
    ],
)
def test_a_file_that_is_something_else_is_refused(faults: Faults, data: Any, path: str) -> None:
    assert list(faults(load_apply, data)) == [path]
