"""Policies tried through the API, and policies of types that plugins offer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..clock import Clock
from ..core.till import install_till
from .site import Site, good, problem, served

Described = Callable[..., dict[str, Any]]
TRY = "/endpoints/research-qa/policies/dry-run"
FRIENDS = {"name": "friends", "type": "access", "config": {"allowed_users": ["ann@uni.example"]}}


def test_a_dry_run_tells_which_policy_decides(site: Site, described: Described) -> None:
    good(site.owner.post("/endpoints", described(policies=[FRIENDS])), 201)
    reader = site.caller("read")
    refused = good(reader.post(TRY, {"email": "bob@corp.example"}))
    assert refused["allowed"] is False
    assert [step["policy"] for step in refused["steps"] if step["decides"]] == ["friends"]
    assert good(reader.post(TRY, {"email": "Ann@uni.example"}))["allowed"] is True
    assert good(reader.post(TRY, {"guest": True}))["allowed"] is False


def test_a_dry_run_needs_a_token_an_endpoint_and_a_person(site: Site, described: Described) -> None:
    problem(site.caller().post(TRY, {"guest": True}), 401)
    problem(site.owner.post(TRY, {"guest": True}), 404)
    good(site.owner.post("/endpoints", described()), 201)
    assert "email" in problem(site.owner.post(TRY, {}), 422)["errors"]
    assert "marketplace" in problem(site.owner.post(TRY, {"guest": True, "marketplace": "Nowhere"}), 422)["errors"]


def test_a_policy_of_a_plugins_type_is_taken(
    tmp_path: Path, clock: Clock, described: Described, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_till(tmp_path / "plugin", monkeypatch)
    quota = {"name": "own", "type": "quota", "config": {"how": "allowed"}}
    with served(tmp_path / "space", clock, PUBLICIST_PLUGINS="till") as site:
        made = good(site.owner.post("/endpoints", described(policies=[quota])), 201)
        assert made["policies"] == [quota]
        assert good(site.owner.post(TRY, {"email": "ann@uni.example"}))["allowed"] is None
        changed = good(site.owner.patch("/endpoints/research-qa", {"policies": [FRIENDS, quota]}))
        assert [each["type"] for each in changed["policies"]] == ["access", "quota"]
