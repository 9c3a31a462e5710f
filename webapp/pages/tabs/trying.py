"""``/endpoints/<slug>/try``: whether dataset and model answer, and what a query gets, as the owner sees it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import PublicistError
from ....core.policies.accounting import say_amount, tariff_of
from ....core.queries.refusals import crowded
from ....core.records import BackendHealth, Document, Endpoint, QueryAnswer
from ....core.schemas import load_query
from ..endpoint.head import head
from ..page import Form, Here, render
from .area import pages, say_ms

START: Mapping[str, str] = {"mode": "words", "turns": "2", "role.0": "user", "role.1": "user", "limit": "5"}
ROLES = (("user", "Asker"), ("assistant", "Endpoint"), ("system", "Instruction"))
MOST_TURNS = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of an answer, and where it is from; ``url`` is empty unless it is one that a browser should follow."""

    title: str
    score: str
    content: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a query got: the text, the passages, how long it took and what others would pay."""

    took: str
    cost: str
    text: str
    model: str
    tokens: str
    passages: Sequence[Passage]
    shows_text: bool
    shows_passages: bool


@pages.show("/endpoints/<slug>/try")
def trying(here: Here, slug: str) -> AnyResponse:
    """Show what can be tried."""
    return _page(here, slug, Form(START))


@pages.act("/endpoints/<slug>/try/connection", scope="read")
def try_connection(here: Here, slug: str) -> AnyResponse:
    """Try dataset and model now, and show what they said."""
    endpoint = here.services.endpoints.get(slug)
    with here.room.seat() as seated:
        if not seated:
            raise crowded()
        sides = here.services.publisher.test_backends(endpoint)
    return _page(here, slug, Form(START), sides=sides)


@pages.act("/endpoints/<slug>/try")
def try_query(here: Here, slug: str) -> AnyResponse:
    """Ask, and show the answer; or add a message to the conversation that is being written."""
    typed = {**START, **here.form.to_dict()}
    if here.form.get("do") == "more":
        turns = min(MOST_TURNS, _turns(typed) + 1)
        return _page(here, slug, Form({**typed, "turns": str(turns), f"role.{turns - 1}": "user"}))
    form = Form(typed)
    try:
        asking = load_query(asked(here.form, _turns(typed)), "preview")
        with here.room.seat() as seated:
            if not seated:
                raise crowded()
            started = time.perf_counter()
            answer = here.services.gateway.preview(slug, asking)
            took = 1_000 * (time.perf_counter() - started)
    except PublicistError as error:
        return _page(here, slug, form.refused(error), status=422)
    return _page(here, slug, form, tried=shown(answer, took))


def asked(form: MultiDict[str, str], turns: int) -> dict[str, Any]:
    """Return the query that was filled in, as the API takes it; numbers that are none are left to be refused there."""
    conversation = [
        {"role": form.get(f"role.{turn}", "user"), "content": form[f"content.{turn}"]}
        for turn in range(turns)
        if form.get(f"content.{turn}", "").strip()
    ]
    data: dict[str, Any] = {"messages": form.get("words", "") if form.get("mode") != "messages" else conversation}
    numbers: Mapping[str, Callable[[str], float]] = {"limit": int, "similarity_threshold": float}
    for name, read in numbers.items():
        if text := form.get(name, "").strip():
            try:
                data[name] = read(text)
            except ValueError:
                data[name] = text
    return data


def shown(answer: QueryAnswer, took: float) -> Tried:
    """Return an answer as the page shows it: what the endpoint's response type lets askers see."""
    endpoint, said = answer.endpoint, answer.answer
    usage = said.usage.get("total_tokens", 0)
    return Tried(
        say_ms(took),
        say_cost(endpoint, len(said.documents)),
        said.summary or "",
        said.model,
        f"{usage:,} tokens" if usage else "",
        [_passage(document) for document in said.documents],
        endpoint.response_type != "raw",
        endpoint.response_type != "summary",
    )


def say_cost(endpoint: Endpoint, documents: int) -> str:
    """Return what such an answer costs other people."""
    try:
        tariff = tariff_of(endpoint.policies)
    except ValueError:
        return "cannot be told: the prices are in several currencies"
    amount = tariff.charge(documents)
    return f"{say_amount(amount)} {tariff.currency}" if amount else "free"


def _passage(document: Document) -> Passage:
    known = document.metadata.get
    title = str(known("path") or known("title") or document.document_id)
    heading = known("heading")
    url = known("url")
    link = url if isinstance(url, str) and url.startswith(("http://", "https://")) else ""
    return Passage(f"{title}, {heading}" if heading else title, f"{document.score:.2f}", document.content, link)


def _turns(typed: Mapping[str, str]) -> int:
    text = typed.get("turns", "")
    return min(MOST_TURNS, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) <= 2 else 2  # noqa: PLR2004 - two digits


def _page(
    here: Here,
    slug: str,
    form: Form,
    *,
    tried: Tried | None = None,
    sides: Mapping[str, BackendHealth] | None = None,
    status: int = 200,
) -> AnyResponse:
    top = head(here, slug)
    turns = _turns(form.typed)
    return render(
        "tabs/try.html",
        here,
        status,
        endpoint=top,
        tab="try",
        form=form,
        turns=range(turns),
        room_for_more=turns < MOST_TURNS,
        roles=ROLES,
        tried=tried,
        sides=sides,
        backends=[(side, getattr(top.record, side)) for side in ("dataset", "model") if getattr(top.record, side)],
        say_ms=say_ms,
        faults=[text for name, text in form.errors.items() if name not in form.typed],
    )
