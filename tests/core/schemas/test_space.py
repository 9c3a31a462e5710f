import json
from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.records import Connection, NetworkView, Space, TokenNeed
from publicist.core.schemas import load_network, network_json
from publicist.core.secrets import Secret

Faults = Callable[..., dict[str, list[str]]]


def test_network_settings_come_back_as_given() -> None:
    assert load_network({}) == {}
    assert load_network({"public_url": "https://Me.example/", "deployment": "docker_vm"}) == {
        "public_url": "https://me.example",
        "deployment": "docker_vm",
    }
    assert load_network({"public_url": " "}) == {"public_url": ""}
    assert load_network({"deployment": "auto"}) == {"deployment": "auto"}


def test_a_developer_token_is_taken_forgotten_or_left_alone() -> None:
    assert load_network({"developer_token": " dev-1 "}) == {"developer_token": Secret("dev-1")}
    assert load_network({"developer_token": None}) == {"developer_token": None}
    assert load_network({"developer_token": "***"}) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"deployment": "cloud"},
        {"public_url": "me.example"},
        {"public_url": None},
        {"developer_token": ""},
        {"developer_token": "a\nb"},
        {"name": ""},
        {"token": "x"},
    ],
)
def test_wrong_network_settings_are_told_by_field(faults: Faults, change: dict[str, Any]) -> None:
    assert list(faults(load_network, change)) == list(change)


def test_the_developer_token_is_never_shown() -> None:
    space = Space("i", "me", "http://10.0.0.1", "vm", Secret("dev-1"))
    connection = Connection("Not connected", "Not validated yet.")
    shown = network_json(NetworkView(space, "entered", "Entered.", "", TokenNeed(False, "A VM."), connection))
    assert (shown["developer_token_set"], shown["has_public_address"]) == (True, False)
    assert "dev-1" not in json.dumps(shown)
