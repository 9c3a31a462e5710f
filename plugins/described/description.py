"""A description that passed all checks: what the plugin goes by, and the kind that it makes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...core.records import Capabilities, Limits, MarketplaceKind, SettingField
from .outcomes import Judge, Rule
from .queries import Query
from .templates import Template

DEFAULT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asking:
    """One request as it is described; only one that is ``anywhere`` may go to another host."""

    method: str
    path: Template
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None
    safe: bool = False
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A request before another one; ``when`` is None where it is always asked."""

    name: str
    asking: Asking
    judge: Judge
    when: Template | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A request with what goes before it; ``options`` are the keys that only this operation has."""

    asking: Asking | None
    judge: Judge
    before: Sequence[Step] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """Return an option, None where it is left out."""
        return self.options.get(name)


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that one file says; ``places`` are the lines of its parts, by their dotted path."""

    kind: MarketplaceKind
    logins: Sequence[Mapping[str, Any]]
    headers: Mapping[str, Any]
    path_prefix: str
    max_bytes: int
    fields: Mapping[str, Any]
    reading: Mapping[str, Any]
    operations: Mapping[str, Operation]
    health: Mapping[str, Any] = field(default_factory=dict)
    leaves: str = ""
    places: Mapping[str, int] = field(default_factory=dict)


def describe(data: Mapping[str, Any], places: Mapping[str, int]) -> Description:
    """Return the description that checked data makes; ``places`` are the lines of its parts."""
    answers = data.get("answers", {})
    names = ("connect", "list", "find", "available", "create", "update", "withdraw", "health")
    operations = {name: operation(data[name], answers) for name in names if data.get(name)}
    return Description(
        kind=_kind(data),
        logins=data["auth"],
        headers=data.get("headers", {}),
        path_prefix=data.get("path_prefix", "").rstrip("/"),
        max_bytes=answers.get("max_bytes", DEFAULT_BYTES),
        fields=data["fields"],
        reading=data["reading"],
        operations=operations,
        health=data.get("health", {}),
        leaves=data.get("leaves", ""),
        places=places,
    )


def without_check(description: Description) -> Description:
    """Return the description with a withdrawal that does not look first whether the listing is still ours."""
    withdraw = description.operations["withdraw"]
    options = {key: value for key, value in withdraw.options.items() if key != "check_ours"}
    return replace(description, operations={**description.operations, "withdraw": replace(withdraw, options=options)})


_COMMON = frozenset(("before", "request", "success", "errors"))


def operation(data: Mapping[str, Any], answers: Mapping[str, Any]) -> Operation:
    """Return one operation; ``answers`` are the rules for all."""
    steps = [
        Step(step["name"], asking(step["request"]), _judge(step, answers), step.get("when"))
        for step in data.get("before", ())
    ]
    request = asking(data["request"]) if "request" in data else None
    options = {key: value for key, value in data.items() if key not in _COMMON}
    return Operation(request, _judge(data, answers), steps, options)


def asking(data: Mapping[str, Any]) -> Asking:
    """Return one request."""
    return Asking(**{"method": "GET", **data})


def _judge(data: Mapping[str, Any], answers: Mapping[str, Any]) -> Judge:
    rules = [Rule(**rule) for rule in (*data.get("errors", ()), *answers.get("errors", ()))]
    success: Query | None = data.get("success") or answers.get("success")
    return Judge(rules, success, answers.get("message"), answers.get("field_names", {}))


def _kind(data: Mapping[str, Any]) -> MarketplaceKind:
    settings = tuple(SettingField(name, **one) for name, one in data.get("settings", {}).items())
    return MarketplaceKind(
        name=data["kind"],
        title=data["title"],
        description=data.get("description", ""),
        default_url=data.get("default_url", ""),
        settings=settings,
        limits=_limits(data.get("limits", {}), data["list"].get("paging", {})),
        capabilities=_capabilities(data),
    )


def _limits(data: Mapping[str, Any], paging: Mapping[str, Any]) -> Limits:
    given = {key: value for key, value in data.items() if key not in {"slug", "visibilities", "tag_min"}}
    if "tag_min" in data:
        given["tag_pattern"] = f"(?=.{{{data['tag_min']}}})" + Limits().tag_pattern
    if "visibilities" in data:
        given["visibilities"] = tuple(data["visibilities"])
    slug = data.get("slug", {})
    given |= {f"slug_{key}": slug[key] for key in ("min", "max") if key in slug}
    if "characters" in slug:
        one = f"[{class_of(slug['characters'])}]+"
        between = f"(?:[{class_of(slug['separators'])}]{one})*" if "separators" in slug else ""
        given["slug_pattern"] = one + between
    reserved = frozenset(slug.get("reserved", ()))
    return Limits(reserved_slugs=reserved, page_size=paging.get("size", 100), **given)


def class_of(characters: str) -> str:
    """Return characters as the inside of a class; only a dash between two letters or digits makes a range."""
    return "".join(part if len(part) > 1 else re.escape(part) for part in parts_of_class(characters))


def parts_of_class(characters: str) -> list[str]:
    """Return the ranges and the single characters that a description's text for a class of them holds."""
    return re.findall(r"[A-Za-z0-9]-[A-Za-z0-9]|.", characters)


def _capabilities(data: Mapping[str, Any]) -> Capabilities:
    health = data.get("health", {})
    return Capabilities(
        **data.get("capabilities", {}),
        health_push=health.get("style") == "push",
        health_ttl_seconds=health.get("ttl", 300),
        health_batch=health.get("batch", 100),
    )
