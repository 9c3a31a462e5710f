"""Where a space runs, judged from the machine's facts."""

import pytest
from publicist.core.space.deployment import CLOUD_IDS, CLOUDS, DEPLOYMENTS, MachineFacts, cloud_of, detect, proposed_url

PRIVATE = ("127.0.0.1", "192.168.1.5", "::1", "fe80::1")
IPV4, IPV6 = "8.8.4.4", "2a01:4f8::1"
AZURE_TAG = "7783-7084-3265-9085-8269-3286-77"


@pytest.mark.parametrize(
    ("facts", "name", "address"),
    [
        (MachineFacts(), "localhost", ""),
        (MachineFacts(PRIVATE), "localhost", ""),
        (MachineFacts(("100.64.0.7", "169.254.1.1", "nonsense", "fe80::1%eth0")), "localhost", ""),
        (MachineFacts((*PRIVATE, IPV4)), "vm", IPV4),
        (MachineFacts((IPV6, IPV4)), "vm", IPV4),
        (MachineFacts((*PRIVATE, IPV6)), "localhost", ""),
        (MachineFacts((*PRIVATE, IPV6), dmi=("Hetzner",)), "vm", IPV6),
        (MachineFacts(PRIVATE, dmi=("Amazon EC2",)), "vm", ""),
        (MachineFacts(PRIVATE, dmi=("Xen", "4.2.amazon")), "vm", ""),
        (MachineFacts(PRIVATE, dmi=("Google", "Google Compute Engine")), "vm", ""),
        (MachineFacts(PRIVATE, dmi=("Google", "Eve")), "localhost", ""),
        (MachineFacts(PRIVATE, dmi=("Microsoft Corporation", "Virtual Machine")), "localhost", ""),
        (MachineFacts(PRIVATE, dmi=("Microsoft Corporation", AZURE_TAG)), "vm", ""),
        (MachineFacts(PRIVATE, dmi=("QEMU", "Standard PC")), "localhost", ""),
        (MachineFacts(PRIVATE, dmi=("LENOVO",)), "localhost", ""),
        (MachineFacts(PRIVATE, cloud_id="aws"), "vm", ""),
        (MachineFacts(PRIVATE, cloud_id="nocloud"), "localhost", ""),
        (MachineFacts(PRIVATE, cloud_id="lxd"), "localhost", ""),
        (MachineFacts(PRIVATE, container=True), "localhost", ""),
        (MachineFacts(PRIVATE, container=True, dmi=("DigitalOcean",)), "docker_vm", ""),
        (MachineFacts((IPV4,), container=True), "docker_vm", IPV4),
        (MachineFacts(PRIVATE, container=True, kubernetes=True, dmi=("Amazon EC2",)), "other", ""),
        (MachineFacts(PRIVATE, kubernetes=True), "other", ""),
    ],
)
def test_the_machines_facts_show_where_it_runs(facts: MachineFacts, name: str, address: str) -> None:
    found = detect(facts)
    assert (found.name, found.address) == (name, address)
    assert found.name in DEPLOYMENTS
    assert found.reason.endswith(".")


def test_the_reason_names_the_provider_or_the_address() -> None:
    assert "Hetzner" in detect(MachineFacts(dmi=("Hetzner",))).reason
    assert IPV4 in detect(MachineFacts((IPV4,))).reason
    assert "container" in detect(MachineFacts(container=True)).reason


@pytest.mark.parametrize("mark", CLOUDS)
def test_every_mark_is_found_in_any_case(mark: str) -> None:
    assert cloud_of(MachineFacts(dmi=("Something", f"the {mark.upper()} one"))) == CLOUDS[mark]


@pytest.mark.parametrize("word", CLOUD_IDS)
def test_every_word_of_cloud_init_is_known(word: str) -> None:
    assert cloud_of(MachineFacts(cloud_id=f"{word}\n")) == CLOUD_IDS[word]


@pytest.mark.parametrize(
    ("addresses", "port", "expected"),
    [
        ((IPV4,), 8080, f"http://{IPV4}:8080"),
        ((IPV4,), 80, f"http://{IPV4}"),
        ((IPV6,), 8080, f"http://[{IPV6}]:8080"),
        (PRIVATE, 8080, ""),
    ],
)
def test_a_public_address_is_proposed_with_the_port(addresses: tuple[str, ...], port: int, expected: str) -> None:
    assert proposed_url(detect(MachineFacts(addresses, dmi=("Hetzner",))), port) == expected
