"""Files become kinds when a process starts; those with faults are shown, and stop nobody."""

from pathlib import Path

import pytest
import yaml
from publicist.core.errors import PluginFault
from publicist.core.hosting.manager import Plugins, build_manager
from publicist.core.settings import Settings

from .descriptions import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "marketplaces").mkdir()
    return tmp_path / "marketplaces"


def loaded(tmp_path: Path, **settings: str) -> Plugins:
    return build_manager(Settings(data_dir=tmp_path, plugins="", **settings))  # type: ignore[arg-type]


def test_a_file_in_the_data_directory_is_a_kind(tmp_path: Path, folder: Path) -> None:
    (folder / "mine.yaml").write_text(yaml.safe_dump(small(kind="mine")))

    plugins = loaded(tmp_path)

    (info,) = [one for one in plugins.infos if one.name == "described:mine"]
    assert (info.state, info.kinds, info.source) == ("active", ("mine",), str(folder / "mine.yaml"))
    assert plugins.marketplace_kind("mine").title == "Small"
    assert "create_listing" in info.hooks


def test_the_shipped_ones_are_kinds_too(tmp_path: Path) -> None:
    assert {"ckan", "mcp-registry", "syfthub-described", "syfthub", "custom"} <= set(loaded(tmp_path).marketplace_kinds)


def test_further_files_and_folders_are_read(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.yaml").write_text(yaml.safe_dump(small(kind="a")))
    (tmp_path / "b.yml").write_text(yaml.safe_dump(small(kind="b")))
    (tmp_path / "more" / "notes.txt").write_text("not a description")

    plugins = loaded(tmp_path, marketplace_files=f"{tmp_path / 'more'}, {tmp_path / 'b.yml'}")

    assert {"a", "b"} <= set(plugins.marketplace_kinds)


def test_a_file_that_is_named_and_not_there_is_shown_as_broken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    plugins = loaded(tmp_path, marketplace_files=f"{tmp_path / 'none.yaml'}, {tmp_path / 'empty'}")

    (info,) = [one for one in plugins.infos if one.state == "broken"]
    assert (info.name, info.source) == ("described:none", str(tmp_path / "none.yaml"))
    assert "The file cannot be read: No such file or directory." in info.traceback


def test_a_broken_file_is_shown_with_its_lines_and_stops_nobody(tmp_path: Path, folder: Path) -> None:
    (folder / "bad.yaml").write_text("format: 1\nkind: bad\ntitel: Bad\n")
    (folder / "good.yaml").write_text(yaml.safe_dump(small(kind="good")))
    (folder / "second.yaml").write_text(yaml.safe_dump(small(kind="good")))

    plugins = loaded(tmp_path)

    states = {one.name: one for one in plugins.infos}
    assert states["described:bad"].state == "broken"
    assert "bad.yaml:3:1: titel: There is no such key; did you mean title?" in states["described:bad"].traceback
    assert states["described:good"].state == "active"
    assert states["described:second"].state == "broken"
    assert "offered by another plugin already: described:good" in states["described:second"].traceback


def test_a_disabled_one_is_not_called(tmp_path: Path, folder: Path) -> None:
    (folder / "mine.yaml").write_text(yaml.safe_dump(small(kind="mine")))
    plugins = loaded(tmp_path)
    plugins.disabled = lambda: {"described:mine"}

    with pytest.raises(PluginFault, match="is disabled"):
        plugins.call_kind("MarketplaceKind:mine", "render_listing", 1)
