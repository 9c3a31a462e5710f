"""The backend kind ``http``: a service behind a URL.

Its health is what ``health_url`` answers; without one, whether a connection to ``url`` comes about. A request
to ``url`` itself could start work or cost money, so none is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from ...core.errors import MarketplaceError
from ...core.hookspecs import Call
from ...core.records import Backend, BackendHealth, BackendKind, Json, SettingField
from ...core.secrets import Secret
from .settings import WrongSetting, origin, read_address, read_names, read_seconds

KIND = BackendKind(
    name="http",
    title="HTTP service",
    description="A dataset or model that answers over HTTP.",
    settings=(
        SettingField("url", "URL", required=True, help="Where queries are sent."),
        SettingField(
            "health_url",
            "Health URL",
            help="Answers 2xx while the service is well; without it a connection to the URL is tried.",
        ),
        SettingField(
            "headers", "Headers", secret=True, help="Sent with each request, by name; values are never shown."
        ),
        SettingField("timeout", "Timeout", help="Seconds that an answer may take."),
        SettingField(
            "forward", "Fields", help="Names of the fields of a query to pass on; all usual ones if left out."
        ),
    ),
)


FIELDS = frozenset(
    {
        "correlation_id",
        "documents",
        "include_metadata",
        "limit",
        "max_tokens",
        "messages",
        "similarity_threshold",
        "stop_sequences",
        "stream",
        "temperature",
    }
)


@dataclass(frozen=True, slots=True)
class Service:
    """The settings, read. ``headers`` go to the origin of ``url`` only.

    ``timeout`` is in seconds; None leaves it to the call's deadline. ``forward`` names the fields of a query that are
    passed on; None means all.
    """

    url: str
    health_url: str
    headers: Mapping[str, Secret]
    timeout: float | None
    forward: frozenset[str] | None


def check(backend: Backend, call: Call) -> BackendHealth:
    """Return how the service was found; wrong settings are a finding too."""
    try:
        service = read_settings(backend.settings)
    except WrongSetting as error:
        return BackendHealth(ok=False, message=str(error))
    return _ask(service, call) if service.health_url else _connect(service, call)


def read_settings(settings: Mapping[str, Json]) -> Service:
    """Return the settings. Raises WrongSetting."""
    url = read_address(settings, "url")
    if not url:
        raise WrongSetting("The setting url is missing.")
    return Service(
        url,
        read_address(settings, "health_url"),
        _headers(settings.get("headers") or {}),
        read_seconds(settings, "timeout"),
        read_names(settings, "forward", FIELDS),
    )


def _headers(headers: Json) -> Mapping[str, Secret]:
    if not isinstance(headers, Mapping):
        raise WrongSetting("The setting headers must map names to values.")
    return {str(name): _header(str(name), value) for name, value in headers.items()}


def _header(name: str, value: Json) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise WrongSetting(f"The header {name} must have a text as its value.")
    return Secret(value)


def _ask(service: Service, call: Call) -> BackendHealth:
    started = perf_counter()
    try:
        answer = call.http.get(service.health_url, absolute=True, headers=_headers_for(service))
    except MarketplaceError as error:
        return BackendHealth(ok=False, message=error.message, reachable=error.answered)
    latency = (perf_counter() - started) * 1000
    return BackendHealth(answer.ok, f"{answer.url} answered {answer.status}.", latency)


def _connect(service: Service, call: Call) -> BackendHealth:
    try:
        latency = call.http.probe(service.url)
    except MarketplaceError as error:
        return BackendHealth(ok=False, message=error.message, reachable=error.answered)
    return BackendHealth(ok=True, message=f"{origin(service.url)} takes connections.", latency_ms=latency)


def _headers_for(service: Service) -> Mapping[str, Secret] | None:
    """Return the headers for the health URL: none when it is another place than the service itself."""
    same = origin(service.health_url) == origin(service.url)
    return service.headers if same and service.headers else None
