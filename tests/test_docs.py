"""The documentation says what the code does: hooks, causes, links."""

import inspect
import re
from pathlib import Path

import pytest
from publicist.core.errors import CAUSES
from publicist.core.hookspecs import Specs

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
OF_REQUESTS = {"configuration", "not_found", "conflict", "not_allowed", "not_supported", "not_published"}
OF_QUERIES = {
    "access_denied", "backend_failed", "busy", "deadline", "maintenance", "not_authenticated", "payment_required",
    "policy_violation",
}  # fmt: skip
HOOKS = [name for name, item in vars(Specs).items() if inspect.isfunction(item)]


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_with_its_exact_signature(name: str) -> None:
    parameters = [item for item in inspect.signature(getattr(Specs, name)).parameters if item != "self"]
    assert f"`{name}({', '.join(parameters)})`" in (DOCS / "plugins.md").read_text()


@pytest.mark.parametrize("cause", sorted(OF_QUERIES))
def test_every_cause_of_a_refused_query_is_documented(cause: str) -> None:
    assert f"| `{cause}` |" in (DOCS / "gateway.md").read_text()


@pytest.mark.parametrize("cause", sorted(set(CAUSES) - OF_REQUESTS - OF_QUERIES))
def test_every_cause_of_a_failed_publication_is_documented(cause: str) -> None:
    assert f"| `{cause}` |" in (DOCS / "architecture.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]*)#?[^)]*\)", page.read_text()):
        assert not target or (page.parent / target).exists(), target


def test_the_index_names_every_page() -> None:
    index = (DOCS / "index.md").read_text()
    pages = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")]
    assert [page for page in pages if page != "index.md" and f"({page})" not in index] == []


def test_the_readme_plugin_is_ten_lines_and_loads() -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert code
    module: dict[str, object] = {}
    exec(compile(code.group(1), "README.md", "exec"), module)
    kinds = module["marketplace_kinds"]
    assert callable(kinds)
    assert kinds()[0].name == "bulletin"
