"""What a hub is started with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Dialect = Literal["accounts", "satellites"]


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class HubSettings:
    """The settings of one hub; only the data directory has no default.

    Attributes:
        data_dir: where ``localhub.sqlite3`` lives; made when it is not there.
        dialect: ``accounts`` (one address per account, no ``/satellites``) or ``satellites`` (one per space).
        issuer: the ``iss`` of satellite tokens; it need not be the address by which the hub is called.
        monitor: whether a started hub runs its health monitor; a step can be made by hand all the same.
        monitor_seconds: the pause between two steps of the monitor.
        clock: the hub's only source of time (aware, UTC).
        access_seconds: how long a session's access token is good for.
        refresh_seconds: how long a session's refresh token is good for.
        satellite_seconds: how long a satellite token is good for.
        password_cost: scrypt's cost, a power of two from 128 up; a small one is for tests.
        open_signup: whether somebody on this machine may make an account; nobody else ever may.
        private_targets: whether the root proxy may forward to loopback and private addresses.
    """

    data_dir: Path
    dialect: Dialect = "accounts"
    issuer: str = "https://localhub.invalid"
    monitor: bool = True
    monitor_seconds: float = 30.0
    clock: Callable[[], datetime] = field(default=utc_now)
    access_seconds: int = 1800
    refresh_seconds: int = 7 * 86400
    satellite_seconds: int = 60
    password_cost: int = 2**14
    open_signup: bool = True
    private_targets: bool = True

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data_dir / "localhub.sqlite3"
