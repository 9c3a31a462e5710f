"""The backend kind ``http``: a service behind a URL.

Its health is what ``health_url`` answers; without one, whether a connection to ``url`` comes about. A request
to ``url`` itself could start work or cost money, so none is made.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

from ...core.errors import MarketplaceError
from ...core.hookspecs import Call
from ...core.records import Backend, BackendHealth, BackendKind, Json, SettingField
from ...core.secrets import Secret
from .settings import WrongSetting

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
    ),
)
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Service:
    """The settings, read. ``headers`` go to the origin of ``url`` only."""

    url: str
    health_url: str
    headers: Mapping[str, Secret]


def check(backend: Backend, call: Call) -> BackendHealth:
    """Return how the service was found; wrong settings are a finding too."""
    try:
        service = read_settings(backend.settings)
    except WrongSetting as error:
        return BackendHealth(ok=False, message=str(error))
    return _ask(service, call) if service.health_url else _connect(service, call)


def read_settings(settings: Mapping[str, Json]) -> Service:
    """Return the settings. Raises WrongSetting."""
    url = _address(settings, "url")
    if not url:
        raise WrongSetting("The setting url is missing.")
    return Service(url, _address(settings, "health_url"), _headers(settings.get("headers") or {}))


def _address(settings: Mapping[str, Json], field: str) -> str:
    value = settings.get(field) or ""
    if not isinstance(value, str):
        raise WrongSetting(f"The setting {field} must be a text.")
    try:
        parts = urlsplit(value)
        sound = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if value and (not sound or re.search(r"[\s\x00-\x1f]", value)):
        raise WrongSetting(f"The setting {field} must be an http or https address.")
    return value


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
        return BackendHealth(ok=False, message=error.message)
    latency = (perf_counter() - started) * 1000
    return BackendHealth(answer.ok, f"{answer.url} answered {answer.status}.", latency)


def _connect(service: Service, call: Call) -> BackendHealth:
    try:
        latency = call.http.probe(service.url)
    except MarketplaceError as error:
        return BackendHealth(ok=False, message=error.message)
    return BackendHealth(ok=True, message=f"{_origin(service.url)} takes connections.", latency_ms=latency)


def _headers_for(service: Service) -> Mapping[str, Secret] | None:
    """Return the headers for the health URL: none when it is another place than the service itself."""
    same = _origin(service.health_url) == _origin(service.url)
    return service.headers if same and service.headers else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or DEFAULT_PORTS[parts.scheme]}"
