"""The hub's API as a place to send requests to, wherever the person's address for it points."""

from typing import Any

from ...core.http import Answer, Client
from ...core.secrets import Secret
from .address import API, hub_root


class Api:
    """Sends requests to routes under ``/api/v1``; ``root`` is the hub's own address, for pages."""

    def __init__(self, http: Client) -> None:
        self._http = http
        self._prefix = "" if http.base_url.rstrip("/").endswith(API) else API
        self.root = hub_root(http.base_url)

    def send(self, method: str, route: str, *, auth: Secret | None = None, **sent: Any) -> Answer:
        """Send one request; what is raised is the HTTP client's."""
        return self._http.request(method, f"{self._prefix}{route}", auth=auth, **sent)
