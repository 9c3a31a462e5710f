"""A store that the migrations have made already, and a hub with its keys: a test starts from copies, much quicker."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from publicist.core.secrets import Secret
from publicist.core.store.database import SQLITE_FILE, open_database
from publicist.core.store.upgrade import migrate
from publicist.plugins.localhub.database import Database
from publicist.plugins.localhub.keys import Keys
from publicist.plugins.localhub.server import RunningHub, start_hub
from publicist.plugins.localhub.settings import HubSettings


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


def ready_hub(data_dir: Path, **settings: Any) -> RunningHub:
    """Start an empty hub without a monitor of its own, unless told otherwise; its keys are the same in every test."""
    wanted = HubSettings(data_dir, **{"monitor": False, "password_cost": 1024, **settings})
    data_dir.mkdir(parents=True)
    wanted.database.write_bytes(_hub_file())
    return start_hub(wanted)


@cache
def _hub_file() -> bytes:
    with TemporaryDirectory() as folder:
        path = HubSettings(Path(folder)).database
        database = Database(path)
        with database.connection():
            keys = Keys(database)
            assert keys.signing_key
            assert keys.session_secret
        return path.read_bytes()
