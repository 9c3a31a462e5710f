"""The tables of an index: which files were read in which state, their passages, and the words of these.

An index can always be made anew from its folder. So one that is broken, or was made by another version, is thrown away.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock

from ...core.records import Document
from .ranking import Found, scores, telling
from .sections import Section, passages
from .texts import Text
from .words import phrase, spaced, terms

VERSION = 1
BUSY_SECONDS = 5.0
MOST_FOUND = 200
_TABLES = f"""
CREATE TABLE file (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, fault TEXT NOT NULL);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, number INTEGER NOT NULL,
    heading TEXT NOT NULL, page INTEGER NOT NULL, content TEXT NOT NULL
);
CREATE INDEX passage_of_file ON passage (path);
CREATE VIRTUAL TABLE word USING fts5 (content, heading, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE TABLE state (whole INTEGER NOT NULL);
INSERT INTO state VALUES (0);
PRAGMA user_version = {VERSION};
"""  # noqa: S608 - the version is a number of ours


class IndexStore:
    """One folder's index, in a file or, without one, in memory. Safe across threads, and files across processes."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = RLock()
        self._memory = None if file else self._prepared(sqlite3.connect(":memory:", check_same_thread=False))

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Give a connection, on which nothing is committed by itself. Raises sqlite3.Error."""
        if self._memory:
            with self._lock:
                yield self._memory
        elif self._file:
            with closing(self._connected(self._file)) as connection:
                yield connection

    def discard(self) -> None:
        """Throw the index away; the next use makes a new one."""
        for suffix in ("", "-wal", "-shm"):
            if self._file:
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)

    def _connected(self, file: Path) -> sqlite3.Connection:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise sqlite3.OperationalError(error.strerror or "the folder cannot be made") from error
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS)
        try:
            # Who opens a new file at the same moment is refused the change, and may do without it.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            return self._prepared(connection)
        except BaseException:
            connection.close()
            raise

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.isolation_level = None
        if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return connection
        with writing(connection):
            # Another process may have made them since we looked.
            if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                for name in ("file", "passage", "word", "state"):
                    connection.execute(f"DROP TABLE IF EXISTS {name}")
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
        return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Make one change of all that is done in the block, or none if it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def stamps(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the state in which each file was read, by path."""
    return dict(connection.execute("SELECT path, stamp FROM file"))


def faults(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Return how many files could not be read, by reason."""
    found = connection.execute("SELECT fault, count(*) FROM file WHERE fault != '' GROUP BY fault")
    return dict(found.fetchall())


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether the folder has been read to its end at least once."""
    return bool(connection.execute("SELECT whole FROM state").fetchone()[0])


def set_whole(connection: sqlite3.Connection) -> None:
    """Note that the folder has been read to its end."""
    connection.execute("UPDATE state SET whole = 1 WHERE whole = 0")


def put(connection: sqlite3.Connection, path: str, text: Text) -> None:
    """Put a file's text in place of what was there of it."""
    with writing(connection):
        _remove(connection, path)
        connection.execute("INSERT INTO file VALUES (?, ?, ?)", (path, text.stamp, text.fault))
        for number, passage in enumerate(passages(text.sections), 1):
            _add(connection, path, number, passage)


def _add(connection: sqlite3.Connection, path: str, number: int, passage: Section) -> None:
    added = connection.execute(
        "INSERT INTO passage (path, number, heading, page, content) VALUES (?, ?, ?, ?, ?)",
        (path, number, passage.heading, passage.page, passage.text),
    )
    connection.execute(
        "INSERT INTO word (rowid, content, heading) VALUES (?, ?, ?)",
        (added.lastrowid, spaced(passage.text), spaced(f"{passage.heading} {path}")),
    )


def remove(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Forget files."""
    with writing(connection):
        for path in paths:
            _remove(connection, path)


def _remove(connection: sqlite3.Connection, path: str) -> None:
    connection.execute("DELETE FROM word WHERE rowid IN (SELECT id FROM passage WHERE path = ?)", (path,))
    connection.execute("DELETE FROM passage WHERE path = ?", (path,))
    connection.execute("DELETE FROM file WHERE path = ?", (path,))


def search(connection: sqlite3.Connection, text: str, limit: int, threshold: float) -> Sequence[Document]:
    """Return at most ``limit`` passages with a score of at least ``threshold``, best first."""
    connection.execute("BEGIN")
    try:
        rated = _rated(connection, terms(text), max(limit, MOST_FOUND))
        return [_document(connection, row, score) for row, score in rated[:limit] if score >= threshold]
    finally:
        connection.execute("COMMIT")


def _rated(connection: sqlite3.Connection, words: Sequence[str], most: int) -> Sequence[tuple[int, float]]:
    total = connection.execute("SELECT count(*) FROM passage").fetchone()[0]
    holding = {word: _holding(connection, word) for word in words}
    if not (searched := telling(holding, total)):
        return []
    found = [Found(row, bm25) for row, bm25 in _matches(connection, searched, most)]
    rows = {word: _rows_with(connection, word, found) for word, number in holding.items() if number}
    return scores(found, total, holding, rows)


def _holding(connection: sqlite3.Connection, word: str) -> int:
    found = connection.execute("SELECT count(*) FROM word WHERE word MATCH ?", (phrase(word),))
    return int(found.fetchone()[0])


def _matches(connection: sqlite3.Connection, words: Sequence[str], most: int) -> Sequence[tuple[int, float]]:
    """Return rows and their BM25, the better ones first; a word in a heading counts twice."""
    expression = " OR ".join(map(phrase, words))
    found = connection.execute(
        "SELECT rowid, -bm25(word, 1.0, 2.0) AS merit FROM word WHERE word MATCH ? ORDER BY merit DESC, rowid LIMIT ?",
        (expression, most),
    )
    return found.fetchall()


def _rows_with(connection: sqlite3.Connection, word: str, found: Sequence[Found]) -> frozenset[int]:
    places = ", ".join(str(int(each.row)) for each in found)
    rows = connection.execute(f"SELECT rowid FROM word WHERE word MATCH ? AND rowid IN ({places})", (phrase(word),))  # noqa: S608 - numbers of our own
    return frozenset(row for (row,) in rows)


def _document(connection: sqlite3.Connection, row: int, score: float) -> Document:
    path, number, heading, page, content = connection.execute(
        "SELECT path, number, heading, page, content FROM passage WHERE id = ?", (row,)
    ).fetchone()
    metadata: dict[str, str | int] = {"path": path, "passage": number}
    metadata |= {"heading": heading} if heading else {}
    metadata |= {"page": page} if page else {}
    return Document(f"{path}#{number}", content, score, metadata)
