"""``/endpoints/import``: endpoints from YAML or JSON, as ``publicist apply`` reads them, shown before they are made."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.documents import parse
from ....core.endpoints.applying import Applied, apply_wish, publish_applied, read_wishes
from ....core.errors import InvalidInput, PublicistError
from ....core.schemas import Wish
from .. import wording
from ..page import Form, Here, go, render, say
from .area import pages

MOST = 400_000
"""Characters; beyond that the command line is the better door."""

EXAMPLE = """endpoints:
  - name: Research Q&A
    slug: research-qa
    summary: Answers from open papers.
    tags: [science, papers]
    published: true
    dataset:
      kind: http
      settings:
        url: http://127.0.0.1:9000/query
    publish_to: all
"""
_STATES = {"created": "Made", "changed": "Changed", "unchanged": "Unchanged", "failed": "Failed"}
_WOULD = {"created": "Would be made", "changed": "Would be changed", "unchanged": "Stays as it is", "failed": "Fails"}
_TONES = {"created": "published", "changed": "pending", "unchanged": "absent", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One endpoint of the file, and what comes of it."""

    slug: str
    tone: str
    word: str
    told: Sequence[str]
    made: bool


@pages.show("/endpoints/import", scope="publish")
def show_import(here: Here) -> AnyResponse:
    """Show where one pastes or uploads a file."""
    return _page(here, Form())


@pages.act("/endpoints/import")
def apply(here: Here) -> AnyResponse:
    """Show what a file would do, or do it."""
    text, failed = _sent()
    form, dry = Form({"text": text}), here.form.get("step") != "apply"
    try:
        if failed:
            raise failed
        wishes = read_wishes(here.services, parse(text))
        applied = [apply_wish(here.services, wish, dry_run=dry) for wish in wishes]
    except PublicistError as error:
        return _page(here, Form({"text": text}, {}, error), status=422)
    if dry:
        return _page(here, form, [_entry(one, wish, _WOULD) for one, wish in zip(applied, wishes, strict=True)])
    with here.room.seat():
        done = publish_applied(here.services, applied, wishes, 0)
    for one in done:
        if one.state == "changed":
            here.services.publisher.go_on(one.slug)
    if any(one.state == "failed" or one.error for one in done):
        entries = [_entry(one, wish, _STATES) for one, wish in zip(done, wishes, strict=True)]
        return _page(here, form, entries, done=True, status=422)
    say(_summary(done))
    return go("pages.home")


def _sent() -> tuple[str, InvalidInput | None]:
    """Return what was uploaded, or else pasted; and what is wrong with it."""
    upload = request.files.get("file")
    text = request.form.get("text", "")
    if upload and upload.filename:
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            return "", InvalidInput({"file": ["It is not text in UTF-8."]}, "The file cannot be used.")
    text = text.replace("\r\n", "\n")
    if len(text) > MOST:
        remedy = "Use `publicist apply FILE` on the machine that the space runs on."
        said = f"The file has {len(text):,} characters; here at most {MOST:,} are read."
        return "", InvalidInput({"file": [said]}, said, remedy=remedy)
    if not text.strip():
        return "", InvalidInput({"file": ["Paste or choose a file first."]}, "There is nothing to import.")
    return text, None


def _entry(one: Applied, wish: Wish, words: dict[str, str]) -> Entry:
    told = [f"Changes: {', '.join(wording.named(field).lower() for field in one.changed)}"] if one.changed else []
    if wish.publish_to:
        told.append(f"Publish to: {wish.publish_to if wish.publish_to == 'all' else ', '.join(wish.publish_to)}")
    told += [f"{each.marketplace.name}: {each.error.message if each.error else each.message}" for each in one.results]
    if one.error:
        told.append(f"{one.error.message} {one.error.remedy}")
    return Entry(one.slug, _TONES[one.state], words[one.state], told, bool(one.endpoint_id))


def _summary(done: Sequence[Applied]) -> str:
    counts = [(sum(one.state == state for one in done), word.lower()) for state, word in _STATES.items()]
    return f"Imported: {', '.join(f'{number} {word}' for number, word in counts if number)}."


def _page(
    here: Here, form: Form, entries: Sequence[Entry] = (), *, done: bool = False, status: int = 200
) -> AnyResponse:
    values = {"form": form, "entries": entries, "done": done, "example": EXAMPLE}
    return render("endpoint/import.html", here, status, **values)
