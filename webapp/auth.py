"""Who is asking: API tokens as bearer tokens, and sign-in sessions that stand for one."""

from urllib.parse import urlsplit

from flask import request, session

from ..core.errors import NotAllowed
from ..core.records import ApiToken, Role, Visitor
from ..core.services import Services
from ..core.tokens import allowed_scopes

_TOKEN = "token_id"  # noqa: S105  (the name of a field in the session, not a token)


def bearer() -> str:
    """Return the bearer token that was sent, or an empty string."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def sign_in(services: Services, presented: str) -> ApiToken:
    """Begin a session for the token that was presented. Raises NotAllowed when it is not good.

    The session holds the token's id only, and ends with it.
    """
    token = services.tokens.check(presented.strip(), "read")
    session.clear()
    session[_TOKEN] = token.id
    return token


def sign_out() -> None:
    """End the session."""
    session.clear()


def signed_in(services: Services) -> ApiToken | None:
    """Return the token of the session, or None when there is none or the token is revoked or expired."""
    token_id = session.get(_TOKEN)
    return services.tokens.living(token_id) if token_id else None


def visitor(services: Services) -> Visitor | None:
    """Return who is signed in, or None."""
    token = signed_in(services)
    if token is None:
        return None
    scopes = allowed_scopes(token)
    role: Role = "owner" if "admin" in scopes else "publisher" if "publish" in scopes else "viewer"
    return Visitor(token.id, token.name, role, "token")


def require_same_origin(public_url: str) -> None:
    """Refuse a form that another site's page sent. Raises NotAllowed.

    Browsers send ``Sec-Fetch-Site`` to https and to this machine, and ``Origin`` with every form; what sends
    neither is no browser, and holds no session.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise _foreign()
    if origin is not None and _netloc(origin) not in {request.host, _netloc(public_url)} - {""}:
        raise _foreign()


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _foreign() -> NotAllowed:
    return NotAllowed(
        "The form was sent from another site's page.",
        authenticated=True,
        remedy="Open this space's own page and send the form from there.",
    )
