"""URLs are built as Werkzeug's own rules build them; see :class:`publicist.webapp.routing.LateRule`."""

import pytest
from publicist.webapp.routing import LateRule
from werkzeug.routing import Map, Rule

CASES = [
    ("/plain", {}),
    ("/one/<slug>", {"slug": "a b/ü"}),
    ("/one/<slug>", {"slug": "x", "more": "1 2", "rule": "r", "self": "s"}),
    ("/deep/<path:rest>", {"rest": "a/b c"}),
    ("/number/<int:page>/", {"page": 7}),
]


@pytest.mark.parametrize(("pattern", "values"), CASES)
def test_a_url_is_built_as_by_the_usual_rules(pattern: str, values: dict[str, object]) -> None:
    late, usual = (
        Map([kind(pattern, endpoint="here")]).bind("space.example").build("here", values) for kind in (LateRule, Rule)
    )
    assert late == usual


def test_a_url_without_what_it_needs_is_not_built() -> None:
    (rule,) = Map([LateRule("/one/<slug>", endpoint="here")]).iter_rules()
    assert not rule.suitable_for({})
    assert rule.build({"slug": "a", "more": "b"}, append_unknown=False) == ("", "/one/a")
