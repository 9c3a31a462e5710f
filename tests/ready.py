"""A store that the migrations have made already: a test starts from a copy of it, which is much quicker."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from publicist.core.secrets import Secret
from publicist.core.store.database import SQLITE_FILE, open_database
from publicist.core.store.upgrade import migrate


def migrated(folder: Path, url: str = "") -> None:
    """Make an empty store at the newest version, in the folder or in the database of the URL."""
    connections = open_database(folder, Secret(url))
    migrate(connections, folder)


def lay(data_dir: Path) -> None:
    """Put an empty SQLite store where a space is to be, unless there is one."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (data_dir / SQLITE_FILE).exists():
        (data_dir / SQLITE_FILE).write_bytes(_file())


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        migrated(Path(folder))
        return (Path(folder) / SQLITE_FILE).read_bytes()
