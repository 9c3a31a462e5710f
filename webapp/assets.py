"""The files of the pages: named with a digest so that browsers keep them for good, and sent compressed."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
"""What is sent, by the ending of its name; other files of the folder are not."""

_FOR_GOOD = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


@blueprint.get("/assets/<digest>/<path:name>", endpoint="file")
def send(digest: str, name: str) -> Response:
    """Return a file; one that is asked for by another digest than its own may not be kept."""
    path = safe_join(str(FOLDER), name)
    if path is None or Path(path).suffix not in TYPES or not Path(path).is_file():
        raise NotFound
    body, packed = _read(path)
    takes_gzip = bool(request.accept_encodings["gzip"])
    response = Response(packed if takes_gzip else body, content_type=TYPES[Path(path).suffix])
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOR_GOOD if digest == _digest(path) else "no-cache"
    return response


def url(name: str) -> str:
    """Return the address of a file of the folder."""
    return url_for("assets.file", digest=_digest(str(FOLDER / name)), name=name)


@cache
def _read(path: str) -> tuple[bytes, bytes]:
    body = Path(path).read_bytes()
    return body, gzip.compress(body, 9, mtime=0)


@cache
def _digest(path: str) -> str:
    return hashlib.sha256(_read(path)[0]).hexdigest()[:12]
