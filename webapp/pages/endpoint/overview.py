"""``/endpoints/<slug>``: whether it is ready, where it is published, and what to do next."""

from dataclasses import dataclass

from werkzeug.wrappers import Response as AnyResponse

from ..page import Here, go, note, render
from .area import pages
from .checklist import Line, checklist
from .head import EndpointHead, head
from .places import Place, places

_TONES = {True: "good", False: "bad"}


@dataclass(frozen=True, slots=True)
class Next:
    """The next step, in a sentence, and where it is done; without ``url`` there is nothing to do."""

    text: str
    url: str = ""
    action: str = ""


@pages.show("/endpoints/<slug>")
def show(here: Here, slug: str) -> AnyResponse:
    """Show the endpoint."""
    top = head(here, slug)
    lines, there = checklist(here, top), places(top)
    window = here.services.maintenance.now(top.record.id)
    return render(
        "endpoint/overview.html",
        here,
        endpoint=top,
        tab="overview",
        lines=lines,
        places=there,
        live=any(each.under_way for each in there),
        next=_next(top, lines, there),
        window=window,
    )


@pages.show("/endpoints/<slug>/places")
def show_places(here: Here, slug: str) -> AnyResponse:
    """Show where it is published, for the page that is open and waits for something to happen."""
    if not here.live:
        return go("endpoint.show", slug=slug)
    top = head(here, slug)
    there = places(top)
    return render("endpoint/places.html", here, endpoint=top, places=there, live=any(one.under_way for one in there))


@pages.act("/endpoints/<slug>/test", scope="read")
def test(here: Here, slug: str) -> AnyResponse:
    """Try dataset and model now, and say how that went."""
    endpoint = here.services.endpoints.get(slug)
    for side, said in here.services.publisher.test_backends(endpoint).items():
        took = f" ({said.latency_ms:.0f} ms)" if said.latency_ms is not None else ""
        note(f"The {side} {'answers' if said.ok else 'does not answer'}: {said.message}{took}", _TONES[said.ok])
    return go("endpoint.show", slug=slug)


def _next(top: EndpointHead, lines: list[Line], there: list[Place]) -> Next | None:
    path = f"/endpoints/{top.slug}"
    failed = next((one for one in there if one.can_retry), None)
    changed = next((one for one in there if one.changed), None)
    if failed:
        return Next(f"{failed.name}: {failed.cause}. See below what to do, then try again.", "#published-to", "Look")
    if changed:
        text = f"{', '.join(changed.changed)} changed since it was listed; listings show that after a republish."
        return Next(text, f"{path}/republish", "Republish")
    if top.listed:
        return None
    missing = next((line for line in lines if line.tone == "bad"), None)
    if missing:
        return Next(f"{missing.title}: {missing.told[0]}", missing.url, missing.action or "Open")
    text = "Nothing stands in the way. Check that the slug is free, then publish."
    return Next(text, f"{path}/availability", "Check Availability")
