"""Credentials show up nowhere: not in logs, in what is printed, or in addresses. The core keeps them out of errors."""

import pytest

from ..secrets import Secret
from .faults import ECHO, RESET
from .link import Link
from .overheard import overhearing
from .rules import must, rule
from .scenes import READS, WRITES, places, strike

SHORTEST = 6


class SecretRules:
    """Rules about credentials."""

    @rule(
        "No credential is logged or printed, whether all goes well or not.",
        hook="every hook",
        remedy="Log no headers, no bodies and no credentials; a Secret shows itself as ***.",
        section="secrets",
    )
    def test_nothing_logged_or_printed_shows_a_secret(self, link: Link) -> None:
        secrets = _secrets(link)
        with overhearing() as heard:
            for hook in (*READS, *WRITES):
                number = places(link, hook)[-1]
                for fault in (ECHO, RESET):
                    strike(link, hook, fault, number)
        for where, text in heard.texts.items():
            _must_hide(secrets, text, where)

    @rule(
        "A credential is sent, and only with requests: never in an address, where proxies and logs keep it.",
        hook="every hook",
        remedy="Send it as auth=…, in a header, or in a body; in params only if it is taken nowhere else.",
        section="secrets",
    )
    def test_no_secret_is_a_part_of_a_path(self, link: Link) -> None:
        secrets = _secrets(link)
        for hook in (*READS, *WRITES):
            places(link, hook)
        for seen in link.proxy.seen:
            _must_hide(secrets, seen.path.partition("?")[0], f"the path of {seen.method}")


def _secrets(link: Link) -> list[tuple[str, Secret]]:
    found = [
        (name, secret) for name, secret in link.marketplace.credentials.items() if len(secret.reveal()) >= SHORTEST
    ]
    if not found:
        pytest.skip("not proved: the counterpart has no credential of 6 characters or more among its settings")
    return found


def _must_hide(secrets: list[tuple[str, Secret]], text: str, where: str) -> None:
    for name, secret in secrets:
        must(secret.reveal() not in text, f"{where} shows the credential {name!r}", hook="")
