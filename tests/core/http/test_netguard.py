"""Which addresses are connected to, in every spelling, and that no second answer is asked for."""

import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import MarketplaceUnavailable
from publicist.core.http.netguard import check, check_literal, judge, resolve

NEVER = "a link-local or metadata address"
LOOPBACK = "a loopback address"
UNSPECIFIED = "an unspecified address"
PRIVATE = "a private or reserved address"


@pytest.mark.parametrize(
    ("address", "strict", "private_allowed"),
    [
        ("93.184.216.34", None, None),
        ("2606:2800:220:1::1", None, None),
        ("127.0.0.1", LOOPBACK, None),
        ("127.9.9.9", LOOPBACK, None),
        ("::1", LOOPBACK, None),
        ("0.0.0.0", UNSPECIFIED, None),
        ("::", UNSPECIFIED, None),
        ("10.1.2.3", PRIVATE, None),
        ("172.16.0.1", PRIVATE, None),
        ("192.168.1.1", PRIVATE, None),
        ("100.64.0.1", PRIVATE, None),
        ("198.18.0.1", PRIVATE, None),
        ("224.0.0.1", PRIVATE, None),
        ("255.255.255.255", PRIVATE, None),
        ("fd00::1", PRIVATE, None),
        ("fec0::1", PRIVATE, None),
        ("ff02::1", PRIVATE, None),
        ("169.254.0.1", NEVER, NEVER),
        ("169.254.169.254", NEVER, NEVER),
        ("fe80::1", NEVER, NEVER),
        ("fe80::1%eth0", NEVER, NEVER),
        ("fd00:ec2::254", NEVER, NEVER),
        ("fd20:ce::254", NEVER, NEVER),
        ("100.100.100.200", NEVER, NEVER),
        ("168.63.129.16", NEVER, NEVER),
        ("192.0.0.192", NEVER, NEVER),
        # IPv4 inside IPv6: mapped, compatible, translated, 6to4, NAT64 (well-known and local), Teredo.
        ("::ffff:127.0.0.1", LOOPBACK, None),
        ("::ffff:169.254.169.254", NEVER, NEVER),
        ("::ffff:8.8.8.8", None, None),
        ("::127.0.0.1", LOOPBACK, None),
        ("::a9fe:a9fe", NEVER, NEVER),
        ("::ffff:0:a9fe:a9fe", NEVER, NEVER),
        ("2002:7f00:1::1", LOOPBACK, None),
        ("2002:a9fe:a9fe::1", NEVER, NEVER),
        ("2002:808:808::1", None, None),
        ("64:ff9b::7f00:1", LOOPBACK, None),
        ("64:ff9b::a9fe:a9fe", NEVER, NEVER),
        ("64:ff9b::808:808", None, None),
        ("64:ff9b:1::a9fe:a9fe", NEVER, NEVER),
        ("64:ff9b:1:a9fe:a9:fe00::", NEVER, NEVER),
        ("2001:0:4136:e378:8000:63bf:5601:5601", NEVER, NEVER),
        ("2001:0:a9fe:a9fe:8000:63bf:f7f7:f7f7", NEVER, NEVER),
        ("2001:0:808:808:8000:63bf:f5ff:fffe", PRIVATE, None),
        ("hub.example", "not an address", "not an address"),
        ("", "not an address", "not an address"),
    ],
)
def test_an_address_is_judged_by_where_it_leads(address: str, strict: str | None, private_allowed: str | None) -> None:
    assert judge(address, allow_private=False) == strict
    assert judge(address, allow_private=True) == private_allowed


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_ipv6_spelling(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    spellings = [
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0xFFFF << 48) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1),
    ]
    for allow_private in (False, True):
        assert {judge(spelling, allow_private) for spelling in spellings} == {judge(address, allow_private)}


def test_one_inner_address_among_the_answers_refuses_the_name() -> None:
    with pytest.raises(MarketplaceUnavailable) as caught:
        check("hub.example", ["93.184.216.34", "10.0.0.1"], allow_private=False)
    assert "hub.example (10.0.0.1)" in caught.value.message
    assert "PUBLICIST_ALLOW_PRIVATE_NETWORKS" in caught.value.remedy


def test_the_remedy_for_a_metadata_address_offers_no_setting() -> None:
    with pytest.raises(MarketplaceUnavailable) as caught:
        check("169.254.169.254", ["169.254.169.254"], allow_private=False)
    assert "PUBLICIST_ALLOW_PRIVATE_NETWORKS" not in caught.value.remedy


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "::1", "::ffff:127.0.0.1", "localhost", "a.localhost."]
)
def test_a_literal_inner_address_is_recognised_without_a_look_up(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_numeric(name: str, port: int | None, **options: int) -> Any:
        assert options.get("flags") == socket.AI_NUMERICHOST
        return real(name, port, **options)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", only_numeric)
    check_literal(host, allow_private=True)
    with pytest.raises(MarketplaceUnavailable):
        check_literal(host, allow_private=False)


def test_a_name_is_left_to_the_proxy() -> None:
    check_literal("hub.example", allow_private=False)


def answering(*addresses: str) -> Callable[..., Any]:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


def test_all_answers_are_resolved_once_each_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering("192.0.2.2", "192.0.2.1", "192.0.2.2"))
    assert resolve("hub.example", 80, 1) == ["192.0.2.2", "192.0.2.1"]


def test_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_: object, **__: object) -> list[Any]:
        released.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        with pytest.raises(MarketplaceUnavailable, match="not resolved within"):
            resolve("hub.example", 80, 0.05)
    finally:
        released.set()


@pytest.mark.parametrize("fault", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_is_unavailable(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> list[Any]:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(MarketplaceUnavailable, match=r"hub\.example cannot be resolved"):
        resolve("hub.example", 80, 1)
