"""The publishing guide's *Review endpoint details*, as far as it can be told without asking anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ....core.records import Endpoint, Finding, Health
from ..page import Here
from .head import EndpointHead

Tone = Literal["good", "advice", "bad", "open"]
_TITLES = (
    ("text", "Name and description", "edit"),
    ("tags", "Tags", "edit#tags"),
    ("backends", "Dataset and model", "edit#dataset.kind"),
    ("policies", "Policies", "policies"),
    ("network", "Network", ""),
    ("slug", "Slug", "availability"),
    ("ready", "Ready to be listed", "edit#published"),
)
_LINE_OF = {
    **dict.fromkeys(("name", "summary", "description", "visibility"), "text"),
    **dict.fromkeys(("dataset", "model", "response_type"), "backends"),
    "tags": "tags",
    "policies": "policies",
    "public_url": "network",
    "slug": "slug",
    "published": "ready",
}
_FINE = {
    "text": "They are there, and long enough to tell what people get.",
    "tags": "There are tags that it is found by.",
    "policies": "Who may query, and how often, is settled.",
    "network": "The marketplaces can reach this space.",
    "slug": "It keeps to the rules of every marketplace. Whether it is free is known once you ask.",
    "ready": "You gave your word that it may be listed.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist: how it stands, what to do, and where one does it."""

    title: str
    tone: Tone
    told: Sequence[str]
    url: str
    action: str


def checklist(here: Here, head: EndpointHead) -> list[Line]:
    """Return the lines; the first that is not good is the next step."""
    findings = here.services.publisher.preflight(head.slug, ask=False)
    health = here.services.health_book.of(head.record.id)
    by_line: dict[str, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(_LINE_OF.get((finding.field or "").partition(".")[0], "network"), []).append(finding)
    return [_line(key, title, rest, head, by_line.get(key, []), health) for key, title, rest in _TITLES]


def _line(key: str, title: str, rest: str, head: EndpointHead, found: Sequence[Finding], health: Health) -> Line:
    url = f"/endpoints/{head.slug}/{rest}" if rest else "/settings/network"
    if key == "network" and any(one.code == "no_marketplace" for one in found):
        text = "This space is connected to no active marketplace. SyftHub is the usual first one."
        return Line("Marketplace", "bad", [text], "/settings/marketplaces/add", "Add a marketplace")
    if not found and key == "backends":
        return _backends(title, url, head.record, health)
    if not found:
        return Line(title, "good", [_FINE[key]], url, "")
    tone: Tone = "bad" if any(one.level == "blocks" for one in found) else "advice"
    return Line(
        title, tone, list(dict.fromkeys(map(_say, found))), url, "Open" if key != "slug" else "Check Availability"
    )


def _backends(title: str, url: str, endpoint: Endpoint, health: Health) -> Line:
    sides = [side for side in ("dataset", "model") if getattr(endpoint, side)]
    seen = {result.name: result for result in health.results if result.name in sides}
    bad = [f"The {name} does not answer: {result.message}" for name, result in seen.items() if not result.ok]
    if bad:
        return Line(title, "bad", bad, f"/endpoints/{endpoint.slug}/checks", "Open checks")
    if len(seen) < len(sides) or health.checked_at is None:
        return Line(title, "open", [f"The {' and the '.join(sides)} has not been looked at yet."], url, "")
    return Line(title, "good", [f"The {' and the '.join(sides)} answered when last looked at."], url, "")


def _say(finding: Finding) -> str:
    return f"{finding.message} {finding.remedy}"
