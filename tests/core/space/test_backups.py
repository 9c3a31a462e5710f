"""Backups are whole while the space is in use, one a night whoever runs, and restored only where that is safe."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from publicist.core.errors import ConfigurationError, Conflict
from publicist.core.running.presence import Presence
from publicist.core.secrets import Secret
from publicist.core.services import Services
from publicist.core.settings import Settings, load_settings
from publicist.core.space.backups import Backups
from publicist.core.space.restoring import restore
from publicist.core.store.database import SQLITE_FILE

from ...clock import START, Clock
from ...postgresql import Cluster
from ...spaces import add_endpoint, add_marketplace, opened


def slugs(data_dir: Path) -> list[str]:
    with opened(data_dir, Clock()) as services, services.store.session():
        return [endpoint.slug for endpoint in services.store.endpoints.all()]


def here(data_dir: Path) -> Settings:
    return load_settings({"PUBLICIST_DATA_DIR": str(data_dir)})


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a space in ``old`` with one endpoint and one sealed credential; the space went on afterwards."""
    with opened(tmp_path / "old", Clock()) as services:
        add_endpoint(services, slug="from-backup")
        add_marketplace(services, "Hub", "http://127.0.0.1:9", api_key="a-hidden-key")
        made = services.backups.make(tmp_path / "copy.sqlite3")
        add_endpoint(services, slug="made-later")
    return made


def test_a_backup_holds_what_was_there_and_nothing_half_written(services: Services, tmp_path: Path) -> None:
    """Pairs are written while copies are made; each copy has both halves of a pair, or none."""
    stopped, written = threading.Event(), threading.Event()

    def write_pairs() -> None:
        number = 0
        while not stopped.is_set():
            with services.store.write():
                services.store.settings.set("left", str(number))
                services.store.settings.set("right", str(number))
            number += 1
            written.set()

    writer = threading.Thread(target=write_pairs)
    writer.start()
    assert written.wait(10)
    try:
        copies = [services.backups.make(tmp_path / f"{number}.sqlite3") for number in range(5)]
    finally:
        stopped.set()
        writer.join()
    for copy in copies:
        with closing(sqlite3.connect(copy)) as database:
            rows = dict(database.execute("SELECT name, value FROM setting WHERE name IN ('left', 'right')"))
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert rows["left"] == rows["right"]
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_backup_is_named_after_the_time_and_overwrites_nothing(services: Services) -> None:
    made = services.backups.make()
    assert made.name == "publicist-2026-03-01T12-00-00Z.sqlite3"
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    with pytest.raises(ConfigurationError, match="already"):
        services.backups.make()


