"""Who is asking: API tokens as bearer tokens, and sessions kept in the store, of which a browser has the key."""

import ipaddress
from functools import partial
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, request, session

from ..core.errors import NotAllowed
from ..core.identity.codes import new_code
from ..core.identity.throttle import KNOWN_FOR
from ..core.records import ApiToken, User, Visitor
from ..core.secrets import Secret
from ..core.services import Services
from .agents import browser_name

_KEY = "key"
_MARK_LENGTH = 43


def bearer() -> str:
    """Return the bearer token that was sent, or an empty string."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def sign_in(services: Services, name: str, password: str) -> User:
    """Begin a session for whoever has this name and password. Raises NotAllowed, and TooManyTries."""
    user = services.accounts.check(name, Secret(password), address(services), browser_mark())
    sign_in_as(services, user)
    return user


def sign_in_as(services: Services, user: User) -> None:
    """Begin a session for a user who has proved who they are; the browser is known as theirs from now on."""
    mark = browser_mark() or new_code().reveal()
    services.accounts.recognise(user, mark)
    after_this_request(partial(_mark_browser, mark))
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


def address(services: Services) -> str:
    """Return the address that the request comes from; nothing where it tells nobody from others.

    A reverse proxy that is not trusted to say for whom it asks is on this machine or near it, and lends all visitors
    its own address: what one of them fails at must not be held against the rest.
    """
    given = request.remote_addr or ""
    try:
        telling = bool(services.settings.trusted_proxy) or ipaddress.ip_address(given).is_global
    except ValueError:
        return given
    return given if telling else ""


def browser_mark() -> str:
    """Return the mark that this browser was given when somebody signed in with it; empty when it has none."""
    mark = request.cookies.get(_mark_name(), "")
    return mark if len(mark) == _MARK_LENGTH else ""


def require_same_origin(public_url: str) -> None:
    """Refuse a form that another site's page sent. Raises NotAllowed.

    Browsers send ``Sec-Fetch-Site`` to https and to this machine, and ``Origin`` with every form, old ones at least
    ``Referer``; what sends none of them is no browser, and holds no session.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise _foreign()
    origin = request.headers.get("Origin", request.headers.get("Referer"))
    if origin is not None and not _is_own(origin, public_url):
        raise _foreign()


def _hold(services: Services, key: Secret) -> None:
    """Give the browser the key, in a cookie of its own; a session that it had before ends."""
    former = visitor(services)
    session.clear()
    session[_KEY] = key.reveal()
    if former:
        services.web_sessions.end(former)


def _is_own(origin: str, public_url: str) -> bool:
    """Tell whether a page of ``origin`` is this space's; where https is known to be spoken, http could be anybody."""
    scheme, netloc = _split(origin)
    public = _split(public_url)
    if netloc and netloc == public[1]:
        return scheme == public[0] or public[0] != "https"
    return scheme in {"http", "https"} and netloc == request.host


def _split(url: str) -> tuple[str, str]:
    try:
        split = urlsplit(url)
    except ValueError:
        return "", ""
    return split.scheme, split.netloc


def _mark_browser(mark: str, response: Response) -> Response:
    config = current_app.config
    response.set_cookie(
        _mark_name(),
        mark,
        max_age=KNOWN_FOR,
        httponly=True,
        samesite=config["SESSION_COOKIE_SAMESITE"],
        secure=config["SESSION_COOKIE_SECURE"],
    )
    return response


def _mark_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_browser"


def _foreign() -> NotAllowed:
    return NotAllowed(
        "The form was sent from another site's page.",
        authenticated=True,
        remedy="Open this space's own page and send the form from there.",
    )
