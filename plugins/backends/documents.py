"""The backend kind ``documents``: a folder of texts on this machine, searched by words."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from ...core.errors import MarketplaceUnavailable, NotSupported
from ...core.hookspecs import Call
from ...core.http import Deadline
from ...core.records import Backend, BackendAnswer, BackendHealth, BackendKind, Json, Query, SettingField
from .index import FolderIndex, State, index_of
from .settings import WrongSetting, asking

KIND = BackendKind(
    name="documents",
    title="Folder of documents",
    description="Text, Markdown, HTML and PDF files in a folder on this machine.",
    settings=(SettingField("path", "Folder", required=True, help="The folder's absolute path."),),
)
MOST_PASSAGES = 100
_SHARE = 0.8
"""How much of a call's time the first reading of a folder may take; the rest is for the answer."""
_BUSY = 3.0
"""Seconds that a query spends at most on what is new in a folder; the health checks read what takes longer."""
_RETRY_AFTER = 5.0

Got = TypeVar("Got")


def check(backend: Backend, call: Call) -> BackendHealth:
    """Return how the folder was found: how many documents it holds, how many files were left out, and why.

    The documents are read on this occasion, so that the next query finds them read.
    """
    started = perf_counter()
    try:
        state = _using(backend, call, lambda index: index.refresh(_deadline(call)))
    except (WrongSetting, MarketplaceUnavailable) as error:
        return BackendHealth(ok=False, message=str(error))
    return BackendHealth(_sound(state) > 0, told(state), (perf_counter() - started) * 1000)


def query(backend: Backend, asked: Query, call: Call, deliver: Callable[[str], None]) -> BackendAnswer:  # noqa: ARG001 - passages do not come piece by piece
    """Return the passages that answer, best first, with a score of at least the query's threshold.

    Raises MarketplaceUnavailable when the folder cannot be read, or has not been read to its end yet.
    """
    if asked.backend_role != "dataset":
        raise NotSupported("A folder of documents is a dataset; it writes no answers.")
    limit = max(0, min(asked.limit, MOST_PASSAGES))

    def answer(index: FolderIndex) -> BackendAnswer:
        state = index.refresh(_deadline(call), busy=_BUSY)
        if not state.whole:
            raise _not_ready(f"{state.read} of {len(state.survey.documents)} documents are read so far")
        return BackendAnswer(documents=tuple(index.search(asked.text, limit, asked.similarity_threshold)))

    with asking("dataset"):
        return _using(backend, call, answer)


def _using(backend: Backend, call: Call, work: Callable[[FolderIndex], Got]) -> Got:
    """Return what ``work`` makes of the folder's index; one that is broken is made anew, once.

    Raises WrongSetting, and MarketplaceUnavailable for what is wrong with the folder or its index.
    """
    index = index_of(read_settings(backend.settings), call.data_dir)
    try:
        try:
            return work(index)
        except sqlite3.DatabaseError as error:
            # Its subclasses tell of a full disk or a lock; the class itself, of a file that is no database.
            if type(error) is not sqlite3.DatabaseError:
                raise
            index.discard()
            return work(index)
    except TimeoutError:
        raise _not_ready("another query waits for that, too") from None
    except sqlite3.Error as error:
        raise MarketplaceUnavailable(f"The folder's index cannot be kept: {error}.") from None
    except OSError as error:
        raise MarketplaceUnavailable(f"The folder cannot be read: {error.strerror}.") from None


def _not_ready(how_far: str) -> MarketplaceUnavailable:
    return MarketplaceUnavailable(
        f"The folder is being read for the first time: {how_far}.",
        retry_after=_RETRY_AFTER,
        remedy="Ask again in a moment.",
    )


def _deadline(call: Call) -> Deadline:
    return call.http.deadline.within(call.http.deadline.remaining() * _SHARE)


def read_settings(settings: Mapping[str, Json]) -> Path:
    """Return the folder's path. Raises WrongSetting."""
    path = settings.get("path")
    if not isinstance(path, str) or not path:
        raise WrongSetting("The setting path is missing.")
    if "\0" in path or not Path(path).is_absolute():
        raise WrongSetting("The setting path must be the folder's absolute path.")
    return Path(path)


def _sound(state: State) -> int:
    return len(state.survey.documents) - sum(state.faults.values())


def told(state: State) -> str:
    """Return the state in words."""
    number = _sound(state)
    sentences = [f"{number} document{'' if number == 1 else 's'}."]
    if left_out := Counter(state.survey.left_out) + Counter(state.faults):
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(left_out.items()))
        sentences.append(f"Left out: {reasons}.")
    if state.survey.partial:
        sentences.append("This is not the whole folder: a part could not be read, or there is too much.")
    if not state.whole:
        sentences.append(f"They are being read: {state.read} so far.")
    return " ".join(sentences)
