"""Two spaces with one identity are noticed; one space with several processes, or moved, is not mistaken for two."""

import logging
import shutil
from pathlib import Path

import pytest
from publicist.core.services import Services

from ...clock import Clock
from ...postgresql import Cluster
from ...spaces import opened


def test_a_copy_of_the_space_says_what_it_is_a_copy_of(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "original", clock) as original:
        original.heartbeat.beat()
    shutil.copytree(tmp_path / "original", tmp_path / "copy")
    with opened(tmp_path / "copy", clock) as copy, caplog.at_level(logging.WARNING):
        [other] = copy.heartbeat.beat()
        assert other.data_dir == str(tmp_path / "original")
        assert copy.heartbeat.beat() == []
        [event] = copy.trail.page(action="space.copied").items
    assert str(tmp_path / "original") in event.what
    assert "stop one of the two" in caplog.text
    with opened(tmp_path / "original", clock) as original:
        assert original.heartbeat.beat() == []


def test_several_processes_of_one_space_are_no_copies(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path, clock) as first, opened(tmp_path, clock) as second:
        assert first.heartbeat.beat() == second.heartbeat.beat() == first.heartbeat.beat() == []


def test_a_space_that_was_moved_is_no_copy(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "old", clock) as services:
        services.heartbeat.beat()
    (tmp_path / "old").rename(tmp_path / "new")
    with opened(tmp_path / "new", clock) as services:
        assert services.heartbeat.beat() == []


def test_a_process_that_was_not_seen_for_long_is_forgotten(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "original", clock) as original:
        original.heartbeat.beat()
    shutil.copytree(tmp_path / "original", tmp_path / "copy")
    clock.move(days=8)
    with opened(tmp_path / "copy", clock) as copy:
        assert copy.heartbeat.beat() == []


def test_on_postgresql_many_data_directories_are_one_space(tmp_path: Path, clock: Clock, postgresql: Cluster) -> None:
    url = postgresql.database(ready=True)
    key = {"PUBLICIST_DATABASE_URL": url, "PUBLICIST_SECRET_KEY": "x" * 43 + "="}

    def beats(services: Services) -> bool:
        return services.heartbeat.beat() == []

    with opened(tmp_path / "one", clock, **key) as first, opened(tmp_path / "two", clock, **key) as second:
        assert beats(first)
        assert beats(second)
        assert beats(first)
