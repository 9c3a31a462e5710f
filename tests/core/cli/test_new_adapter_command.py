"""`new-adapter`: a package that installs, shows up, and keeps the contract at once."""

import os
import re
import subprocess
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from publicist.core.errors import InvalidInput
from publicist.core.new_adapter.scaffold import names_of

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


def test_a_file_where_a_folder_should_be_is_left_alone(nowhere: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "tests").write_text("mine")

    told = nowhere.run("new-adapter", "bulletin", "--dir", str(tmp_path), code=1).stderr

    assert f"Nothing was written: {tmp_path / 'tests'} is there already" in told
    assert not (tmp_path / "pyproject.toml").exists()


def test_a_folder_that_cannot_be_written_is_told(nowhere: CommandLine) -> None:
    assert (
        "/proc/none cannot be written" in nowhere.run("new-adapter", "bulletin", "--dir", "/proc/none", code=1).stderr
    )


REFUSED = [
    ("", "begin with a letter"),
    ("1st", "begin with a letter"),
    ("été", "begin with a letter"),
    ("_board", "begin with a letter"),
    ("..", "begin with a letter"),
    ("-x", "begin with a letter"),
    ("my adapter", "letters, digits"),
    ("My Adapter", "letters, digits"),
    ("a/b", "letters, digits"),
    ("../board", "letters, digits"),
    ("board\n", "letters, digits"),
    ('a"b', "letters, digits"),
    ("board-", "single separators"),
    ("a--b", "single separators"),
    ("b" * 51, "51 characters"),
    ("class", "word of Python"),
    ("Match", "word of Python"),
    ("json", "Python has a module json"),
    ("JSON", "Python has a module json"),
    ("syfthub", "plugin or a kind"),
    ("custom", "plugin or a kind"),
    ("described", "plugin or a kind"),
    ("ckan", "plugin or a kind"),
    ("MCP.Registry", "plugin or a kind"),
    ("publicist", "plugin or a kind"),
    ("requests", "a package called requests is installed"),
    ("Flask", "a package called flask is installed"),
    ("python_slugify", "a package called python-slugify is installed"),
    ("slugify", "a module slugify is installed"),
    ("yaml", "a module yaml is installed"),
    ("tests", "beside the package"),
    ("test-contract", "beside the package"),
    ("build", "beside the package"),
]


@pytest.mark.parametrize(("name", "why"), REFUSED)
def test_a_name_that_does_not_do_is_told_with_one_that_does(name: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as raised:
        names_of(name)

    proposed = re.search(r"publicist new-adapter ([a-z0-9-]+)`", raised.value.remedy)
    assert proposed
    assert names_of(proposed[1]).name == proposed[1]


def test_an_installed_plugin_keeps_its_name(install: Callable[[str, str], None]) -> None:
    install("some_board", "")

    with pytest.raises(InvalidInput, match="a plugin called some-board is installed"):
        names_of("Some.Board")


@pytest.mark.parametrize(
    ("name", "module", "classname"),
    [
        ("bulletin", "bulletin", "Bulletin"),
        ("my-adapter", "my_adapter", "MyAdapter"),
        ("my.adapter", "my_adapter", "MyAdapter"),
        ("my_adapter", "my_adapter", "MyAdapter"),
        ("My.Board-2", "my_board_2", "MyBoard2"),
        ("xml-etree", "xml_etree", "XmlEtree"),
        ("x", "x", "X"),
    ],
)
def test_every_part_of_the_package_has_its_name(
    nowhere: CommandLine, tmp_path: Path, name: str, module: str, classname: str
) -> None:
    nowhere.run("new-adapter", name, "--dir", str(tmp_path / "new"))

    project = tomllib.loads((tmp_path / "new" / "pyproject.toml").read_text())
    assert project["project"]["name"] == name
    assert project["project"]["entry-points"] == {"publicist": {name: module}}
    assert project["tool"]["setuptools"]["packages"] == [module]
    assert (tmp_path / "new" / module / "__init__.py").exists()
    assert f'name="{module}"' in (tmp_path / "new" / module / "kind.py").read_text()
    for path in (tmp_path / "new").rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
    assert f"class Test{classname}(" in (tmp_path / "new" / "tests" / "test_contract.py").read_text()
