import pytest
from publicist.core.records import Capabilities, Space
from publicist.core.secrets import Secret
from publicist.core.space.network import (
    DEPLOYMENTS,
    effective_space,
    has_public_address,
    is_local,
    is_loopback,
    publishes_afar,
    reachability,
    token_needed,
)

HUB = "https://syfthub.openmined.org"
LOCAL_HUB = "http://127.0.0.1:9000"
OWN = "http://127.0.0.1:8080"
SYFTHUB = Capabilities(developer_token=True)
OTHER = Capabilities()


def space(deployment: str = "localhost", public_url: str = "", token: str = "") -> Space:
    return Space("id", "space", public_url, deployment, Secret(token) if token else None)


@pytest.mark.parametrize(
    ("deployment", "public_address", "afar", "needed", "why"),
    [
        ("localhost", False, True, True, "no public address"),
        ("vm", False, True, False, "directly"),
        ("docker_vm", False, True, False, "VM's public address"),
        ("other", False, True, False, "directly"),
        ("localhost", False, False, False, "Local development only"),
        ("vm", False, False, False, "Local development only"),
        ("localhost", True, True, False, "at its public URL"),
        ("vm", True, True, False, "at its public URL"),
        ("localhost", True, False, False, "Local development only"),
    ],
)
def test_the_guides_table_says_who_needs_a_developer_token(
    deployment: str, public_address: bool, afar: bool, needed: bool, why: str
) -> None:
    found = token_needed(deployment, public_address=public_address, afar=afar)
    assert deployment in DEPLOYMENTS
    assert found.needed is needed
    assert why in found.reason


@pytest.mark.parametrize(
    ("url", "capabilities", "afar"),
    [
        (HUB, SYFTHUB, True),
        (HUB, OTHER, True),
        (HUB, Capabilities(needs_public_url=False), False),
        (LOCAL_HUB, SYFTHUB, False),
        ("http://10.0.0.7", OTHER, False),
    ],
)
def test_only_a_marketplace_elsewhere_makes_it_more_than_local_development(
    url: str, capabilities: Capabilities, afar: bool
) -> None:
    assert publishes_afar(url, capabilities) is afar


@pytest.mark.parametrize(
    ("given", "url", "capabilities", "ok", "warned"),
    [
        (space(), HUB, SYFTHUB, False, False),
        (space(token="t"), HUB, SYFTHUB, True, True),
        (space(token="t"), HUB, OTHER, False, False),
        (space(public_url="https://me.example"), HUB, SYFTHUB, True, False),
        (space(public_url="https://me.example", token="t"), HUB, SYFTHUB, True, False),
        (space(public_url="http://192.168.1.5"), HUB, SYFTHUB, False, False),
        (space(public_url="http://localhost:8080"), HUB, SYFTHUB, False, False),
        (space(public_url="http://localhost:8080", token="t"), HUB, SYFTHUB, True, True),
        (space("vm"), HUB, SYFTHUB, False, False),
        (space("docker_vm"), HUB, OTHER, False, False),
        (space("vm", "https://me.example"), HUB, OTHER, True, False),
        (space(), LOCAL_HUB, OTHER, True, False),
        (space(), "http://localhost:9000", SYFTHUB, True, False),
        (space(), "http://10.0.0.7", OTHER, True, True),
        (space(public_url="http://10.0.0.5"), "http://10.0.0.7", OTHER, True, False),
        (space(), HUB, Capabilities(needs_public_url=False), True, False),
    ],
)
def test_a_space_is_blocked_where_no_marketplace_can_reach_it(
    given: Space, url: str, capabilities: Capabilities, ok: bool, warned: bool
) -> None:
    reach = reachability(given, url, capabilities, has_own_credential=False)
    assert (reach.ok, reach.warning is not None) == (ok, warned)
    assert (reach.cause == "network_unreachable") is not ok
    assert bool(reach.message and reach.remedy) is not ok


def test_a_developer_token_without_a_tunnel_warns_that_queries_cannot_arrive() -> None:
    warning = reachability(space(token="secret-token"), HUB, SYFTHUB, has_own_credential=True).warning
    assert warning is not None
    assert "Queries cannot arrive yet" in warning
    assert "secret-token" not in warning


@pytest.mark.parametrize(
    ("given", "capabilities", "own", "expected"),
    [
        (space(), SYFTHUB, False, "Add a developer token"),
        (space(), SYFTHUB, True, "own credential says who you are"),
        (space(), OTHER, False, "takes no developer token"),
        (space("vm"), SYFTHUB, False, "firewall"),
    ],
)
def test_the_remedy_fits_the_case(given: Space, capabilities: Capabilities, own: bool, expected: str) -> None:
    assert expected in (reachability(given, HUB, capabilities, own).remedy or "")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost",
        "http://LOCALHOST.:80",
        "http://hub.localhost",
        "http://127.0.0.1:8080",
        "http://127.1",
        "http://2130706433/",
        "http://0x7f000001",
        "http://[::1]:8080",
        "http://[::]/",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_this_machine_is_known_by_every_spelling(url: str) -> None:
    assert is_local(url)
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3",
        "http://172.16.0.1",
        "http://192.168.1.5:9000/hub",
        "http://169.254.169.254",
        "http://100.64.0.1",
        "http://[fe80::1]",
        "http://[fd00::1]",
        "http://[::ffff:10.0.0.1]",
        "http://[64:ff9b::a9fe:a9fe]",
        "http://[2002:0a00:0001::1]",
    ],
)
def test_a_private_address_is_local_but_not_this_machine(url: str) -> None:
    assert is_local(url)
    assert not is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://syfthub.openmined.org",
        "https://8.8.8.8",
        "https://[2606:4700::1111]",
        "https://[64:ff9b::808:808]",
        "https://localhost.example.org",
        "https://notlocalhost",
        "https://127.0.0.1.example.org",
        "http://[bad",
        "",
    ],
)
def test_names_and_global_addresses_are_public(url: str) -> None:
    assert not is_local(url)
    assert not is_loopback(url)


@pytest.mark.parametrize(
    ("public_url", "url", "expected"),
    [
        ("", LOCAL_HUB, OWN),
        ("https://me.example", LOCAL_HUB, "https://me.example"),
        ("", HUB, ""),
        ("", "http://10.0.0.7", ""),
    ],
)
def test_a_hub_on_this_machine_sees_the_spaces_own_address(public_url: str, url: str, expected: str) -> None:
    assert effective_space(space(public_url=public_url), url, f"{OWN}/").public_url == expected


@pytest.mark.parametrize(("url", "expected"), [("", False), ("http://10.0.0.1", False), ("https://me.example", True)])
def test_only_a_public_url_elsewhere_counts_as_public(url: str, expected: bool) -> None:
    assert has_public_address(space(public_url=url)) is expected
