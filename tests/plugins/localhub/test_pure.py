"""Slugs and origins: the rules hold for whatever comes."""

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from publicist.plugins.localhub.origins import origin
from publicist.plugins.localhub.render import visible
from publicist.plugins.localhub.slugs import RESERVED, from_name, slug_rule

NAMES = st.text(max_size=100)
POLICIES = st.lists(
    st.fixed_dictionaries(
        {"config": st.fixed_dictionaries({"applied_to": st.lists(st.sampled_from(["*", "a@x", "b@x"]), max_size=3)})}
    )
)


@settings(deadline=None)
@given(NAMES, st.sets(NAMES.map(str.lower), max_size=5))
def test_a_made_slug_keeps_the_rules_and_is_free(name: str, taken: set[str]) -> None:
    slug = from_name(name, taken)
    if slug is None:
        assert not any(letter.isascii() and letter.isalnum() for letter in name.lower())
        return
    assert slug_rule(slug) == slug
    assert 3 <= len(slug) <= 63
    assert slug not in taken | RESERVED


@settings(deadline=None)
@given(st.sampled_from(["http", "HTTPS"]), st.from_regex(r"\A[a-zA-Z0-9.-]{1,30}\Z"), st.text(max_size=20))
def test_an_origin_is_its_own_origin(scheme: str, host: str, rest: str) -> None:
    try:
        found = origin(f"{scheme}://{host}/{rest}")
    except ValidationError:
        return
    assert origin(found) == found == found.lower()


@settings(deadline=None)
@given(POLICIES)
def test_what_a_viewer_sees_is_a_part_in_the_same_order(policies: list[dict[str, dict[str, list[str]]]]) -> None:
    seen = visible(policies, "A@x")
    assert [one for one in policies if any(one is other for other in seen)] == seen
    named = [one for one in policies if "a@x" in one["config"]["applied_to"]]
    assert seen == named or not named
