"""``/endpoints/<slug>/checks``: what is checked of an endpoint beside its dataset, its model and its query path."""

from dataclasses import asdict
from typing import Any

from ...core.records import Check, CheckResult
from ...core.schemas import CheckPatchSchema, CheckSchema, check_json, check_result_json, load_check
from ..incoming import PageQuery
from ..operation import Api, Asked
from .check_shapes import (
    AddedCheckPage,
    AddedCheckShape,
    CheckKindPage,
    FindingOfCheckShape,
    LookShape,
    TriedCheckShape,
)
from .shapes import page_of

api = Api("checks", "Checks")


@api.operation("GET", "/check-kinds", scope="read", gives=CheckKindPage, query=PageQuery)
def check_kinds(asked: Asked) -> Any:
    """List the kinds of check that can be added."""
    kinds = asked.services.plugins.check_kinds
    return page_of([asdict(kinds[name]) for name in sorted(kinds)], asked.query)


@api.operation("GET", "/endpoints/<slug>/checks", scope="read", gives=AddedCheckPage, query=PageQuery)
def list_checks(asked: Asked, slug: str) -> Any:
    """List the checks that were added to an endpoint, the oldest first."""
    return page_of([_shown(asked, check) for check in asked.services.checks.of(slug)], asked.query)


@api.operation(
    "POST", "/endpoints/<slug>/checks", scope="publish", gives=TriedCheckShape, status=201, takes=CheckSchema
)
def add_check(asked: Asked, slug: str) -> Any:
    """Add a check. It is run once, unless `test` is false; one that does not pass is added all the same."""
    draft = load_check(asked.body, asked.services.plugins.check_kinds)
    return _tried(asked, *asked.services.checks.add(slug, draft))


@api.operation("POST", "/endpoints/<slug>/checks/run", scope="publish", gives=LookShape, problems=(409,))
def run_checks(asked: Asked, slug: str) -> Any:
    """Look at an endpoint now: all that is checked of it counts for its health."""
    services = asked.services
    results = services.checker.look(services.endpoints.get(slug).id)
    return {"endpoint_slug": slug, "results": [check_result_json(each) for each in results]}


@api.operation("GET", "/endpoints/<slug>/checks/<uuid:check_id>", scope="read", gives=AddedCheckShape)
def show_check(asked: Asked, slug: str, check_id: str) -> Any:
    """Show one check."""
    return _shown(asked, asked.services.checks.get(slug, check_id))


@api.operation(
    "PATCH", "/endpoints/<slug>/checks/<uuid:check_id>", scope="publish", gives=TriedCheckShape, takes=CheckPatchSchema
)
def edit_check(asked: Asked, slug: str, check_id: str) -> Any:
    """Change what is given, and leave the rest; settings are given whole. It is run once, unless `test` is false."""
    return _tried(asked, *asked.services.checks.edit(slug, check_id, asked.body))


@api.operation("DELETE", "/endpoints/<slug>/checks/<uuid:check_id>", scope="publish", gives=None, status=204)
def remove_check(asked: Asked, slug: str, check_id: str) -> Any:
    """Take a check away."""
    asked.services.checks.remove(slug, check_id)


@api.operation("POST", "/endpoints/<slug>/checks/<uuid:check_id>/run", scope="publish", gives=FindingOfCheckShape)
def run_check(asked: Asked, slug: str, check_id: str) -> Any:
    """Run one check now; what it sees does not count for the endpoint's health."""
    return check_result_json(asked.services.checks.run(slug, check_id))


def _shown(asked: Asked, check: Check) -> dict[str, Any]:
    return check_json(check, asked.services.plugins.check_kinds)


def _tried(asked: Asked, check: Check, result: CheckResult | None) -> dict[str, Any]:
    return {**_shown(asked, check), "result": result and check_result_json(result)}
