"""Puts the misbehaving plugins beside publicist, as `pip install` would."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NAMES = ("unruly", "wrecker")


def install_unruly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install both into ``folder``, which is importable until the test is over."""
    for name in NAMES:
        install(folder, name, (HERE / f"{name}.py").read_text())
    monkeypatch.syspath_prepend(str(folder))


def install(folder: Path, name: str, source: str, version: str = "1.2") -> None:
    """Write a package of one module with an entry point."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(source)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[publicist]\n{name} = {name}\n")
    sys.modules.pop(name, None)
