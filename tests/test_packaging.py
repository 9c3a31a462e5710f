"""The package map, the entry points and the direction of imports, held against the tree."""

import ast
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("core", "plugins", "webapp")
PLUGINS_MAY_USE = {"records", "errors", "hookspecs", "http", "secrets"}
PURE = {
    "alerting.deciding",
    "alerting.drafts",
    "alerting.episodes",
    "alerting.texts",
    "errors",
    "health.badge",
    "health.recurrence",
    "policies.access",
    "policies.accounting",
    "policies.people",
    "policies.rate_limits",
    "policies.rates",
    "policies.shown",
    "publishing.backoff",
    "publishing.leases",
    "publishing.listing",
    "publishing.outcome",
    "publishing.preflight",
    "publishing.publication",
    "records",
    "space.network",
    "syncing.plan",
    "syncing.republish",
    "text",
}
"""Modules that say so, and must go on to; each other one that says so is held to it as well."""
IMPURE = {"logging", "time", "threading", "random", "os", "requests", "peewee", "flask", "subprocess"}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def modules(part: str) -> Iterator[tuple[str, Path]]:
    """Yield the dotted import names of a part's modules, and their files."""
    for path in sorted((ROOT / part).rglob("*.py")):
        names = ["publicist", *path.relative_to(ROOT).with_suffix("").parts]
        yield ".".join(names[:-1] if names[-1] == "__init__" else names), path


@cache
def known_modules() -> frozenset[str]:
    return frozenset(name for part in PARTS for name, _ in modules(part))


@cache
def import_statements(path: Path) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]


def imports(name: str, path: Path) -> Iterator[str]:
    """Yield the modules that a module imports, relative ones resolved."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in import_statements(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            inner = {f"{base}.{alias.name}" for alias in node.names} & known_modules()
            yield from inner or {base}


def test_the_list_of_packages_is_that_of_the_tree() -> None:
    found = {path.parent for part in PARTS for path in (ROOT / part).rglob("*.py")} | {ROOT / "docs"}
    packages = {".".join(("publicist", *path.relative_to(ROOT).parts)) for path in found}
    assert set(project()["tool"]["setuptools"]["packages"]) == packages


def test_the_command_is_installed() -> None:
    found = {entry.name: entry.value for entry in entry_points(group="console_scripts") if entry.name == "publicist"}
    assert found == project()["project"]["scripts"]


def test_the_lock_files_pin_everything_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in line for line in pins)
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text
    locked = (ROOT / "requirements.lock").read_text()
    for wanted in project()["project"]["dependencies"]:
        assert f"\n{wanted.split('>')[0].split('[')[0]}==" in f"\n{locked}"


def test_the_core_knows_neither_plugins_nor_pages() -> None:
    for name, path in modules("core"):
        for used in imports(name, path):
            assert not used.startswith(("publicist.plugins", "publicist.webapp")), name


def test_plugins_use_only_the_public_part_of_the_core() -> None:
    for name, path in modules("plugins"):
        own = ".".join(name.split(".")[:3])
        for used in imports(name, path):
            if used.startswith("publicist.core."):
                assert used.split(".")[2] in PLUGINS_MAY_USE, f"{name} imports {used}"
            elif used.startswith("publicist."):
                assert used.startswith(own) or used in {"publicist.core", "publicist.plugins"}, f"{name} imports {used}"


def test_pages_do_not_reach_into_plugins_or_tables() -> None:
    for name, path in modules("webapp"):
        for used in imports(name, path):
            assert not used.startswith(("publicist.plugins", "publicist.core.store.", "peewee")), (
                f"{name} imports {used}"
            )


def test_imports_inside_the_parts_are_relative() -> None:
    for part in PARTS:
        for name, path in modules(part):
            for node in import_statements(path):
                absolute = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    absolute = [node.module or ""]
                assert not [used for used in absolute if used.split(".")[0] in {"publicist", *PARTS}], name


def test_no_module_of_the_core_imports_in_a_circle() -> None:
    names = {name for name, _ in modules("core")}
    graph = {name: {used for used in imports(name, path) if used in names} - {name} for name, path in modules("core")}
    list(TopologicalSorter(graph).static_order())


def is_pure(path: Path) -> bool:
    """Tell whether a module says of itself that it is."""
    return re.search(r"\bPure\b", ast.get_docstring(ast.parse(path.read_text())) or "") is not None


def test_pure_modules_have_no_clock_no_log_and_no_network() -> None:
    pure = {name: path for name, path in modules("core") if is_pure(path)}
    assert {f"publicist.core.{name}" for name in PURE} <= set(pure)
    for name, path in pure.items():
        used = {item.split(".")[0] for item in imports(name, path)}
        assert not used & IMPURE, name
        assert "now(" not in path.read_text().replace("now()", "now("), name


@pytest.mark.parametrize("part", PARTS)
def test_no_file_is_longer_than_can_be_taken_in(part: str) -> None:
    longest = {name: len(path.read_text().splitlines()) for name, path in modules(part)}
    assert {name: lines for name, lines in longest.items() if lines > 320} == {}


def test_the_wheel_has_everything_and_works_by_itself(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=110)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    data = {
        path
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {f"publicist/{path.relative_to(ROOT)}" for path in data} <= held
    assert {"publicist/docs/cli.md", "publicist/docs/plugins/hooks.md"} <= held
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    subprocess.run(install, check=True, timeout=60)
    # The dependencies come from the environment of the tests; its link to this tree is not followed this way.
    packages = Path(pytest.__file__).parent.parent
    command = [fresh / "bin" / "publicist", "plugins", "--json"]
    environment = {"PYTHONPATH": str(packages), "PUBLICIST_DATA_DIR": str(tmp_path / "data")}
    listed = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=60, env=environment, cwd=tmp_path
    )
    assert "syfthub" in listed.stdout
    where = "import publicist.core; print(publicist.core.__file__)"
    shown = subprocess.run(
        [python, "-c", where], check=True, capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert str(fresh) in shown.stdout
