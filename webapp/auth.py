"""Who is asking: API tokens as bearer tokens, and sessions kept in the store, of which a browser has the key."""

from urllib.parse import urlsplit

from flask import request, session

from ..core.errors import NotAllowed
from ..core.records import ApiToken, User, Visitor
from ..core.secrets import Secret
from ..core.services import Services
from .agents import browser_name

_KEY = "key"


def bearer() -> str:
    """Return the bearer token that was sent, or an empty string."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def sign_in(services: Services, name: str, password: str) -> User:
    """Begin a session for whoever has this name and password. Raises NotAllowed, and TooManyTries."""
    user = services.accounts.check(name, Secret(password), address())
    sign_in_as(services, user)
    return user


def sign_in_as(services: Services, user: User) -> None:
    """Begin a session for a user who has proved who they are."""
    _hold(services, services.web_sessions.begin(user, browser_name(request.user_agent.string)))


def sign_in_with_token(services: Services, presented: str) -> ApiToken:
    """Begin a session for the API token that was presented. Raises NotAllowed when it is not good.

    The session ends with the token.
    """
    token = services.tokens.check(presented.strip(), "read")
    _hold(services, services.web_sessions.begin_with_token(token, browser_name(request.user_agent.string)))
    return token


def sign_out(services: Services) -> None:
    """End the session."""
    found = visitor(services)
    session.clear()
    if found:
        services.web_sessions.end(found)


def visitor(services: Services) -> Visitor | None:
    """Return who is signed in, or None."""
    key = session.get(_KEY)
    return services.web_sessions.visitor(key) if isinstance(key, str) else None


def address() -> str:
    """Return the address that the request comes from."""
    return request.remote_addr or ""


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


def _hold(services: Services, key: Secret) -> None:
    """Give the browser the key, in a cookie of its own; a session that it had before ends."""
    former = visitor(services)
    session.clear()
    session[_KEY] = key.reveal()
    if former:
        services.web_sessions.end(former)


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
