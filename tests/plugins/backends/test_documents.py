import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from publicist.core.records import BackendHealth
from publicist.plugins.backends.folder import open_inside, survey

from .pdf_files import locked, pdf, put

Check = Callable[..., BackendHealth]
NOBODY = 65_534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so a test of permissions must not be root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def write(path: Path, text: str = "Some text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(root: Path) -> list[str]:
    return [str(path.relative_to(root.resolve())) for path in survey(root).documents]


def test_a_folder_with_documents_is_well(check: Check, folder: Path) -> None:
    for name in ("a.txt", "b.text", "c.md", "deep/er/d.markdown", "e.html", "f.HTM"):
        write(folder / name)
    put(folder / "g.pdf", pdf("Seven."))
    health = check("documents", path=str(folder))
    assert (health.ok, health.message) == (True, "7 documents.")
    assert health.latency_ms is not None


def test_a_folder_without_documents_is_not(check: Check, folder: Path) -> None:
    write(folder / "data.csv")
    health = check("documents", path=str(folder))
    assert not health.ok
    assert health.message == "0 documents. Left out: 1 not text, Markdown, HTML or PDF."


def test_what_is_left_out_is_counted_by_reason(check: Check, folder: Path) -> None:
    outside = write(folder.parent / "secret.txt")
    write(folder / "kept.txt")
    write(folder / "picture.png")
    write(folder / ".hidden.txt")
    write(folder / ".git" / "notes.txt")
    write(folder / "empty.md", "")
    write(folder / "binary.txt", "a\0b")
    write(folder / "broken.pdf", "not a PDF")
    (folder / "outside.txt").symlink_to(outside)
    (folder / "parent").symlink_to(folder.parent)
    (folder / "broken.txt").symlink_to(folder / "nothing.txt")
    (folder / "looped.txt").symlink_to(folder / "looped.txt")
    os.mkfifo(folder / "pipe.txt")
    health = check("documents", path=str(folder))
    assert health.ok
    assert health.message == (
        "1 document. Left out: 2 a broken link, 1 a link to a folder, 1 empty, 2 hidden, 1 linked to outside "
        "the folder, 1 not a regular file, 1 not text, Markdown, HTML or PDF, 2 not what its name says."
    )


def test_files_without_text_to_be_had_are_counted_by_reason(check: Check, folder: Path) -> None:
    write(folder / "kept.txt")
    put(folder / "broken.pdf", b"%PDF-1.7 and then nothing of the kind")
    put(folder / "locked.pdf", locked("Hidden."))
    put(folder / "picture.pdf", pdf("", content=b"0 0 100 100 re f"))
    health = check("documents", path=str(folder))
    assert health.ok
    assert health.message == ("1 document. Left out: 1 a PDF with a password, 1 a PDF without text, 1 a broken PDF.")


def test_a_folder_with_nothing_but_a_broken_file_is_not_well(check: Check, folder: Path) -> None:
    put(folder / "broken.pdf", b"%PDF-1.7 and then nothing of the kind")
    assert not check("documents", path=str(folder)).ok


def test_a_link_to_a_document_inside_counts_the_document_once(folder: Path) -> None:
    write(folder / "a.txt")
    (folder / "b.txt").symlink_to("a.txt")
    assert names(folder) == ["a.txt"]
    assert survey(folder).left_out == {}


def test_a_link_into_a_hidden_folder_is_hidden(folder: Path) -> None:
    write(folder / ".private" / "a.txt")
    (folder / "a.txt").symlink_to(".private/a.txt")
    assert names(folder) == []
    assert survey(folder).left_out == {"hidden": 2}


def test_a_link_does_not_make_a_document_of_another_type(folder: Path) -> None:
    write(folder / "keys.pem")
    (folder / "keys.txt").symlink_to("keys.pem")
    assert survey(folder).left_out == {"not text, Markdown, HTML or PDF": 2}


def test_a_link_to_a_neighbour_whose_name_begins_alike_leads_outside(folder: Path) -> None:
    write(folder.parent / "papers-private" / "a.txt")
    (folder / "a.txt").symlink_to("../papers-private/a.txt")
    assert survey(folder).left_out == {"linked to outside the folder": 1}


def test_the_folder_itself_may_be_a_link_or_hidden(folder: Path) -> None:
    hidden = folder.parent / ".papers"
    write(hidden / "a.txt")
    link = folder.parent / "link"
    link.symlink_to(hidden)
    assert names(link) == ["a.txt"]


def test_a_part_that_cannot_be_read_is_told_and_makes_the_survey_partial(check: Check, folder: Path) -> None:
    write(folder / "a.txt")
    write(folder / "b.txt").chmod(0)
    write(folder / "closed" / "c.txt")
    (folder / "closed").chmod(0)
    with as_nobody():
        health = check("documents", path=str(folder))
    (folder / "closed").chmod(0o755)
    assert health.ok
    assert health.message == (
        "1 document. Left out: 2 not readable. "
        "This is not the whole folder: a part could not be read, or there is too much."
    )


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(check: Check, folder: Path) -> None:
    write(folder / "a.txt")
    folder.chmod(0)
    with as_nobody():
        health = check("documents", path=str(folder))
    folder.chmod(0o755)
    assert not health.ok
    assert health.message == "The folder cannot be read: Permission denied."


@pytest.mark.parametrize("most", [0, 3, 10])
def test_a_survey_of_part_of_a_folder_says_so(folder: Path, most: int) -> None:
    for index in range(11):
        write(folder / f"{index:02}.txt")
    found = survey(folder, most=most)
    assert (len(found.documents), found.partial) == (most, True)
    assert not survey(folder, most=11).partial


def test_documents_come_sorted(folder: Path) -> None:
    for name in ("b.txt", "a/z.txt", "c.txt", "a.txt"):
        write(folder / name)
    assert names(folder) == ["a/z.txt", "a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_link_swapped_in_after_the_look_is_not_opened(folder: Path, swapped: str) -> None:
    outside = write(folder.parent / "private" / "a.txt")
    inside = write(folder / "inner" / "a.txt").relative_to(folder)
    os.close(open_inside(folder, inside))
    if swapped == "file":
        (folder / inside).unlink()
        (folder / inside).symlink_to(outside)
    else:
        (folder / "inner").rename(folder / "away")
        (folder / "inner").symlink_to(outside.parent)
    with pytest.raises(OSError, match=r"."):
        open_inside(folder, inside)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (None, "path is missing"),
        ("", "path is missing"),
        (7, "path is missing"),
        ("papers", "absolute path"),
        ("~/papers", "absolute path"),
        ("/papers\0", "absolute path"),
        ("/no/such/folder", "No such file or directory"),
        (__file__, "Not a directory"),
    ],
)
def test_a_path_that_cannot_be_used_is_told(check: Check, path: object, said: str) -> None:
    health = check("documents", path=path)
    assert not health.ok
    assert said in health.message
