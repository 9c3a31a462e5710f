"""``publicist query``: ask an endpoint of this space, as its owner."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from .opening import open_space
from .options import json_option
from .output import emit, note, say
from .texts import clean

if TYPE_CHECKING:
    from ..records import Document, QueryAnswer

LONGEST_SHOWN = 600


@click.command()
@click.argument("slug")
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="The most passages.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="The least score.")
@json_option
def query(slug: str, text: Sequence[str], limit: int, threshold: float, as_json: bool) -> None:
    """Try a query, as the owner.

    Listed or not, past all policies, and uncounted. What askers get, and whether the policies let them pass, is told by
    `publicist policy try`.
    """
    from ..schemas import load_query, query_answer_json

    streaming = not as_json and sys.stdout.isatty()
    asked = {"messages": " ".join(text), "limit": limit, "similarity_threshold": threshold, "stream": streaming}
    written = _Written()
    with open_space() as services:
        answer = services.gateway.preview(slug, load_query(asked, "preview"), written if streaming else _drop)
    if as_json:
        emit(query_answer_json(answer))
    else:
        _show(answer, streamed=written.any)


def _drop(_: str) -> None:
    """Take a piece that nobody waits for."""


class _Written:
    """Puts pieces of a text on the terminal as they come."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, piece: str) -> None:
        self.any = True
        click.echo(clean(piece), nl=False)


def _show(answer: "QueryAnswer", *, streamed: bool) -> None:
    if streamed:
        click.echo()
    elif answer.answer.summary:
        say(answer.answer.summary)
    documents = answer.answer.documents
    for number, document in enumerate(documents, 1):
        if number > 1 or answer.answer.summary:
            say()
        say(_title(number, document))
        say(_cut(document.content, cut=not answer.answer.summary))
    if not documents and not answer.answer.summary:
        note("Nothing was found. A lower --threshold lets weaker passages through.")


def _title(number: int, document: "Document") -> str:
    known: Callable[[str], Any] = document.metadata.get
    place = str(known("path") or known("title") or document.document_id)
    heading = known("heading")
    return f"[{number}] {place}{f', {heading}' if heading else ''}  (score {document.score:.2f})"


def _cut(content: str, *, cut: bool) -> str:
    long = cut and sys.stdout.isatty() and len(content) > LONGEST_SHOWN
    shown = f"{content[:LONGEST_SHOWN]}…" if long else content
    return "\n".join(f"    {line}" for line in shown.splitlines())
