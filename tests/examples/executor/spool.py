"""Due work as files in a folder that other machines see, too: the executor ``spool``."""

import os
from collections.abc import Sequence
from pathlib import Path

from publicist.core.hookspecs import hookimpl
from publicist.core.records import ExecutorKind


@hookimpl
def executors() -> Sequence[ExecutorKind]:
    return [ExecutorKind("spool", "Spool folder", "A file for each publication, in the folder SPOOL_FOLDER.")]


@hookimpl
def spread_work(ids: Sequence[str]) -> None:
    folder = Path(os.environ["SPOOL_FOLDER"])
    for name in ids:
        (folder / name).touch()
