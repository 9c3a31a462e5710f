"""Badges: small SVG images that tell one thing of an endpoint. Pure.

They are built by an XML writer, from cleaned texts and a fixed set of colours, so that no name can become markup. No
font is fetched: widths are estimated, and the texts stretched to them.
"""

import unicodedata
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from ..records import HealthState
from ..text import cut

LONGEST_LABEL = 60
"""How many characters of a label are shown; of a longer one the last is an ellipsis."""

NO_VALUE = "no data"
_COLOURS = {"good": "#12703a", "fair": "#8a5200", "bad": "#b3261e", "none": "#5f5c57"}
_LABEL_COLOUR = "#3b3a38"
_OF_STATES = {"healthy": "good", "degraded": "fair", "unhealthy": "bad", "offline": "bad", "unknown": "none"}
_HEIGHT, _SIZE, _PAD, _RADIUS = 20, 11, 6, 3
_NARROW, _BROAD = frozenset("iIjlrtf.,:;!|'()[]/ -"), frozenset("mwMW@%&")
_NAMESPACE = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says: ``label`` on its left side, ``value`` on its right one; ``tone`` chooses the colour."""

    label: str
    value: str
    tone: str


def health_badge(state: HealthState) -> Badge:
    """Return the badge of a state."""
    return Badge("health", state, _OF_STATES[state])


def uptime_badge(days: str, percent: float | None) -> Badge:
    """Return the badge of an uptime; ``days`` names the stretch, such as ``30 d``. 100 % is said of 100 % only."""
    label = f"uptime {days}"
    if percent is None:
        return Badge(label, NO_VALUE, "none")
    shown = "100%" if percent >= 100 else f"{min(percent, 99.99):.2f}%"  # noqa: PLR2004 - all of it
    return Badge(label, shown, _tone(percent, 99.0, 95.0))


def latency_badge(days: str, milliseconds: float | None) -> Badge:
    """Return the badge of a latency, the median over the stretch that ``days`` names."""
    label = f"latency {days}"
    if milliseconds is None:
        return Badge(label, NO_VALUE, "none")
    shown = f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"  # noqa: PLR2004
    return Badge(label, shown, _tone(-milliseconds, -1_000, -5_000))


def draw(badge: Badge, label: str = "") -> bytes:
    """Return the badge as an SVG document; ``label`` is shown instead of its own one where that shows anything."""
    said, value = clean(label) or clean(badge.label), clean(badge.value)
    left, right = _width(said), _width(value)
    total = left + right
    root = ET.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "width": str(total),
            "height": str(_HEIGHT),
            "viewBox": f"0 0 {total} {_HEIGHT}",
            "role": "img",
            "aria-label": f"{said}: {value}",
        },
    )
    ET.SubElement(root, "title").text = f"{said}: {value}"
    clip = ET.SubElement(root, "clipPath", {"id": "r"})
    _box(clip, 0, total, "#ffffff").set("rx", str(_RADIUS))
    ground = ET.SubElement(root, "g", {"clip-path": "url(#r)"})
    _box(ground, 0, left, _LABEL_COLOUR)
    _box(ground, left, right, _COLOURS[badge.tone])
    words = {"fill": "#ffffff", "font-family": "Verdana,DejaVu Sans,Geneva,sans-serif", "font-size": str(_SIZE)}
    texts = ET.SubElement(root, "g", words)
    _text(texts, 0, left, said)
    _text(texts, left, right, value)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def clean(text: str) -> str:
    """Return a text as it may be shown: composed, on one line, without what draws nothing or turns the direction."""
    seen = "".join(" " if char.isspace() else char for char in text[: LONGEST_LABEL * 4])
    kept = "".join(char for char in unicodedata.normalize("NFC", seen) if unicodedata.category(char)[0] != "C")
    return cut(" ".join(kept.split()), LONGEST_LABEL)


def _tone(value: float, good: float, fair: float) -> str:
    return "good" if value >= good else "fair" if value >= fair else "bad"


def _box(parent: ET.Element, start: int, width: int, colour: str) -> ET.Element:
    place = {"x": str(start), "width": str(width), "height": str(_HEIGHT), "fill": colour}
    return ET.SubElement(parent, "rect", place)


def _text(parent: ET.Element, start: int, width: int, text: str) -> None:
    place = {"x": str(start + _PAD), "y": "14", "textLength": str(width - 2 * _PAD), "lengthAdjust": "spacingAndGlyphs"}
    ET.SubElement(parent, "text", place).text = text


def _width(text: str) -> int:
    """Return the width of a side in pixels: about that of its text in Verdana, and some room around it."""
    return round(sum(map(_advance, text))) + 2 * _PAD


def _advance(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return _SIZE * 1.05
    return _SIZE * (0.4 if char in _NARROW else 0.95 if char in _BROAD else 0.65)
