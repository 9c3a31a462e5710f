"""What a machine shows of itself, read from a tree of files like its own."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from publicist.core.space.deployment import MachineFacts
from publicist.core.space.machine import gather_facts

FIB_TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 8.8.4.0/24 2 0 2
        |-- 8.8.4.0
           /24 link UNICAST
        |-- 8.8.4.4
           /32 host LOCAL
        |-- 8.8.4.255
           /32 link BROADCAST
Local:
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
        |-- 8.8.4.4
           /32 host LOCAL
"""
IF_INET6 = """00000000000000000000000000000001 01 80 10 80       lo
2a0104f8000000000000000000000001 02 40 00 80     eth0
2a0104f8000000000000000000000abc 02 40 00 01     eth0
2a0104f8000000000000000000000def 02 40 00 20     eth0
"""
ID = "0123456789abcdef" * 4
MOUNTED = f"711 700 254:1 /var/lib/docker/containers/{ID}/hostname /etc/hostname rw - ext4 /dev/vda1 rw\n"
ON_A_HOST = f"711 700 0:50 / /var/lib/docker/overlay2/{ID}/merged rw - overlay overlay rw\n"

Machine = Callable[[dict[str, str]], MachineFacts]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return the facts of a machine that has these files, and no others."""

    def gather(files: dict[str, str]) -> MachineFacts:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return gather_facts(tmp_path, {})

    return gather


def test_a_machine_that_shows_nothing_has_no_facts(machine: Machine) -> None:
    assert machine({}) == MachineFacts()


def test_addresses_are_those_of_the_interfaces_once_each_and_lasting(machine: Machine) -> None:
    facts = machine({"proc/net/fib_trie": FIB_TRIE, "proc/net/if_inet6": IF_INET6})
    assert facts.addresses == ("8.8.4.4", "127.0.0.1", "::1", "2a01:4f8::1")


@pytest.mark.parametrize(
    ("files", "container"),
    [
        ({".dockerenv": ""}, True),
        ({"run/.containerenv": ""}, True),
        ({"proc/1/cgroup": f"12:pids:/docker/{ID}\n"}, True),
        ({"proc/1/cgroup": f"0::/system.slice/docker-x/kubepods-besteffort/{ID}\n"}, True),
        ({"proc/1/cgroup": "0::/\n", "proc/self/mountinfo": MOUNTED}, True),
        ({"proc/1/cgroup": "0::/init.scope\n", "proc/self/mountinfo": ON_A_HOST}, False),
    ],
)
def test_a_container_is_known_by_its_marks_and_its_host_is_none(
    machine: Machine, files: dict[str, str], container: bool
) -> None:
    assert machine(files).container is container


def test_kubernetes_is_known_by_its_variable_or_its_secrets(tmp_path: Path, machine: Machine) -> None:
    assert gather_facts(tmp_path, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}).kubernetes
    assert machine({"var/run/secrets/kubernetes.io/serviceaccount/namespace": "x"}).kubernetes


def test_firmware_and_cloud_init_are_read(machine: Machine) -> None:
    facts = machine(
        {
            "sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
            "sys/class/dmi/id/chassis_asset_tag": "i-0abc\n",
            "sys/class/dmi/id/product_name": "\n",
            "run/cloud-init/cloud-id": "aws\n",
        }
    )
    assert (facts.dmi, facts.cloud_id) == (("Amazon EC2", "i-0abc"), "aws")


def test_looking_at_this_machine_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError

    for name in ("sendto", "send", "sendall"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "127.0.0.1" in gather_facts().addresses
