"""Settings, Network: where this space runs, how it is reached, and whether its developer token is accepted."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..hosting.manager import Plugins
from ..http import Deadline, Sessions
from ..marketplaces.connection import judge
from ..marketplaces.marketplaces import Marketplaces
from ..marketplaces.token_checks import TokenChecks
from ..parallel import for_all
from ..records import AddressCheck, Marketplace, NetworkView
from ..settings import Settings
from .address_check import check_address
from .deployment import proposed_url
from .network import has_public_address, publishes_afar, token_needed
from .spaces import Spaces


class SpaceNetwork:
    """Shows and changes the network settings, and tries them."""

    def __init__(
        self,
        settings: Settings,
        plugins: Plugins,
        spaces: Spaces,
        marketplaces: Marketplaces,
        checks: TokenChecks,
        sessions: Sessions,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._plugins = plugins
        self._spaces = spaces
        self._marketplaces = marketplaces
        self._checks = checks
        self._sessions = sessions
        self._clock = clock

    def view(self) -> NetworkView:
        """Return all there is to show. Nobody is asked."""
        space, places = self._spaces.current(), self._in_use()
        source, deployment = self._spaces.deployment()
        afar = any(publishes_afar(item.url, self._plugins.capabilities(item)) for item in places)
        need = token_needed(space.deployment, public_address=has_public_address(space), afar=afar)
        takers = [item for item in places if self._checks.takes(item)]
        entered = space.developer_token is not None
        return NetworkView(
            space=space,
            deployment_source=source,
            deployment_reason=deployment.reason,
            proposed_public_url=proposed_url(self._spaces.detected, self._settings.port),
            token=need,
            connection=judge(need, takers, self._checks.verdicts(), entered=entered),
        )

    def change(self, patch: Mapping[str, Any]) -> NetworkView:
        """Change what is given (see :meth:`Spaces.change`); have a changed developer token validated.

        It is validated by the marketplaces that take one, each of which somebody has connected. It is saved whatever
        they say: :attr:`NetworkView.connection` tells.
        """
        self._spaces.change(patch)
        if "developer_token" in patch:
            for_all(self._try_token, [item for item in self._in_use() if self._checks.takes(item)])
        return self.view()

    def check_address(self) -> AddressCheck:
        """Call the public URL from here, and tell who answers."""
        space = self._spaces.current()
        deadline = Deadline.after(self._settings.call_deadline)
        return check_address(space, self._sessions.client("public-url", space.public_url, deadline), self._clock())

    def _try_token(self, marketplace: Marketplace) -> None:
        self._marketplaces.test(marketplace.id)

    def _in_use(self) -> list[Marketplace]:
        return [item for item in self._marketplaces.all() if item.status != "disabled"]
