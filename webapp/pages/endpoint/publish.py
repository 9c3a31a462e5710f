"""``/endpoints/<slug>/publish``: where to publish, what stands in the way, and what exactly will be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.publishing.publisher import NOT_TRIED
from ....core.records import Finding, Preview
from ..page import Here, go, render
from .area import chosen, pages, targets
from .head import EndpointHead, head
from .payloads import Shown, shown
from .places import Place, places
from .results import to_results

WAIT = 1.0
"""Seconds that the results page is kept waiting for, so that what is quick is done when it opens."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A marketplace with its box; ``stop`` says why one cannot take it, empty if one can."""

    place: Place
    ticked: bool
    stop: str
    payload: Shown | None


@dataclass(frozen=True, slots=True)
class Group:
    """What preflight says of the endpoint itself (``name`` is empty), or of one marketplace."""

    name: str
    findings: Sequence[Finding]


@pages.show("/endpoints/<slug>/publish", scope="publish")
def show_publish(here: Here, slug: str) -> AnyResponse:
    """Show the boxes, what stands in the way as far as it is known here, and what will be sent."""
    return _page(here, slug, ask=request.args.get("ask") == "1")


@pages.show("/endpoints/<slug>/publish/findings", scope="publish")
def show_findings(here: Here, slug: str) -> AnyResponse:
    """Try dataset and model, ask the marketplaces, and show what stands in the way."""
    if not here.live:
        return go("endpoint.show_publish", slug=slug, ask=1)
    top = head(here, slug)
    with here.room.seat() as seated:
        preview = _preview(here, top, ask=seated)
    groups = _groups(top, preview)
    return render("endpoint/findings.html", here, endpoint=top, groups=groups, asked=seated, busy=not seated)


@pages.act("/endpoints/<slug>/publish")
def publish(here: Here, slug: str) -> AnyResponse:
    """Publish on the chosen marketplaces, and go on to where one sees what comes of it."""
    ids = chosen(here)
    if not ids:
        return _page(here, slug, error="Choose at least one marketplace.", status=422)
    force = bool(here.form.get("force"))
    with here.room.seat() as seated:
        results = here.services.publisher.publish(slug, targets(ids, WAIT if seated else 0, force=force))
    return to_results(slug, "publish", ids, [one for one in results if one.message == NOT_TRIED])


def _page(here: Here, slug: str, *, ask: bool = False, error: str = "", status: int = 200) -> AnyResponse:
    top = head(here, slug)
    with here.room.seat() as seated:
        preview = _preview(here, top, ask=ask and seated)
    return render(
        "endpoint/publish.html",
        here,
        status,
        endpoint=top,
        tab="overview",
        choices=_choices(here, top, preview),
        groups=_groups(top, preview),
        asked=ask and seated,
        busy=ask and not seated,
        error=error,
    )


def _preview(here: Here, top: EndpointHead, *, ask: bool) -> Preview:
    ids = [item.id for item, _ in top.places]
    if not ids:
        return Preview(here.services.publisher.preflight(top.slug, ask=ask))
    return here.services.publisher.preview(top.slug, targets(ids, 0), ask=ask)


def _choices(here: Here, top: EndpointHead, preview: Preview) -> list[Choice]:
    wanted, there = chosen(here), places(top)
    stops = {item.id: _stop(preview.findings, item.id) for item, _ in top.places}
    fresh = [one.id for one in there if one.can_publish and not stops[one.id]]
    ticked = set(wanted) if wanted or request.method == "POST" else set(fresh)
    return [
        Choice(one, one.id in ticked and not stops[one.id], stops[one.id], shown(preview.payloads.get(one.id)))
        for one in there
    ]


def _stop(findings: Sequence[Finding], marketplace_id: str) -> str:
    """Return why nothing at all can be sent there, whatever is changed about the endpoint."""
    codes = ("marketplace_disabled", "marketplace_removing")
    mine = [one for one in findings if one.marketplace_id == marketplace_id and one.code in codes]
    return f"{mine[0].message} {mine[0].remedy}" if mine else ""


def _groups(top: EndpointHead, preview: Preview) -> list[Group]:
    """Return what blocks and what would be wiser, what blocks first; a marketplace's only where something does."""
    names: Mapping[str | None, str] = {None: "", **{item.id: item.name for item, _ in top.places}}
    codes = ("marketplace_disabled", "marketplace_removing")
    told = [one for one in preview.findings if one.code not in codes]
    groups = [
        Group(name, sorted((one for one in told if one.marketplace_id == key), key=lambda one: one.level != "blocks"))
        for key, name in names.items()
    ]
    return [group for group in groups if group.findings]
