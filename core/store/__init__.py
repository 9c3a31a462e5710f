"""The store: what publicist knows, kept in SQLite or PostgreSQL. It takes and gives records, never models."""

from pathlib import Path

from ..errors import ConfigurationError
from ..secrets import SecretBox
from ..settings import Settings
from .accounts import AccountTable
from .alerts import AlertTable
from .checks import CheckTable
from .copies import copy_database
from .database import Connections, open_database
from .deliveries import DeliveryTable
from .endpoints import EndpointTable
from .events import EventFilter, EventTable
from .feedback import FeedbackTable
from .gauges import GaugeTable
from .health import HealthTable
from .idempotency import IdempotencyTable
from .invitations import InvitationTable
from .looks import LookTable
from .maintenance import MaintenanceTable
from .marketplaces import MarketplaceTable
from .overview import OverviewTable
from .pacing import PacingTable
from .plans import PlanTable
from .processes import ProcessTable
from .public import PublicEndpoint, PublicTable
from .publications import PublicationTable
from .runner_signs import RunnerSignTable
from .settings import SettingTable
from .sign_in_tries import SignInTryTable
from .tokens import TokenTable
from .upgrade import migrate, misfit
from .usage import UNFIT, UsageTable, Writer
from .usage_counts import UsageCountTable
from .web_sessions import WebSessionTable

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
        self.accounts = AccountTable(database)
        self.web_sessions = WebSessionTable(database)
        self.invitations = InvitationTable(database)
        self.sign_in_tries = SignInTryTable(database)
        self.idempotency = IdempotencyTable(database)
        self.events = EventTable(database)
        self.processes = ProcessTable(database)
        self.runner_signs = RunnerSignTable(database)
        self.feedback = FeedbackTable(database)
        self.maintenance = MaintenanceTable(database)
        self.checks = CheckTable(database, box)
        self.looks = LookTable(database)
        self.gauges = GaugeTable(database)
        self.public = PublicTable(database)
        self.overview = OverviewTable(database)
        self.health = HealthTable(database)
        self.usage = UsageTable(database)
        self.usage_counts = UsageCountTable(database)
        self.alerts = AlertTable(database, box)
        self.deliveries = DeliveryTable(database)
        self.session = connections.session
        self.write = connections.write

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return "sqlite" if self._connections.is_sqlite else "postgresql"

    def misfit(self) -> str:
        """Return what is wrong with the version of the database, in words; nothing if it is this publicist's."""
        with self.session():
            return misfit(self._connections)

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
    applied, store = migrate(connections, Path(settings.data_dir) / BACKUPS), Store(connections, box)
    if applied:
        with store.write():
            store.endpoints.fill_held()
    return store


__all__ = ["BACKUPS", "UNFIT", "EventFilter", "PublicEndpoint", "Store", "Writer", "open_store"]
