from pathlib import Path

import pytest
import spool


def test_each_id_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOOL_FOLDER", str(tmp_path))
    spool.spread_work(["a", "b"])
    spool.spread_work(["b"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOOL_FOLDER", str(tmp_path / "none"))
    with pytest.raises(OSError, match="none"):  # then the runner works by itself
        spool.spread_work(["a"])
