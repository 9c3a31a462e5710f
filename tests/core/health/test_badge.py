"""Badges: what they say, and that no text can become anything but a text."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.health.badge import LONGEST_LABEL, Badge, draw, health_badge, latency_badge, uptime_badge

SVG = "{http://www.w3.org/2000/svg}"
NASTY = [
    "</text><script>alert(1)</script>",
    '"onload="alert(1)',
    'red"/>',
    "x" * 10_000,
    "a\0b",
    "\u202egnp.exe",
    "شارة 👩‍🔬",
    "\ud800",
    "a\nb\tc",
    "]]><!--",
]  # fmt: skip


def texts(svg: bytes) -> list[str]:
    return [item.text or "" for item in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("badge", "label", "value", "tone"),
    [
        (health_badge("healthy"), "health", "healthy", "good"),
        (health_badge("degraded"), "health", "degraded", "fair"),
        (health_badge("offline"), "health", "offline", "bad"),
        (health_badge("unknown"), "health", "unknown", "none"),
        (uptime_badge("30 d", 100.0), "uptime 30 d", "100%", "good"),
        (uptime_badge("30 d", 99.9999), "uptime 30 d", "99.99%", "good"),
        (uptime_badge("24 h", 98.5), "uptime 24 h", "98.50%", "fair"),
        (uptime_badge("24 h", 12.0), "uptime 24 h", "12.00%", "bad"),
        (uptime_badge("365 d", None), "uptime 365 d", "no data", "none"),
        (latency_badge("7 d", 87.6), "latency 7 d", "88 ms", "good"),
        (latency_badge("7 d", 2_340.0), "latency 7 d", "2.3 s", "fair"),
        (latency_badge("7 d", 12_000.0), "latency 7 d", "12.0 s", "bad"),
        (latency_badge("7 d", None), "latency 7 d", "no data", "none"),
    ],
)
def test_a_badge_says_one_thing(badge: Badge, label: str, value: str, tone: str) -> None:
    assert badge == Badge(label, value, tone)
    assert texts(draw(badge)) == [label, value]


def test_a_label_may_be_chosen_and_an_empty_one_is_none() -> None:
    assert texts(draw(health_badge("healthy"), "Research Q&A")) == ["Research Q&A", "healthy"]
    assert texts(draw(health_badge("healthy"), " \u200b\n")) == ["health", "healthy"]


def test_a_long_label_is_cut_and_says_so() -> None:
    shown = texts(draw(health_badge("healthy"), "x" * 10_000))[0]

    assert shown == "x" * (LONGEST_LABEL - 1) + "…"


@pytest.mark.parametrize("label", NASTY)
def test_a_nasty_label_stays_a_text(label: str) -> None:
    check(draw(health_badge("healthy"), label))


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_label_gives_a_sound_document(label: str) -> None:
    check(draw(health_badge("healthy"), label))


def check(svg: bytes) -> None:
    root = ET.fromstring(svg)
    parts = list(root.iter())
    assert {part.tag for part in parts} == {f"{SVG}{tag}" for tag in ("svg", "title", "clipPath", "g", "rect", "text")}
    assert not [name for part in parts for name in part.attrib if name.startswith("on") or "href" in name]
    assert len(texts(svg)) == 2
    assert not {"\u202e", "\0", "\n"} & set("".join(texts(svg)))
    assert int(root.attrib["width"]) < 2000
