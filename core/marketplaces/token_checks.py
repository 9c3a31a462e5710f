"""What marketplaces said of the developer token, kept in the store."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from ..errors import MarketplaceError, PluginFault, PublicistError
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..records import Account, Marketplace, Space
from ..store import Store
from .connection import Verdict

KEY = "developer_token_checks"
"""The setting under which they are kept; a changed token clears it."""

Outcome = Account | MarketplaceError


class TokenChecks:
    """Takes notice of tested connections. Only marketplaces that somebody has connected are ever asked."""

    def __init__(self, store: Store, plugins: Plugins, adapter: Adapter, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._plugins = plugins
        self._adapter = adapter
        self._clock = clock

    def takes(self, marketplace: Marketplace) -> bool:
        """Return whether the marketplace is in use and its kind takes developer tokens."""
        return marketplace.status != "disabled" and self._plugins.capabilities(marketplace).developer_token

    def follow(self, marketplace: Marketplace, space: Space, outcome: Outcome) -> None:
        """Take notice that a connection was tested; where that was with another credential, try the token as well.

        Call it outside any transaction.
        """
        if space.developer_token is None or not self.takes(marketplace):
            return
        found = self._prove(marketplace, space) if marketplace.credentials else outcome
        ok = isinstance(found, Account)
        reason = "" if isinstance(found, Account) else f"{found.message} {found.remedy}"
        tunnel = found.tunnel_domain if isinstance(found, Account) else ""
        self._keep(marketplace, space, Verdict(ok, reason, self._clock(), tunnel))

    def verdicts(self) -> Mapping[str, Verdict]:
        """Return what was said of the present token, by marketplace id."""
        with self._store.session():
            return _read(self._store.settings.get(KEY))

    def _prove(self, marketplace: Marketplace, space: Space) -> Outcome:
        try:
            return self._adapter.prove_developer_token(marketplace, space)
        except MarketplaceError as error:
            return error
        except PublicistError as error:
            return PluginFault(error.message, remedy=error.remedy)

    def _keep(self, marketplace: Marketplace, space: Space, verdict: Verdict) -> None:
        with self._store.write():
            if self._store.settings.secret("developer_token") != space.developer_token:
                return  # it was changed while the marketplace was asked: this is about the former one
            kept = {**_read(self._store.settings.get(KEY)), marketplace.id: verdict}
            there = {item.id for item in self._store.marketplaces.all()}
            self._store.settings.set(KEY, _written({id_: one for id_, one in kept.items() if id_ in there}))


def _read(text: str) -> dict[str, Verdict]:
    kept = json.loads(text or "{}")
    return {
        id_: Verdict(one["ok"], one["reason"], datetime.fromisoformat(one["at"]), one["tunnel_domain"])
        for id_, one in kept.items()
    }


def _written(verdicts: Mapping[str, Verdict]) -> str:
    return json.dumps(
        {
            id_: {"ok": one.ok, "reason": one.reason, "at": one.at.isoformat(), "tunnel_domain": one.tunnel_domain}
            for id_, one in verdicts.items()
        }
    )
