"""The store: what publicist knows, kept in SQLite or PostgreSQL. It takes and gives records, never models."""

from pathlib import Path

from ..errors import ConfigurationError
from ..secrets import SecretBox
from ..settings import Settings
from .copies import copy_database
from .database import Connections, open_database
from .endpoints import EndpointTable
from .events import EventFilter, EventTable
from .feedback import FeedbackTable
from .idempotency import IdempotencyTable
from .maintenance import MaintenanceTable
from .marketplaces import MarketplaceTable
from .pacing import PacingTable
from .plans import PlanTable
from .processes import ProcessTable
from .publications import PublicationTable
from .settings import SettingTable
from .tokens import TokenTable
from .upgrade import migrate
from .usage import UNFIT, UsageTable, Writer
from .usage_counts import UsageCountTable

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
        self.pacing = PacingTable(database)
        self.plans = PlanTable(database)
        self.publications = PublicationTable(database)
        self.tokens = TokenTable(database)
        self.idempotency = IdempotencyTable(database)
        self.events = EventTable(database)
        self.processes = ProcessTable(database)
        self.feedback = FeedbackTable(database)
        self.maintenance = MaintenanceTable(database)
        self.usage = UsageTable(database)
        self.usage_counts = UsageCountTable(database)
        self.session = connections.session
        self.write = connections.write

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self._connections.is_sqlite else "postgresql"

    def copy_to(self, target: Path) -> None:
        """Copy the whole database to a file while it is in use. Raises ConfigurationError, on PostgreSQL always."""
        if not self._connections.is_sqlite:
            raise ConfigurationError(
                "This space is kept in PostgreSQL, which publicist does not back up.",
                remedy="Use pg_dump (and pg_restore), and keep the key file with the dump.",
            )
        copy_database(Path(self._connections.database.database), target)

    def shrink(self, pages: int) -> int:
        """Give up to ``pages`` unused pages of an SQLite file back to the disk; return how many are left."""
        if not self._connections.is_sqlite:
            return 0
        database = self._connections.database
        with self.session():
            # It gives a page back at each step, of which a plain execute takes only the first.
            database.connection().executescript(f"PRAGMA incremental_vacuum({pages:d})")
            return int(database.execute_sql("PRAGMA freelist_count").fetchone()[0])


def open_store(settings: Settings, box: SecretBox) -> Store:
    """Open the store that the settings name, brought to the newest version. Raises ConfigurationError."""
    connections = open_database(settings.data_dir, settings.database_url)
    migrate(connections, Path(settings.data_dir) / BACKUPS)
    return Store(connections, box)


__all__ = ["BACKUPS", "UNFIT", "EventFilter", "Store", "Writer", "open_store"]
