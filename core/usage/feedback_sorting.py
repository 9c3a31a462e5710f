"""What a marketplace gave as feedback, made fit to be kept. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from ..records import Feedback
from ..schemas.feedback import KINDS, LONGEST_AUTHOR, LONGEST_TEXT, STARS
from ..text import forbidden, normalise

LONGEST_ID = 200
OTHERWISE = "comment"


def sorted_in(
    given: Iterable[Feedback], marketplace_id: str, listed: Mapping[str, str], now: datetime
) -> list[Feedback]:
    """Return what can be kept, each once, under ids of our own.

    What is not of our endpoints, or cannot be told from others, is left out; a kind that we do not know is a comment.

    Args:
        listed: endpoint ids by remote id; feedback names the endpoint.
        now: no feedback is from later than this, or the next reading would begin too late.
    """
    ours = set(listed.values())
    kept: dict[str, Feedback] = {}
    for item in given:
        if item.endpoint_id in ours and item.at.tzinfo is not None and (name := _plain(item.remote_id, LONGEST_ID)):
            kept[name] = _fit(item, marketplace_id, name, now)
    return list(kept.values())


def _fit(item: Feedback, marketplace_id: str, remote_id: str, now: datetime) -> Feedback:
    return Feedback(
        id=str(uuid.uuid4()),
        endpoint_id=item.endpoint_id,
        marketplace_id=marketplace_id,
        remote_id=remote_id,
        kind=item.kind if item.kind in KINDS else OTHERWISE,
        rating=item.rating if item.rating in STARS else None,
        text=_plain(item.text, LONGEST_TEXT, lines=True),
        author=_plain(item.author, LONGEST_AUTHOR),
        at=min(item.at, now),
    )


def _plain(text: object, most: int, *, lines: bool = False) -> str:
    """Return a text without control characters, cut; nothing for what is no text."""
    if not isinstance(text, str):
        return ""
    short = normalise(text[: 2 * most])
    return "".join(char for char in short if not forbidden(char, lines=lines))[:most].strip()
