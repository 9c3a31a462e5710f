"""Looking through a folder of documents without leaving it.

A link that leads outside would publish what nobody meant to publish, and a folder that cannot be read must
not pass for an empty one. So links are resolved and only what lies under the root, and is not hidden, is
taken; everything left out is counted with its reason. A file is opened step by step from the root without
following a link, so that one swapped in between the look and the opening leads nowhere.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SUFFIXES = frozenset({".htm", ".html", ".markdown", ".md", ".pdf", ".text", ".txt"})
MOST_ENTRIES = 10_000
HEAD = 1024

HIDDEN = "hidden"
OTHER_TYPE = "not text, Markdown, HTML or PDF"
OUTSIDE = "linked to outside the folder"
BROKEN = "a broken link"
FOLDER_LINK = "a link to a folder"
UNREADABLE = "not readable"
EMPTY = "empty"
NOT_A_FILE = "not a regular file"
NOT_TEXT = "not what its name says"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a folder holds: ``documents`` are real paths under it, sorted; ``left_out`` counts by reason.

    ``partial`` is True when a folder could not be read or there was more than was looked at: then what is not
    in ``documents`` is not known to be gone.
    """

    documents: tuple[Path, ...]
    left_out: Mapping[str, int]
    partial: bool


def survey(root: Path, most: int = MOST_ENTRIES) -> Survey:
    """Look through the folder, at about ``most`` entries. Raises OSError when it cannot be read itself."""
    root = root.resolve(strict=True)
    os.scandir(root).close()
    walk = _Walk(root, most)
    documents: set[Path] = set()
    for path in walk.files():
        real, reason = _judge(root, path)
        if reason:
            walk.left_out[reason] += 1
        else:
            documents.add(real)
    return Survey(tuple(sorted(documents)), +walk.left_out, walk.partial)


@dataclass(slots=True)
class _Walk:
    """One walk below a root: counts the hidden, the folders that are links, and those that cannot be read."""

    root: Path
    room: int
    left_out: Counter[str] = field(default_factory=Counter)
    partial: bool = False

    def files(self) -> Iterator[Path]:
        """Yield files and links to files, in order, until there is no more room."""
        for folder, names, files in os.walk(self.root, onerror=self._failed):
            self.left_out[HIDDEN] += sum(name.startswith(".") for name in [*names, *files])
            names[:] = sorted(name for name in names if not name.startswith("."))
            self.left_out[FOLDER_LINK] += sum(Path(folder, name).is_symlink() for name in names)
            visible = sorted(name for name in files if not name.startswith("."))
            yield from (Path(folder, name) for name in visible[: self.room])
            self.room -= len(names) + len(visible)
            if self.room < 0:
                self.partial = True
                return

    def _failed(self, _error: OSError) -> None:
        self.left_out[UNREADABLE] += 1
        self.partial = True


def _judge(root: Path, path: Path) -> tuple[Path, str]:
    """Return the real path and why it is left out; the reason is empty when it is taken."""
    try:
        real = path.resolve(strict=True)
        inside = real.relative_to(root)
    except ValueError:
        return path, OUTSIDE
    except (OSError, RuntimeError):
        return path, BROKEN
    if any(part.startswith(".") for part in inside.parts):
        return real, HIDDEN
    if real.suffix.lower() not in SUFFIXES:
        return real, OTHER_TYPE
    return real, _refused(root, inside)


def _refused(root: Path, inside: Path) -> str:
    try:
        descriptor = open_inside(root, inside)
    except OSError:
        return UNREADABLE
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return NOT_A_FILE
        try:
            head = file.read(HEAD)
        except OSError:
            return UNREADABLE
    if not head:
        return EMPTY
    sound = b"%PDF-" in head if inside.suffix.lower() == ".pdf" else b"\0" not in head
    return "" if sound else NOT_TEXT


def open_inside(root: Path, inside: Path) -> int:
    """Return a descriptor for reading the file at the relative path ``inside`` under ``root``.

    No part of the path is followed if it is a link. Raises OSError.
    """
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in inside.parts[:-1]:
            above, here = here, os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(above)
        # Without O_NONBLOCK the opening of a pipe would wait for its writer.
        return os.open(inside.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)
