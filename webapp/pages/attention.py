"""What needs somebody, in words, each with the link to its next step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...core.records import Visitor
from ...core.space.needs import Need, NeedGroup, NeedKind
from .wording import CAUSES

TITLES: Mapping[NeedKind, tuple[str, str]] = {
    "marketplace": ("failed", "Marketplaces that do not work"),
    "plugin": ("failed", "Broken or faulty plugins"),
    "failed": ("failed", "Failed"),
    "unwell": ("unhealthy", "Not answering well"),
    "drifted": ("drifted", "Changed on the marketplace"),
    "republish": ("republish", "To be published again"),
    "expiring": ("pending", "Ends soon"),
    "maintenance": ("disabled", "In maintenance"),
}
"""For each kind the shape that stands for it, and its title."""

_MORE: Mapping[NeedKind, str] = {
    "marketplace": "/settings/marketplaces",
    "plugin": "/settings/plugins",
    "failed": "/?status=failed",
    "unwell": "/monitoring?state=trouble",
    "drifted": "/?status=drifted",
    "republish": "/?status=republish",
    "expiring": "/settings/tokens",
    "maintenance": "/settings/maintenance",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what it is about, what is the matter, a time and the word before it, and where it is dealt with."""

    title: str
    said: str
    url: str
    when: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind; ``more`` further ones are found at ``more_url``."""

    state: str
    title: str
    total: int
    items: Sequence[Item]
    more: int
    more_url: str


def attention(groups: Sequence[NeedGroup], visitor: Visitor, now: datetime) -> list[Group]:
    """Return what the visitor is to look at; what only owners may do anything about is not told to others."""
    return [_group(group, visitor, now) for group in groups if group.kind != "expiring" or visitor.may("admin")]


def _group(group: NeedGroup, visitor: Visitor, now: datetime) -> Group:
    state, title = TITLES[group.kind]
    items = [_ITEMS[group.kind](need, visitor, now) for need in group.needs]
    return Group(state, title, group.total, items, group.more, _MORE[group.kind])


def _marketplace(need: Need, _visitor: Visitor, _now: datetime) -> Item:
    reason = need.word.split(". ")[0].rstrip(".")
    said = f"does not work: {reason}" if reason else "does not work"
    return Item(need.name, said, _place(need), "since", need.at)


def _plugin(need: Need, _visitor: Visitor, _now: datetime) -> Item:
    return Item(need.name, "was left out; see its traceback", "/settings/plugins")


def _failed(need: Need, _visitor: Visitor, _now: datetime) -> Item:
    return Item(need.name, f"on {need.place}: {CAUSES.get(need.word, 'failed').lower()}", f"/endpoints/{need.slug}")


def _unwell(need: Need, _visitor: Visitor, _now: datetime) -> Item:
    return Item(need.name, f"is {need.word}", f"/endpoints/{need.slug}/health", "since", need.at)


def _drifted(need: Need, _visitor: Visitor, _now: datetime) -> Item:
    return Item(need.name, f"on {need.place}: differs from what you wish", f"/plan/{need.marketplace_id}")


def _republish(need: Need, visitor: Visitor, _now: datetime) -> Item:
    path = f"/endpoints/{need.slug}"
    url = f"{path}/republish?on={need.marketplace_id}" if visitor.may("publish") else path
    return Item(need.name, f"on {need.place}: changed in what only a republish updates", url)


def _expiring(need: Need, _visitor: Visitor, now: datetime) -> Item:
    said, url = {
        "token": ("API token", "/settings/tokens"),
        "credential": ("its credential", _place(need)),
        "developer": ("of this space", "/settings/network"),
    }[need.word]
    return Item(need.name, said, url, "ended" if need.at and need.at <= now else "ends", need.at)


def _maintenance(need: Need, _visitor: Visitor, _now: datetime) -> Item:
    return Item(need.name, "", "/settings/maintenance", "until", need.at)


def _place(need: Need) -> str:
    return f"/settings/marketplaces/{need.marketplace_id}"


_ITEMS: Mapping[NeedKind, Callable[[Need, Visitor, datetime], Item]] = {
    "marketplace": _marketplace,
    "plugin": _plugin,
    "failed": _failed,
    "unwell": _unwell,
    "drifted": _drifted,
    "republish": _republish,
    "expiring": _expiring,
    "maintenance": _maintenance,
}
