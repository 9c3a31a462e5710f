"""``/endpoints/<slug>/results``: what comes of publishing, unpublishing or republishing, marketplace by marketplace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from ....core.publishing.publisher import result_of
from ....core.records import ErrorInfo, Marketplace, Publication, Result
from .. import wording
from ..page import Here, go, render
from .area import chosen, pages
from .head import EndpointHead, head
from .places import is_under_way, place

TITLES: Mapping[str, str] = {"publish": "Publishing", "unpublish": "Unpublishing", "republish": "Republishing"}
_DONE = {
    "publish": "Successfully published endpoint",
    "unpublish": "Successfully unpublished endpoint",
    "republish": "Successfully republished endpoint",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it on one marketplace. ``state`` chooses shape and colour, ``word`` says the same."""

    name: str
    state: str
    word: str
    message: str
    url: str
    cause: str
    error: ErrorInfo | None
    next_try: datetime | None
    under_way: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All of them; ``headline`` sums them up, and ``address`` is where they are asked for anew."""

    did: str
    headline: str
    rows: Sequence[Outcome]
    live: bool
    address: str


def to_results(slug: str, did: str, ids: Sequence[str], stopped: Sequence[Result]) -> AnyResponse:
    """Send the visitor to the results. What was not even tried is nowhere in the store: it goes along, signed."""
    told = {one.marketplace.id: [one.error.cause, one.error.message, one.error.remedy] for one in stopped if one.error}
    signed = _signer().dumps(told) if told else None
    return go("endpoint.show_results", slug=slug, did=did, on=list(ids), stopped=signed)


@pages.show("/endpoints/<slug>/results")
def show_results(here: Here, slug: str) -> AnyResponse:
    """Show what came of it so far; what is still being tried goes on by itself."""
    top = head(here, slug)
    if any(row is not None and is_under_way(row) for _, row in top.places) and here.visitor.may("publish"):
        here.services.publisher.go_on(slug)
        top = head(here, slug)
    outcomes = _outcomes(here, top)
    if here.live:
        return render("endpoint/outcomes.html", here, endpoint=top, outcomes=outcomes)
    return render("endpoint/results.html", here, endpoint=top, tab="overview", outcomes=outcomes)


def _outcomes(here: Here, top: EndpointHead) -> Outcomes:
    asked = request.args.get("did", "publish")
    did, ids, stopped = asked if asked in TITLES else "publish", chosen(here), _stopped()
    rows = [
        _stopped_one(item, stopped[item.id]) if item.id in stopped else _outcome(top, item, row, did)
        for item, row in top.places
        if item.id in ids
    ]
    live = any(one.under_way for one in rows)
    return Outcomes(did, _headline(rows), rows, live, request.full_path.rstrip("?"))


def _outcome(top: EndpointHead, marketplace: Marketplace, row: Publication | None, did: str) -> Outcome:
    said = place(top.record, marketplace, row)
    result = result_of(marketplace, row) if row is not None else None
    if result is None or result.success:
        wanted = said.state in (("absent",) if did == "unpublish" else ("published",))
        message = _DONE[did] if wanted else (result.message if result else "It was not published there.")
    else:
        message = "Still being tried" if result.status == "pending" or said.under_way else result.message
    state = "done" if said.state == "absent" and did == "unpublish" else said.state
    return Outcome(
        said.name,
        "failed" if row is not None and row.gave_up else "published" if state == "done" else state,
        "Withdrawn" if state == "done" else said.word,
        message,
        said.url,
        said.cause,
        said.error,
        said.next_try,
        said.under_way,
    )


def _stopped_one(marketplace: Marketplace, told: Sequence[str]) -> Outcome:
    error = ErrorInfo(*told)
    cause = wording.CAUSES.get(error.cause, "Failed")
    return Outcome(marketplace.name, "failed", "Publication failed", "Nothing was sent", "", cause, error, None, False)


def _headline(rows: Sequence[Outcome]) -> str:
    waiting = sum(one.under_way for one in rows)
    failed = sum(one.state == "failed" and not one.under_way for one in rows)
    done = len(rows) - waiting - failed
    parts = [(done, "done"), (waiting, "still being tried"), (failed, "failed")]
    return ", ".join(f"{number} {word}" for number, word in parts if number) or "Nothing was to be done"


def _stopped() -> Mapping[str, Sequence[str]]:
    """Return what was not even tried, by marketplace id; nothing for what this space did not sign."""
    try:
        told = _signer().loads(request.args.get("stopped", ""))
    except BadData:
        return {}
    return told if isinstance(told, dict) else {}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="endpoint-results")
