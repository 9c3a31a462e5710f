"""The root proxy, ``POST /{owner}/{slug}``: carries a query to the space, without saying who asks."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, request

from .catalogue import listings
from .errors import plain
from .hub import current_hub, first
from .models import Endpoint, User
from .origins import is_tunnel
from .render import address_of, connect_url
from .sessions import optional_user

blueprint = Blueprint("proxy", __name__)
_SECONDS = {"data_source": 30}
_OTHER_SECONDS = 120
_CONNECT_SECONDS = 5
_MOST_BYTES = 16 * 2**20
_PIECE = 64 * 1024
_SAYINGS = {
    401: "The space did not accept the query without a token",
    402: "The space asks for a payment",
    404: "The space does not know this endpoint",
    429: "The space is asked too often",
}


@blueprint.post("/<username>/<slug>")
def carry(username: str, slug: str) -> Response:
    """Carry the JSON body and ``X-Tenant-Name`` to the space, and its answer back."""
    listing = _listing(username, slug)
    url = _target(listing, f"{username}/{slug}")
    if not current_hub().settings.private_targets and not _is_public(urlsplit(url).hostname or ""):
        raise plain(403, "Addresses of private networks are not called")
    payload = request.get_json(silent=True)
    if not isinstance(payload, dict):
        raise plain(400, "The query is no JSON object")
    status, text = _asked(url, payload, _SECONDS.get(listing.type, _OTHER_SECONDS))
    if status != requests.codes.ok:
        raise plain(status, _said(status, text))
    return Response(text, mimetype="application/json")


def _listing(username: str, slug: str) -> Any:
    named = (User.username == username.lower()) & (Endpoint.slug == slug) & User.is_active & Endpoint.is_active
    listing, viewer = first(listings().where(named)), optional_user()
    if listing is not None and viewer is None and listing.visibility != "public":
        raise plain(401, "Sign in to query this endpoint")
    if listing is None or (listing.visibility == "private" and viewer.id != listing.user_id):
        raise plain(404, "No such owner or endpoint")
    return listing


def _target(listing: Endpoint, name: str) -> str:
    hub = current_hub()
    address = address_of(listing, satellites=hub.has_satellites)
    if not address:
        lacks = "no serving space is registered" if hub.has_satellites else "its owner has no domain configured"
        raise plain(400, f"The endpoint '{name}' cannot be reached: {lacks}")
    if is_tunnel(address):
        raise plain(400, f"The endpoint '{name}' is reached through a tunnel, which this hub does not offer")
    connections = [one for one in listing.connect if one["enabled"]]
    if not connections:
        raise plain(400, f"The endpoint '{name}' has no connection that is enabled")
    base = connect_url("http", address, connections[0]["config"].get("url"))
    return f"{base}/api/v1/endpoints/{listing.slug}/query"


def _asked(url: str, payload: dict[str, Any], seconds: int) -> tuple[int, bytes]:
    tenant = request.headers.get("X-Tenant-Name")
    options: dict[str, Any] = {
        "headers": {"X-Tenant-Name": tenant} if tenant else {},
        "timeout": (_CONNECT_SECONDS, seconds),
        "allow_redirects": False,
        "stream": True,
    }
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the environment cannot reach a space on this machine
            with session.post(url, json=payload, **options) as answer:
                return answer.status_code, _read(answer)
    except requests.Timeout as error:
        raise plain(504, "The space did not answer in time") from error
    except requests.RequestException as error:
        raise plain(502, "The space cannot be reached") from error


def _read(answer: requests.Response) -> bytes:
    text = b""
    for piece in answer.iter_content(_PIECE):
        text += piece
        if len(text) > _MOST_BYTES:
            raise plain(502, "The space's answer is too large")
    return text


def _said(status: int, text: bytes) -> str:
    """Return a fixed sentence; of a 403 the space's own text is kept."""
    if status == requests.codes.forbidden:
        return text.decode(errors="replace")
    return _SAYINGS.get(status, f"The space answered {status}")


def _is_public(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(address[4][0]).is_global for address in found)
