"""Which plugins `PUBLICIST_ISOLATE` has run in processes of their own."""

import pytest
from publicist.core.hosting.search import runs_apart


@pytest.mark.parametrize(
    ("setting", "apart"),
    [
        ("*", {"a", "b", "c"}),
        ("a,b", {"a", "b"}),
        ("*, -a", {"b", "c"}),
        ("-a", {"b", "c"}),
        ("-a,-b", {"c"}),
        ("a,-b", {"a"}),
        ("none", set()),
        ("", set()),
    ],
)
def test_exceptions_alone_are_those_of_all(setting: str, apart: set[str]) -> None:
    assert {name for name in "abc" if runs_apart(setting, name)} == apart
