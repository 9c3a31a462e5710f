"""The command line on a space of its own; most tests call it in this process, a few as people do."""

import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from publicist.core.cli import cli
from publicist.core.services import Services, open_services
from publicist.core.settings import load_settings

from ...plugins.custom.counterpart import Counterpart

KEY = "key-of-ada-1815"
PROGRAM = str(Path(sys.executable).parent / "publicist")


@dataclass(frozen=True)
class CommandLine:
    """Runs commands on the space in ``data_dir``."""

    data_dir: Path
    documents: Path

    def run(self, *words: str, code: int = 0, stdin: str | None = None) -> Result:
        """Run a command and return what came of it; its exit code must be ``code``."""
        result = CliRunner().invoke(cli, words, input=stdin)
        assert result.exit_code == code, f"{result.exit_code}: {result.output}"
        return result

    def json(self, *words: str, code: int = 0, stdin: str | None = None) -> Any:
        """Run a command with ``--json`` and return what it printed."""
        return json.loads(self.run(*words, "--json", code=code, stdin=stdin).stdout)

    def services(self) -> Services:
        return open_services(load_settings())

    def add_marketplace(self, name: str, url: str, *options: str) -> None:
        self.run("marketplace", "add", "--kind", "custom", "--name", name, "--url", url, *options)

    def add_endpoint(self, slug: str = "research-qa", *options: str) -> None:
        self.run(
            *("endpoint", "add", "--name", "Research Q&A", "--slug", slug, "--published"),
            *("--dataset-kind", "documents", "--dataset", f"path={self.documents}"),
            *options,
        )


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Take away what a command did to logging."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a space that is not there yet, set for this process; returned for others."""
    for name in [name for name in os.environ if name.startswith("PUBLICIST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PUBLICIST_DATA_DIR", str(tmp_path / "space"))
    monkeypatch.setenv("PUBLICIST_PLUGINS", "")
    monkeypatch.setenv("PUBLICIST_CALL_DEADLINE", "5")
    monkeypatch.setenv("PUBLICIST_DEPLOYMENT", "localhost")
    return dict(os.environ)


@pytest.fixture
def nowhere(environment: dict[str, str], tmp_path: Path) -> CommandLine:
    """The command line where there is no space yet."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "paper.md").write_text("# A paper\n\nIt has a text.\n")
    return CommandLine(tmp_path / "space", documents)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty space, made once: tests work on copies."""
    data_dir = tmp_path_factory.mktemp("made") / "space"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUBLICIST_DATA_DIR", str(data_dir))
        patch.setenv("PUBLICIST_PLUGINS", "")
        assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    return data_dir


@pytest.fixture
def space(nowhere: CommandLine, made: Path) -> CommandLine:
    """The command line on an empty space."""
    shutil.copytree(made, nowhere.data_dir)
    return nowhere


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a plugin beside publicist, as `pip install` would, and let it be loaded; other processes see it, too."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def installed(name: str, source: str) -> None:
        (folder / f"{name}.py").write_text(source)
        info = folder / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[publicist]\n{name} = {name}\n")
        sys.modules.pop(name, None)
        monkeypatch.setenv("PUBLICIST_PLUGINS", name)

    return installed


@pytest.fixture
def catalogue(catalogues: Callable[..., Counterpart]) -> Counterpart:
    """A marketplace with one account."""
    return catalogues(accounts={KEY: "ada"})
