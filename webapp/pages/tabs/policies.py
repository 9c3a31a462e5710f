"""``/endpoints/<slug>/policies``: the policies as their owner and as marketplaces read them, and their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response as AnyResponse

from ....core.policies.listed import at, fingerprint, moved, opens_up, unchanged, without
from ....core.policies.shown import summarise
from ....core.records import Endpoint, Policy, PolicyStep
from ....core.schemas import load_patch
from ..endpoint.head import EndpointHead, head
from ..page import Form, Here, go, render, say
from .area import pages
from .policy_form import PURPOSES, TITLES

ORDER = "Access first, then rate limits, then plugins' own, then accounting; within a type in this order."


@dataclass(frozen=True, slots=True)
class Line:
    """A policy in the list: its place, what its type is called, and the summary that marketplaces see."""

    place: int
    policy: Policy
    title: str
    summary: str
    whom: str
    known: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of policy that can be added."""

    name: str
    title: str
    purpose: str


@pages.show("/endpoints/<slug>/policies")
def policies(here: Here, slug: str) -> AnyResponse:
    """Show the policies, and what each would say to somebody, if that is asked."""
    return policies_page(here, head(here, slug))


@pages.act("/endpoints/<slug>/policies/<int:place>/move")
def move_policy(here: Here, slug: str, place: int) -> AnyResponse:
    """Move a policy up or down by one."""
    held = here.services.endpoints.get(slug).policies
    unchanged(held, here.form.get("seen", ""))
    store(here, slug, moved(held, place, 1 if here.form.get("to") == "down" else -1))
    say(f"Moved {at(held, place).name}.")
    return go("tabs.policies", slug=slug)


@pages.show("/endpoints/<slug>/policies/<int:place>/remove", scope="publish")
def ask_removal(here: Here, slug: str, place: int) -> AnyResponse:
    """Show what taking a policy out opens up, and ask."""
    top = head(here, slug)
    held = top.record.policies
    return render(
        "tabs/policy_remove.html",
        here,
        endpoint=top,
        tab="policies",
        line=_line(place, at(held, place), here.services.plugins.policy_types),
        opens=opens_up(held, place),
        seen=fingerprint(held),
    )


@pages.act("/endpoints/<slug>/policies/<int:place>/remove")
def remove_policy(here: Here, slug: str, place: int) -> AnyResponse:
    """Take a policy out."""
    held = here.services.endpoints.get(slug).policies
    unchanged(held, here.form.get("seen", ""))
    policy, opens = at(held, place), opens_up(held, place)
    store(here, slug, without(held, place))
    say(f"Removed {policy.name}. {opens}")
    return go("tabs.policies", slug=slug)


def store(here: Here, slug: str, held: Sequence[Policy]) -> Endpoint:
    """Give the endpoint these policies; its listings follow by themselves. Raises InvalidInput."""
    plugins = here.services.plugins
    data: dict[str, Any] = {"policies": [{"name": one.name, "type": one.type, "config": one.config} for one in held]}
    patch = load_patch(data, policy_types=plugins.policy_types)
    return here.services.endpoints.edit(slug, patch)


def policies_page(
    here: Here,
    top: EndpointHead,
    form: Form | None = None,
    steps: Sequence[PolicyStep] | None = None,
    *,
    allowed: bool | None = None,
    status: int = 200,
) -> AnyResponse:
    """Return the page, with the answer to whether somebody gets through if that was asked."""
    held, types = top.record.policies, here.services.plugins.policy_types
    kinds = [Kind(name, title, PURPOSES[name]) for name, title in TITLES.items()]
    kinds += [Kind(name, types[name].title, types[name].description) for name in sorted(types)]
    return render(
        "tabs/policies.html",
        here,
        status,
        endpoint=top,
        tab="policies",
        lines=[_line(place, policy, types) for place, policy in enumerate(held)],
        kinds=kinds,
        lacks=[kind for kind in kinds if kind.name in {"access", "rate_limit"} - {one.type for one in held}],
        seen=fingerprint(held),
        origins=_origins(top),
        order=ORDER,
        form=form or Form({"who": "person"}),
        steps=steps,
        allowed=allowed,
        titles={**TITLES, **{name: kind.title for name, kind in types.items()}},
    )


def _origins(top: EndpointHead) -> list[tuple[str, str]]:
    """Return the marketplaces that somebody may come from; with one only, they come from that."""
    if len(top.places) == 1:
        return [(item.id, item.name) for item, _ in top.places]
    return [("", "No marketplace in particular"), *((item.id, item.name) for item, _ in top.places)]


def _line(place: int, policy: Policy, types: Mapping[str, Any]) -> Line:
    title = TITLES.get(policy.type) or (types[policy.type].title if policy.type in types else policy.type)
    known = policy.type in TITLES or policy.type in types
    return Line(place, policy, title, summarise(policy).description, _whom(policy), known)


def _whom(policy: Policy) -> str:
    """Return what the owner alone sees of a policy: whom it names."""
    config = policy.config
    if policy.type == "access":
        told = [
            _names("Only", config.get("allowed_users")),
            _names("Never", config.get("denied_users")),
            _names("From", config.get("marketplaces")),
        ]
        return "; ".join(text for text in told if text)
    if policy.type == "rate_limit":
        limit = str(config.get("limit", ""))
        whom = _names("for", config.get("applied_to"))
        return f"{limit} {whom}".replace("for *", "for everyone").strip()
    return ""


def _names(word: str, entries: Any, most: int = 4) -> str:
    names = [str(one) for one in entries or ()]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{word} {', '.join(names[:most])}{more}" if names else ""


def told(top: EndpointHead) -> str:
    """Return what follows from a change of policies, for the end of what is said."""
    return " Listings follow by themselves within a few minutes." if top.listed else ""
