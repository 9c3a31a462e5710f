"""Who publishes: accounts, their tokens, their satellites; loaded here and nowhere else."""

import base64
import binascii
import re

from .fields import Base, Choice, Flag, Identifier, Items, Moment, Text, refuse
from .origins import LONGEST as LONGEST_URL
from .origins import origin, profile_domain

SCOPES = ("read", "write", "full")
_SHORTEST_PASSWORD = 8
_KEY_BYTES = 32
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _username(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise refuse("value_error", "A user name has letters, digits, '_' and '-' only")
    return text.lower()


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise refuse("value_error", "This is no e-mail address")
    return text.lower()


def _password(text: str) -> str:
    if len(text) < _SHORTEST_PASSWORD:
        raise refuse("value_error", f"A password has at least {_SHORTEST_PASSWORD} characters")
    if not any(letter.isalpha() for letter in text):
        raise refuse("value_error", "A password has at least one letter")
    if not any(digit.isdigit() for digit in text):
        raise refuse("value_error", "A password has at least one digit")
    return text


def _public_key(text: str) -> str:
    try:
        size = len(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise refuse("value_error", "The key is not base64url") from error
    if size != _KEY_BYTES:
        raise refuse("value_error", f"The key has {_KEY_BYTES} bytes, not {size}")
    return text


class Registration(Base):
    """``POST /auth/register``."""

    username = Text(_username, low=3, high=50, required=True)
    email = Text(_email, required=True)
    full_name = Text(low=1, high=100, required=True)
    password = Text(_password, required=True)


class Login(Base):
    """The form of ``POST /auth/login``."""

    username = Text(required=True)
    password = Text(required=True)


class Refresh(Base):
    """``POST /auth/refresh``."""

    refresh_token = Text(required=True)


class PasswordChange(Base):
    """``PUT /auth/me/password``."""

    current_password = Text(required=True)
    new_password = Text(_password, required=True)


class EmailOnly(Base):
    """The two calls that would send a code."""

    email = Text(_email, required=True)


class Code(EmailOnly):
    """The two calls that take a code; this hub sends none, so none is ever right."""

    code = Text(low=6, high=6, required=True)


class NewToken(Base):
    """``POST /auth/tokens``. Whether ``expires_at`` lies ahead is for the route, which knows the time."""

    name = Text(low=1, high=100, required=True)
    scopes = Items(Choice(SCOPES), load_default=lambda: ["full"])
    expires_at = Moment(allow_none=True, load_default=None)


class TokenName(Base):
    """``PATCH /auth/tokens/{id}``."""

    name = Text(low=1, high=100, required=True)


class Profile(Base):
    """``PUT /users/me``. Only registration checks the alphabet of a user name."""

    username = Text(str.lower, low=3, high=50, allow_none=True)
    email = Text(_email, allow_none=True)
    full_name = Text(low=1, high=100, allow_none=True)
    avatar_url = Text(high=500, allow_none=True)
    domain = Text(profile_domain, high=LONGEST_URL, allow_none=True)
    aggregator_url = Text(high=500, allow_none=True)
    bio = Text(high=2000, allow_none=True)
    is_email_public = Flag(allow_none=True)
    is_active = Flag(allow_none=True)
    wallet_address = Text(high=42, allow_none=True)


class EncryptionKey(Base):
    """``PUT /nats/encryption-key``."""

    encryption_public_key = Text(_public_key, required=True)


class NewSatellite(Base):
    """``POST /satellites``."""

    kind = Choice(("space", "station"), required=True)
    base_url = Text(origin, required=True)


class SatelliteMove(Base):
    """``PUT /satellites/{id}``."""

    base_url = Text(origin, required=True)


class SatelliteChoice(Base):
    """The query of ``POST /endpoints`` on a hub with satellites."""

    satellite_id = Identifier(load_default=None)


class Verify(Base):
    """``POST /verify``."""

    token = Text(required=True)


class SatelliteVerify(Verify):
    """The same on a hub with satellites."""

    satellite_id = Identifier(allow_none=True, load_default=None)


class Audience(Base):
    """The query of ``GET /token`` on a hub without satellites."""

    aud = Text(required=True)


class Destination(Base):
    """The query of ``GET /token`` on a hub with satellites; ``aud`` is the older way."""

    aud = Text(load_default="")
    owner_username = Text(load_default="")
    resource = Text(load_default="")
