"""Takes the text out of a PDF; run as a process of its own, by its path, and so importing nothing of ours.

A PDF is a program for a machine that was never meant to be safe: one may ask for all memory there is, or for ever.
Here it can be stopped. Reads the file from standard input and writes a JSON list, one text a page, to standard output.
Exit code 1: it is broken; 2: it wants a password.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any

MOST_MEMORY = 1024**3
MOST_CPU_SECONDS = 20
MOST_PAGES = 2_000
MOST_CHARACTERS = 4_000_000
BROKEN, LOCKED = 1, 2


def main() -> int:
    """Do as the module says; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    try:
        json.dump(texts(PdfReader(BytesIO(sys.stdin.buffer.read()))), sys.stdout)
    except FileNotDecryptedError:
        return LOCKED
    except (Exception, RecursionError):  # noqa: BLE001 - whatever a broken file makes of the reader
        return BROKEN
    return 0


def texts(reader: Any) -> list[str]:
    """Return the text of each page, until there are too many pages or characters."""
    found: list[str] = []
    room = MOST_CHARACTERS
    for page in reader.pages[:MOST_PAGES]:
        text = page.extract_text()[:room]
        found.append(text)
        room -= len(text)
        if room <= 0:
            break
    return found


if __name__ == "__main__":
    sys.exit(main())
