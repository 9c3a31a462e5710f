"""`new-adapter`: a package that installs, shows up, and keeps the contract at once."""

import os
import subprocess
import venv
from pathlib import Path

import pytest
from publicist.core.errors import InvalidInput
from publicist.core.scaffold import names_of

from .conftest import CommandLine

SOME = "is_there or ordinary or lost or secret_settings or web_page"
"""Tests of the new package: the whole contract is run on the same adapter in tests/core/testing."""


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """The programs of a new environment that has what this one has, and room for more."""
    venv.create(tmp_path / "fresh", with_pip=False, symlinks=True)
    packages = next((tmp_path / "fresh" / "lib").glob("python*/site-packages"))
    (packages / "shared.pth").write_text(f"import site; site.addsitedir({str(Path(pytest.__file__).parents[1])!r})\n")
    return tmp_path / "fresh" / "bin"


def test_a_new_adapter_installs_shows_up_and_passes_its_tests(
    nowhere: CommandLine, tmp_path: Path, fresh: Path
) -> None:
    package = tmp_path / "bulletin"
    nowhere.run("new-adapter", "Bulletin-Board", "--dir", str(package))
    environment = {"PATH": os.environ["PATH"], "PUBLICIST_DATA_DIR": str(tmp_path / "none"), "HOME": str(tmp_path)}

    def run(*words: str | Path) -> str:
        done = subprocess.run(
            words, cwd=package, env=environment, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(fresh / "python", "-m", "pip", "install", "--no-deps", "--no-index", "--no-build-isolation", "--quiet", ".")
    shown = run(fresh / "python", "-m", "publicist.core.cli", "plugins")
    [line] = [line for line in shown.splitlines() if line.startswith("Bulletin-Board")]
    assert {"0.1.0", "active", "bulletin_board"} <= set(line.split())
    passed = run(fresh / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-k", SOME)
    assert " passed" in passed
    assert "failed" not in passed


def test_nothing_is_overwritten(nowhere: CommandLine, tmp_path: Path) -> None:
    package = tmp_path / "bulletin"
    (package / "tests").mkdir(parents=True)
    mine = package / "tests" / "board.py"
    mine.write_text("# mine\n")

    told = nowhere.run("new-adapter", "bulletin", "--dir", str(package), code=1).stderr

    assert str(mine) in told
    assert "--dir" in told
    assert [path for path in package.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "# mine\n"


def test_what_is_written_is_told_as_json_too(nowhere: CommandLine, tmp_path: Path) -> None:
    told = nowhere.json("new-adapter", "bulletin", "--dir", str(tmp_path / "b"))

    assert told["name"] == "bulletin"
    assert sorted(told["files"]) == sorted(str(path) for path in (tmp_path / "b").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "begin with a letter"),
        ("1board", "begin with a letter"),
        ("a board", "letters, digits"),
        ("../board", "letters, digits"),
        ("board-", "single separators"),
        ("a--b", "single separators"),
        ("b" * 51, "51 characters"),
        ("class", "word of Python"),
        ("Match", "word of Python"),
        ("json", "already"),
        ("syfthub", "already"),
        ("publicist", "already"),
    ],
)
def test_a_name_that_does_not_do_is_told(name: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as raised:
        names_of(name)
    assert "publicist new-adapter bulletin-board" in raised.value.remedy


@pytest.mark.parametrize(
    ("name", "module", "classname"),
    [("bulletin", "bulletin", "Bulletin"), ("My.Board-2", "my_board_2", "MyBoard2"), ("x", "x", "X")],
)
def test_the_names_of_the_parts_follow_from_that_of_the_package(name: str, module: str, classname: str) -> None:
    names = names_of(name)
    assert (names.module, names.kind, names.classname) == (module, module, classname)
