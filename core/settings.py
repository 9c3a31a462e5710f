"""Settings, from the environment and an optional file; each is documented in ``docs/settings.md``.

The environment wins over ``publicist.toml`` in the data directory, which wins over the default here.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from .errors import ConfigurationError
from .secrets import Secret
from .space.deployment import AUTO, DEPLOYMENTS

PREFIX = "PUBLICIST_"
FILE_NAME = "publicist.toml"


_RANGES = {"event_retention_days": (1, 36_500), "backup_keep": (0, 1000), "backup_hour_utc": (0, 23)}
_RANGES["usage_retention_days"] = (1, 36_500)
_RANGES |= {"health_fails": (1, 10), "health_passes": (1, 10), "health_readings_days": (1, 90)}
_RANGES |= {"health_interval": (1, 3600)}
_RANGES |= {"check_interval": (10, 86_400), "check_deadline": (1, 60), "check_concurrency": (1, 1000)}
_RANGES |= {"isolate_memory": (0, 1_048_576)}
_RANGES |= {"alert_group_wait": (0, 3600), "alert_digest_hours": (1, 168)}
NO_SECRET = Secret("")
DATA_DIR = Path("./data")


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one process. ``help`` in each field's metadata is what the docs' table must say."""

    data_dir: Path = _setting(DATA_DIR, "Where the database, the key file and the backups live.")
    database_url: Secret = _setting(
        NO_SECRET,
        "A PostgreSQL URL (`postgresql://user:password@host/name`); empty means SQLite in the data directory.",
    )
    host: str = _setting("127.0.0.1", "The address `serve` listens on.")
    port: int = _setting(8080, "The port `serve` listens on.")
    public_url: str = _setting(
        "", "Where the world reaches this space; wins over the one entered in Settings, Network."
    )
    deployment: str = _setting(
        AUTO,
        "Where this space runs, if nothing is entered in Settings, Network: `localhost`, `vm`, `docker_vm` or `other`; "
        "`auto` looks at the machine.",
    )
    secret_key: Secret = _setting(
        NO_SECRET,
        "Fernet keys, newest first, separated by commas; empty means the key file in the data directory.",
    )
    plugins: str | None = _setting(
        None,
        "Names of third-party plugins to load, separated by commas; empty loads built-ins only; unset loads all.",
    )
    isolate: str = _setting(
        "*",
        "Which third-party plugins run in a process of their own: names, separated by commas; `*` all; `-name` all "
        "the same not (alone: all but that one); `none` none.",
    )
    isolate_memory: int = _setting(
        1024, "How many MiB of address space the process of a plugin gets, where the system bounds it; 0 does not."
    )
    executor: str = _setting(
        "", "Which executor of a plugin spreads due publications; empty works them in this process's own threads."
    )
    marketplace_files: str = _setting(
        "",
        "Further files and folders with descriptions of marketplaces, separated by commas, beside the folder "
        "`marketplaces` in the data directory.",
    )
    allow_private_networks: bool | None = _setting(
        None,
        "Whether marketplaces and backends may be on loopback or private addresses; "
        "unset allows it while `host` is a loopback address. Link-local addresses are never called.",
    )
    proxy: str = _setting(
        "", "An HTTP proxy for all outgoing calls; the environment's own proxy variables are not read."
    )
    ca_bundle: str = _setting("", "A file of CA certificates to trust instead of the bundled ones.")
    call_deadline: float = _setting(15.0, "Seconds after which one call to a marketplace is given up.")
    call_concurrency: int = _setting(32, "How many calls to marketplaces run at once in one process.")
    marketplace_rate: float = _setting(
        0.0, "The most calls a minute to one marketplace; 0 leaves it to the marketplace's kind."
    )
    marketplace_concurrency: int = _setting(
        0, "The most calls to one marketplace that are under way at once; 0 leaves it to the marketplace's kind."
    )
    fetch_deadline: float = _setting(
        60.0, "Seconds after which reading all listings of a marketplace is given up; at least `call_deadline`."
    )
    reconcile_interval: float = _setting(
        300.0, "Seconds between two readings of a marketplace that set right what has drifted."
    )
    health_interval: float = _setting(
        30.0,
        "The most seconds between two health reports to a marketplace; fewer where a report holds for less "
        "than thrice that.",
    )
    maintenance_health: str = _setting(
        "last", "What marketplaces are told of an endpoint in maintenance: `last`, how it was before, or `unknown`."
    )
    health_fails: int = _setting(3, "How many looks in a row must speak for a worse state before it is taken.")
    health_passes: int = _setting(
        2, "How many looks in a row must speak for a better state; more for an endpoint that keeps failing."
    )
    health_degraded_ms: float = _setting(
        5_000.0, "From how many milliseconds on a check that passes counts as degraded; 0 never."
    )
    health_degraded_query_ms: float = _setting(
        20_000.0, "The same for the check `query`, and for what 95 of 100 real queries take at most."
    )
    health_degraded_errors: float = _setting(
        0.2, "From which share of failed real queries on an endpoint counts as degraded; 0 never."
    )
    health_least_queries: int = _setting(10, "How many real queries there must be for them to count.")
    health_window: float = _setting(600.0, "Over how many seconds real queries are counted for that.")
    health_readings_days: int = _setting(3, "For how many days single health readings are kept; sums stay for 400.")
    check_interval: float = _setting(300.0, "Seconds between two looks at an endpoint; from 10.")
    check_deadline: float = _setting(10.0, "Seconds after which one check of an endpoint is given up.")
    check_concurrency: int = _setting(64, "How many checks one process runs at once.")
    health_sample_query: str = _setting(
        "What is this about?", "What an endpoint is asked to try its query path; empty asks nothing."
    )
    health_sample_models: bool = _setting(
        False, "Whether endpoints with a model are asked as well; their answers may cost money."
    )
    network_probes: str = _setting(
        "",
        "Where it is tried whether our own network is up when every endpoint fails: addresses or `host:port`, "
        "separated by commas; empty tries the marketplaces that are not on this machine.",
    )
    event_retention_days: int = _setting(400, "For how many days events are kept.")
    backup_keep: int = _setting(7, "How many nightly backups are kept; 0 makes none.")
    backup_hour_utc: int = _setting(3, "The hour of the day (0 to 23, UTC) from which the nightly backup is due.")
    query_deadline: float = _setting(25.0, "Seconds after which a query in words gets its answer or an error.")
    chat_deadline: float = _setting(110.0, "The same for a conversation (a list of messages).")
    query_max_bytes: int = _setting(1_048_576, "The largest body of a query, in bytes.")
    query_concurrency: int = _setting(24, "How many queries one process answers at once; the next are told to wait.")
    rate_limit_storage: Secret = _setting(
        NO_SECRET,
        "Where rate limits are counted: `memory://` (or empty) for one process, or a Redis URL "
        "(`redis://:password@host:6379/0`) that all processes share.",
    )
    trusted_proxy: str = _setting(
        "", "The address of a reverse proxy in front of this space, whose `X-Forwarded-For` is believed."
    )
    usage_retention_days: int = _setting(30, "For how many days single queries are kept; hourly counts stay for 400.")
    keep_query_text: bool = _setting(False, "Whether the text of queries is kept with them.")
    geoip_database: str = _setting(
        "", "A file of countries by address in MaxMind's format (`.mmdb`); without it every country is unknown."
    )
    metrics_public: bool = _setting(
        False, "Whether anybody may read `/metrics`; otherwise it takes an API token with the scope `read`."
    )
    alert_group_wait: float = _setting(
        30.0, "For how many seconds alerts of one rule are gathered before they are told together."
    )
    alert_digest_hours: float = _setting(
        6.0, "How many hours lie between two summaries of what keeps going bad and well again."
    )
    log_level: str = _setting("INFO", "The least severe level that is logged: DEBUG, INFO, WARNING or ERROR.")

    @property
    def private_networks_allowed(self) -> bool:
        """Whether loopback and private addresses may be called."""
        return is_loopback(self.host) if self.allow_private_networks is None else self.allow_private_networks

    @property
    def own_address(self) -> str:
        """Where this space is reached from the same machine."""
        host = self.host if is_loopback(self.host) else "127.0.0.1"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process.

    Args:
        environment: the variables to read instead of the process's own.

    Raises:
        ConfigurationError: a value does not fit, or the file names an unknown setting.
    """
    environment = os.environ if environment is None else environment
    data_dir = Path(environment.get(f"{PREFIX}DATA_DIR") or Settings().data_dir)
    values: dict[str, Any] = {**_from_file(data_dir / FILE_NAME), **_from_environment(environment)}
    settings = Settings(**{name: _convert(name, value) for name, value in values.items()} | {"data_dir": data_dir})
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(settings, name) <= most:
            raise ConfigurationError(f"{PREFIX}{name.upper()} must be from {least} to {most}.")
    return settings


def is_loopback(host: str) -> bool:
    """Whether ``host`` is a loopback address, or the name ``localhost``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    found = {item.name: environment.get(f"{PREFIX}{item.name.upper()}") for item in fields(Settings)}
    # PUBLICIST_PLUGINS= has a meaning of its own (built-ins only); any other empty variable is as good as unset.
    return {name: value for name, value in found.items() if value or (name == "plugins" and value is not None)}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error}") from error
    unknown = sorted(set(values) - {item.name for item in fields(Settings)})
    if unknown:
        raise ConfigurationError(f"{path.name} has unknown settings: {', '.join(unknown)}.")
    return values


def _convert(name: str, value: Any) -> Any:
    default = getattr(Settings(), name)
    try:
        if name == "deployment" and value not in (AUTO, *DEPLOYMENTS):
            raise ValueError(value)  # noqa: TRY301 - told like every other value that does not fit
        if name == "maintenance_health" and value not in ("last", "unknown"):
            raise ValueError(value)  # noqa: TRY301 - told like every other value that does not fit
        if name == "allow_private_networks" or isinstance(default, bool):
            return _boolean(value)
        if isinstance(default, Secret):
            return Secret(str(value))
        if isinstance(default, int | float | Path):
            return type(default)(value)
        return str(value).rstrip("/") if name == "public_url" else str(value)
    except ValueError as error:
        raise ConfigurationError(f"{PREFIX}{name.upper()} does not accept the value it has.") from error


def _boolean(value: Any) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if str(value).lower() not in words:
        raise ValueError(value)
    return words[str(value).lower()]
