"""Connecting: good credentials, bad ones, none, a wrong address; and asking for a slug."""

from dataclasses import replace
from typing import Any

import pytest

from ..errors import AuthenticationFailed, MarketplaceError
from ..secrets import Secret
from .attempts import attempt
from .counterpart import Counterpart
from .faults import NO_ROUTE, WEB_PAGE
from .link import Link
from .rules import must, rule

WRONG = "kit-wrong-credential-0000"


class ConnectionRules:
    """Rules about ``connect`` and ``slug_available``."""

    @rule(
        "Good credentials connect, and name the account.",
        hook="connect",
        remedy="Answer Account(name=…) with the account that the credentials belong to.",
        section="connecting",
    )
    def test_good_credentials_connect(self, link: Link) -> None:
        must(link.account.name.strip(), "the account has no name")
        again = link.connect()
        must(again.name == link.account.name, f"the account was {link.account.name!r}, and then {again.name!r}")

    @rule(
        "Wrong credentials are AuthenticationFailed.",
        hook="connect",
        remedy="Make one request that needs the credentials; raise AuthenticationFailed for a 401.",
        section="connecting",
    )
    def test_wrong_credentials_are_refused(self, link: Link) -> None:
        wrong = _wrong(link.counterpart, {field.name for field in link.kind.settings if field.secret})
        outcome = attempt(link.with_settings(wrong).connect)
        must(not outcome.returned, "connect answered an account for credentials that are wrong")
        must(isinstance(outcome.error, AuthenticationFailed), f"it raised {outcome}", error=outcome.error)

    @rule(
        "A credential that is proved wrong after it was right is refused, too.",
        hook="connect",
        remedy="Connect with the credentials that are entered, not with a session kept in call.memory.",
        section="connecting",
    )
    def test_a_credential_is_proved_anew_at_each_connection(self, link: Link) -> None:
        wrong = _wrong(link.counterpart, {field.name for field in link.kind.settings if field.secret})
        link.connect()
        revoked = link.with_settings(wrong).marketplace
        known = replace(link.marketplace, settings=revoked.settings, credentials=revoked.credentials)
        outcome = attempt(replace(link, marketplace=known).connect)
        must(isinstance(outcome.error, AuthenticationFailed), f"it {outcome}", error=outcome.error)

    @rule(
        "An address where there is no such marketplace is an error, never an account.",
        hook="connect",
        remedy="Check that the answer has the shape that only this marketplace's has.",
        section="connecting",
    )
    @pytest.mark.parametrize("fault", [NO_ROUTE, WEB_PAGE], ids=["not_found", "web_page"])
    def test_a_wrong_address_is_no_account(self, link: Link, fault: Any) -> None:
        link.proxy.order(fault)
        outcome = attempt(link.connect)
        must(isinstance(outcome.error, MarketplaceError), f"{fault.title}: it {outcome}")
        must(not outcome.fault, f"{fault.title}: it {outcome}", error=outcome.error)

    @rule(
        "The developer token connects where the kind takes it and no credential is entered.",
        hook="connect",
        remedy="Read credentials['api_key'], which the core fills with the token; or set developer_token=False.",
        section="connecting",
    )
    def test_the_developer_token_connects(self, link: Link) -> None:
        if not link.kind.capabilities.developer_token:
            pytest.skip("not offered: the kind takes no developer token")
        token = link.counterpart.settings.get("api_key")
        if not token:
            pytest.skip("not proved: the counterpart has no `api_key` among its settings")
        space = replace(link.bench.space, developer_token=Secret(token))
        bare = replace(link.with_settings(dict(link.counterpart.settings)).marketplace, credentials={})
        must(link.adapter.connect(bare, space).name == link.account.name, "the token leads to another account")
        proved = link.adapter.prove_developer_token(link.marketplace, space)
        must(proved.name == link.account.name, "the token leads to another account")

    @rule(
        "A free slug is not called taken, a taken one not free; the reason is a sentence.",
        hook="slug_available",
        remedy="Answer Availability(True), (False) or, where the marketplace cannot tell, (None), with a reason.",
        section="connecting",
    )
    def test_a_slug_is_free_until_it_is_taken(self, link: Link) -> None:
        payload = link.payload()
        before = link.slug_available(payload.slug)
        must(before.available is not False, f"the slug that nobody has is called taken: {before.reason}")
        must(before.reason.strip(), "there is no reason")
        link.create(payload)
        after = link.slug_available(payload.slug)
        must(after.available is not True, f"the slug of our listing is called free: {after.reason}")


def _wrong(counterpart: Counterpart, secret: set[str]) -> dict[str, Any]:
    if counterpart.wrong_settings is not None:
        return dict(counterpart.wrong_settings)
    if not secret & counterpart.settings.keys():
        pytest.skip("not proved: the counterpart has no credential among its settings")
    return {name: WRONG if name in secret else value for name, value in counterpart.settings.items()}
