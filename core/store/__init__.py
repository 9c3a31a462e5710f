"""The store: what publicist knows, kept in SQLite or PostgreSQL. It takes and gives records, never models."""

from pathlib import Path

from ..secrets import SecretBox
from ..settings import Settings
from .database import Connections, open_database
from .endpoints import EndpointTable
from .idempotency import IdempotencyTable
from .marketplaces import MarketplaceTable
from .publications import PublicationTable
from .settings import SettingTable
from .tokens import TokenTable
from .upgrade import migrate

BACKUPS = "backups"


class Store:
    """All tables of one space.

    Methods of the tables run one statement each and may be called anywhere inside ``session()``; what must happen
    together is wrapped in ``write()``. No transaction is ever open while a marketplace is called.
    """

    def __init__(self, connections: Connections, box: SecretBox) -> None:
        self._connections = connections
        database = connections.database
        self.settings = SettingTable(database, box)
        self.endpoints = EndpointTable(database, box)
        self.marketplaces = MarketplaceTable(database, box)
        self.publications = PublicationTable(database)
        self.tokens = TokenTable(database)
        self.idempotency = IdempotencyTable(database)
        self.session = connections.session
        self.write = connections.write

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self._connections.is_sqlite else "postgresql"


def open_store(settings: Settings, box: SecretBox) -> Store:
    """Open the store that the settings name, brought to the newest version. Raises ConfigurationError."""
    connections = open_database(settings.data_dir, settings.database_url)
    migrate(connections, Path(settings.data_dir) / BACKUPS)
    return Store(connections, box)
