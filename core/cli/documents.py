"""Reading the files that people write by hand, or stdin."""

import click

from ..documents import LARGEST, Document, parse, unusable

__all__ = ["Document", "parse", "read_document", "read_text"]


def read_document(source: str) -> Document:
    """Return what the file at the path ``source`` says, or stdin for ``-``. Raises InvalidInput."""
    return parse(read_text(source))


def read_text(source: str) -> str:
    """Return the text of a file, or of stdin for ``-``. Raises InvalidInput when there is none to read."""
    try:
        with click.open_file(source, encoding="utf-8-sig") as file:
            text: str = file.read(LARGEST + 1)
    except UnicodeDecodeError:
        raise unusable({"file": [f"{source} is not text in UTF-8."]}) from None
    except OSError as error:
        raise unusable({"file": [f"{source} cannot be read: {error.strerror}."]}) from error
    if len(text) > LARGEST:
        raise unusable({"file": [f"{source} has more than {LARGEST:,} characters."]})
    return text
