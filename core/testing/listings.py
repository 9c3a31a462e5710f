"""Listings to try an adapter with: an ordinary one, awkward ones, and any that the core could hand over."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..publishing.listing import check_limits, query_path
from ..records import Limits, Listing, PolicySummary, Space
from ..text import forbidden, has_visible, normalise
from .rules import Broken

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

POLICY = PolicySummary("Fair use", "rate_limit", "100 a minute.", {"limit": "100/m", "scope": "per_user"})
SUMMARY, DESCRIPTION = 500, 50_000
"""The longest texts that an endpoint can have, whatever a kind takes."""
MOST_NAME, MOST_TAGS, MOST_TAG = 100, 10, 30
_FORMS = ("kit-{run}-{number:04}", "kit_{run}_{number:04}", "kit{run}{number:04}", "k{run}{number:x}", "{number:04}")
_TAGS = ("open-data", "science", "open_data", "opendata", "Science", "papers")


def slug_for(limits: Limits, run: str, number: int) -> str:
    """Return a slug of the kind's form. Raises Broken when none of the usual forms does."""
    for form in _FORMS:
        slug = form.format(run=run, number=number)
        if limits.slug_min <= len(slug) <= limits.slug_max and re.fullmatch(limits.slug_pattern, slug):
            return slug
    raise Broken(f"no slug such as {slug!r} fits the kind's slug_pattern and lengths", hook="marketplace_kinds")


def sample(limits: Limits, space: Space, slug: str, **changes: Any) -> Listing:
    """Return an ordinary listing within the limits."""
    tags = [tag for tag in _TAGS if re.fullmatch(limits.tag_pattern, tag) and len(tag) <= limits.tag]
    plain: dict[str, Any] = {
        "slug": slug,
        "name": "Research Q&A"[: limits.name],
        "summary": "Answers from open papers."[: limits.summary],
        "description": "# Research\n\nAsk about **methods**."[: limits.description],
        "type": "model_data_source",
        "response_type": "both",
        "tags": tuple(tags[: min(2, limits.tags)]),
        "version": "1.2.0",
        "visibility": limits.visibilities[0],
        "policies": (POLICY,),
        "public_url": space.public_url,
        "query_path": query_path(slug),
        "category": "science",
        "language": "en",
        "installation_id": space.installation_id,
    }
    return Listing(**{**plain, **changes})


def awkward(limits: Limits) -> Mapping[str, dict[str, Any]]:
    """Return changes that make a listing hard to carry there and back, by what is hard about them."""
    name, summary, text = (min(most, own) for most, own in _longest(limits))
    return {
        "optional fields left empty": {
            "summary": "", "description": "", "tags": (), "policies": (), "category": "", "language": "",
        },
        "the longest allowed texts": {"name": "n" * name, "summary": "s" * summary, "description": "d" * text},
        "the longest texts of four-byte characters": {
            "name": "🜁" * name, "summary": "🜂" * summary, "description": "🜃" * text,
        },
        "emoji of several characters": {"name": "👩‍🔬 Q&A 🏳️‍🌈"[:name], "summary": "👨‍👩‍👧‍👦 and 🇺🇳"[:summary]},
        "text from right to left": {"name": "أسئلة وأجوبة"[:name], "summary": "שאלות ותשובות, 123 (abc)"[:summary]},
        "accents and combining characters": {
            "name": "Ünïcödé Ǆ ﬁ"[:name], "description": "q\u0323\u0307 \u2028 x"[:text],
        },
        "quotes, markup and escapes": {
            "name": """<b>"'&amp;\\n</b>"""[:name],
            "description": '```json\n{"a": "\\u0000"}\n```\n<script>alert(1)</script>\n{{ 7*7 }} ${x} %s'[:text],
        },
        "line breaks, tabs and spaces inside": {"description": "a\n\n\n  b\tc\n---\nd"[:text]},
        "words that mean something elsewhere": {
            "name": "null"[:name], "summary": "false"[:summary], "description": "0",
        },
    }  # fmt: skip


def _longest(limits: Limits) -> tuple[tuple[int, int], ...]:
    return (limits.name, MOST_NAME), (limits.summary, SUMMARY), (limits.description, DESCRIPTION)


def listings(limits: Limits, space: Space, slug: str) -> "SearchStrategy[Listing]":
    """Return a strategy for any listing that the core hands to this kind. Needs hypothesis."""
    from hypothesis import strategies as st

    (name, summary, text) = (min(most, own) for most, own in _longest(limits))

    def texts(most: int, *, lines: bool = False) -> "SearchStrategy[str]":
        shown = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
        letters = st.one_of(shown, st.sampled_from("\n\t\u2028")) if lines else shown
        drawn = st.text(letters, max_size=min(most, 60)).map(normalise)
        return drawn.filter(lambda one: not forbidden(one, lines=lines) and len(one) <= most)

    word = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
    usual = re.fullmatch(limits.tag_pattern, "open-data2")  # made up quicker than from a pattern
    form = re.compile(limits.tag_pattern, re.ASCII)
    tag = st.lists(word, min_size=1, max_size=2).map("-".join) if usual else st.from_regex(form, fullmatch=True)
    tag = tag.filter(lambda one: 0 < len(one) <= min(limits.tag, MOST_TAG) and form.fullmatch(one) is not None)
    number = st.one_of(st.integers(-(2**31), 2**31), st.sampled_from([0.5, 1.25, 100.0]))
    plain = st.one_of(texts(20), number, st.booleans(), st.none())
    value = st.recursive(
        plain,
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(texts(8), inner, max_size=2)),
        max_leaves=4,
    )
    config = st.dictionaries(word, value, max_size=3)
    policy = st.builds(PolicySummary, texts(30), st.sampled_from(["access", "rate_limit"]), texts(50), config)
    fields: dict[str, Any] = {
        "name": texts(name).filter(has_visible),
        "summary": texts(summary, lines=True),
        "description": texts(text, lines=True),
        "type": st.sampled_from(["model", "data_source", "model_data_source"]),
        "response_type": st.sampled_from(["raw", "summary", "both"]),
        "tags": st.lists(tag, max_size=min(limits.tags, MOST_TAGS), unique=True).map(tuple),
        "version": st.lists(st.integers(0, 99), min_size=3, max_size=3).map(lambda three: ".".join(map(str, three))),
        "visibility": st.sampled_from(limits.visibilities),
        "policies": st.lists(policy, max_size=2).map(tuple),
        "category": texts(50),
        "language": st.sampled_from(["", "en", "pt-BR"]),
    }
    drawn = st.fixed_dictionaries(fields).map(lambda changes: sample(limits, space, slug, **changes))
    return drawn.filter(lambda listing: not check_limits(listing, limits))
