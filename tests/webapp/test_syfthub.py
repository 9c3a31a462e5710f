"""The guide's own flow, word for word, on a local hub that speaks SyftHub's protocol."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from publicist.plugins.localhub.server import RunningHub

from ..ready import ready_hub
from .site import Site, good

ADA = {"username": "ada", "email": "ada@example.org", "full_name": "Ada", "password": "Passw0rd1"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = ready_hub(tmp_path / "hub")
    requests.post(f"{running.url}/api/v1/auth/register", json=ADA, timeout=10).raise_for_status()
    yield running
    running.stop()


def test_an_endpoint_goes_to_the_hub_and_back(
    site: Site, hub: RunningHub, described: Callable[..., dict[str, Any]]
) -> None:
    listing = f"{hub.url}/api/v1/endpoints/public"
    connection = {"kind": "syfthub", "name": "SyftHub", "url": hub.url, "username": "ada", "password": "Passw0rd1"}
    connected = good(site.owner.post("/marketplaces", connection), 201)
    good(site.owner.post("/endpoints", described()), 201)

    url = f"{site.url}/api/v1/endpoints/research-qa/publish"
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {site.owner.token}"}
    payload = {"publish_to_all_marketplaces": True}
    result = requests.post(url, json=payload, headers=headers, timeout=30).json()

    (published,) = result["results"]
    assert (connected["status"], connected["account"]) == ("active", "ada")
    assert result["endpoint_slug"] == "research-qa"
    assert (published["marketplace_id"], published["marketplace_name"]) == (connected["id"], "SyftHub")
    assert (published["success"], published["message"], published["error"]) == (
        True,
        "Successfully published endpoint",
        None,
    )
    assert "research-qa" in requests.get(listing, timeout=10).text

    withdrawn = requests.post(
        f"{site.url}/api/v1/endpoints/research-qa/unpublish",
        headers={"Authorization": f"Bearer {site.owner.token}"},
        timeout=30,
    ).json()
    assert [one["success"] for one in withdrawn["results"]] == [True]
    assert "research-qa" not in requests.get(listing, timeout=10).text