def test_a_backup_that_cannot_be_written_leaves_no_part_of_it(services: Services, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    with pytest.raises(ConfigurationError, match="cannot be copied"):
        services.backups.make(blocked / "copy.sqlite3")


def test_postgresql_is_left_to_its_own_tools(tmp_path: Path, postgresql: Cluster) -> None:
    url = postgresql.database()
    with opened(tmp_path, Clock(), PUBLICIST_DATABASE_URL=url) as services:
        with pytest.raises(ConfigurationError, match="PostgreSQL") as caught:
            services.backups.make()
        assert "pg_dump" in caught.value.remedy
        assert services.backups.nightly() is None
    with pytest.raises(ConfigurationError, match="PostgreSQL"):
        restore(Settings(data_dir=tmp_path, database_url=Secret(url)), tmp_path / "copy.sqlite3", START)


def test_the_nightly_backup_is_made_once_a_day_by_whoever_comes_first(services: Services, clock: Clock) -> None:
    other = Backups(services.store, Path(services.settings.data_dir), clock)
    made = [services.backups.nightly(), other.nightly(), services.backups.nightly()]
    assert [path and path.name for path in made] == ["nightly-2026-03-01.sqlite3", None, None]
    clock.move(hours=13)  # one in the morning: not yet
    assert other.nightly() is None
    clock.move(hours=2)
    made = [other.nightly(), services.backups.nightly()]
    assert [path and path.name for path in made] == ["nightly-2026-03-02.sqlite3", None]


def test_nights_that_were_slept_through_are_made_up_for_once(services: Services, clock: Clock) -> None:
    services.backups.nightly()
    clock.move(days=5)
    made = [services.backups.nightly() for _ in range(6)]
    assert [path and path.name for path in made] == ["nightly-2026-03-06.sqlite3", *[None] * 5]


def test_only_so_many_nightly_backups_are_kept_and_others_are_left_alone(services: Services, clock: Clock) -> None:
    by_hand = services.backups.make()
    for _ in range(9):
        services.backups.nightly()
        clock.move(days=1)
    names = sorted(path.name for path in by_hand.parent.iterdir())
    assert names == [f"nightly-2026-03-0{day}.sqlite3" for day in range(3, 10)] + [by_hand.name]


def test_a_nightly_backup_that_failed_is_tried_again(services: Services, clock: Clock) -> None:
    folder = Path(services.settings.data_dir) / "backups"
    folder.write_text("a file, no folder")
    with pytest.raises(ConfigurationError):
        services.backups.nightly()
    folder.unlink()
    clock.move(minutes=10)
    assert services.backups.nightly() is not None


def test_none_is_made_where_none_is_kept(services: Services, clock: Clock) -> None:
    assert Backups(services.store, Path(services.settings.data_dir), clock, keep=0).nightly() is None


def test_a_restored_space_is_as_it_was_and_the_former_one_is_kept(tmp_path: Path, backup: Path) -> None:
    assert slugs(tmp_path / "old") == ["from-backup", "made-later"]
    former = restore(here(tmp_path / "old"), backup, START)
    assert slugs(tmp_path / "old") == ["from-backup"]
    with opened(tmp_path / "old", Clock()) as services:
        assert services.marketplaces.get("Hub").credentials["api_key"].reveal() == "a-hidden-key"
    assert former is not None
    assert former.name == "publicist.before-restore-2026-03-01T12-00-00Z.sqlite3"
    restore(here(tmp_path / "old"), former, START)
    assert slugs(tmp_path / "old") == ["from-backup", "made-later"]


def test_a_damaged_database_can_be_replaced_and_is_kept_as_it_is(tmp_path: Path, backup: Path) -> None:
    database = tmp_path / "old" / SQLITE_FILE
    database.write_bytes(b"no database any more")
    former = restore(here(tmp_path / "old"), backup, START)
    assert former is not None
    assert former.read_bytes() == b"no database any more"
    assert slugs(tmp_path / "old") == ["from-backup"]


def test_nothing_is_restored_while_another_process_holds_the_space(tmp_path: Path, backup: Path) -> None:
    before = (tmp_path / "old" / SQLITE_FILE).read_bytes()
    with Presence(tmp_path / "old"), pytest.raises(Conflict, match="Another process"):
        restore(here(tmp_path / "old"), backup, START)
    assert (tmp_path / "old" / SQLITE_FILE).read_bytes() == before
    assert restore(here(tmp_path / "old"), backup, START) is not None


def test_a_restore_elsewhere_needs_the_key_that_belongs_to_the_backup(tmp_path: Path, backup: Path) -> None:
    new = tmp_path / "new"
    with pytest.raises(ConfigurationError, match=r"has no secret\.key"):
        restore(here(new), backup, START)
    assert not new.exists() or list(new.iterdir()) == []
    with opened(tmp_path / "foreign", Clock()):
        pass
    with pytest.raises(ConfigurationError, match="present secret key"):
        restore(here(tmp_path / "foreign"), backup, START)
    new.mkdir(exist_ok=True)
    (new / "secret.key").write_text((tmp_path / "old" / "secret.key").read_text())
    assert restore(here(new), backup, START) is None
    assert slugs(new) == ["from-backup"]


@pytest.mark.parametrize("content", [b"", b"plain text", b"SQLite format 3\x00" + b"\x00" * 500])
def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path, backup: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong.sqlite3"
    wrong.write_bytes(content)
    with pytest.raises(ConfigurationError, match="no sound publicist database"):
        restore(here(tmp_path / "old"), wrong, START)
    assert slugs(tmp_path / "old") == ["from-backup", "made-later"]


def test_a_damaged_or_newer_backup_is_refused(tmp_path: Path, backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as database, database:
        database.execute("INSERT INTO migration (number) VALUES (9999)")
    with pytest.raises(ConfigurationError, match="version 9999"):
        restore(here(tmp_path / "old"), backup, START)
    data = bytearray(backup.read_bytes())
    data[4096 * 2 : 4096 * 6] = b"\xff" * (4096 * 4)
    backup.write_bytes(data)
    with pytest.raises(ConfigurationError, match="no sound"):
        restore(here(tmp_path / "old"), backup, START)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, backup: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no file"):
        restore(here(tmp_path / "old"), backup.with_name("nowhere"), START)


def test_space_that_is_not_used_any_more_goes_back_to_the_disk(services: Services) -> None:
    database = Path(services.settings.data_dir) / SQLITE_FILE
    with services.store.write():
        for number in range(30):
            services.store.settings.set(f"filler-{number}", "x" * 100_000)
    with services.store.write():
        for number in range(30):
            services.store.settings.set(f"filler-{number}", None)
    left = services.store.shrink(100)
    assert left > 200
    assert services.store.shrink(100) == left - 100
    while (now := services.store.shrink(100)) < left:
        left = now
    assert left == 0
    with closing(sqlite3.connect(database)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    assert pages < 300
