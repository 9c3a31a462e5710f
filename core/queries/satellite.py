"""Satellite tokens: what a marketplace's signature must hold for before a person is believed. Pure.

A sound token is a JSON Web Token (RFC 7519) signed with RS256 by a key that the marketplace shows, for this space, by
the issuer that the marketplace names, and neither old nor from the future. Everything that the token itself says is
doubted: it chooses neither the algorithm nor the key's type, and no key travels in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

from ..errors import NotAuthenticated
from ..records import TokenIssuer

ALGORITHM = "RS256"
LONGEST = 8192
"""Bytes of a token; SyftHub's have about 600."""
SKEW = 30.0
"""Seconds by which the marketplace's clock and ours may differ."""
MOST_KEYS = 64
LEAST_BITS, MOST_BITS = 2048, 8192
_END = 253_402_300_800
"""The year 10,000 in seconds since the epoch, which no date reaches."""

Claims = Mapping[str, Any]
Vouching = TypeVar("Vouching")

# A payload may be nested deeper than the parser goes, or hold a number that it does not take.
_UNREADABLE = (jwt.InvalidTokenError, ValueError, RecursionError)

# Expiry, audience and issuer are compared below: the clock is the caller's, and each failure has a word of its own.
_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_NOTHING: Options = {**_SIGNATURE_ONLY, "verify_signature": False}


def read_header(token: str) -> str:
    """Return the id (``kid``) of the key that the token says it was signed with.

    Raises NotAuthenticated: ``malformed``, or ``invalid_algorithm`` for anything but RS256, ``none`` among it.
    """
    if len(token) > LONGEST or not token.isascii():
        raise _malformed()
    try:
        header = jwt.get_unverified_header(token)
    except _UNREADABLE as error:
        raise _malformed() from error
    if header.get("alg") != ALGORITHM:
        raise NotAuthenticated(f"The token is not signed with {ALGORITHM}.", reason="invalid_algorithm")
    kid = header.get("kid")
    if "crit" in header or not isinstance(kid, str) or not kid:
        raise _malformed()
    return kid


def read_claims(token: str) -> Claims:
    """Return what the token claims, proved by nothing yet. Raises NotAuthenticated as :func:`read_header`."""
    return _read(token)[1]


# A token is read several times on its way, and comes with every query of its minute.
@lru_cache(maxsize=512)
def _read(token: str) -> tuple[str, Claims]:
    """Return the id of the token's key and what it claims, both as it says."""
    kid = read_header(token)
    try:
        claims = jwt.decode(token, options=_NOTHING)
    except _UNREADABLE as error:
        raise _malformed() from error
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
    names = [claims.get("sub"), claims.get("iss"), *_audiences(claims)]
    if not all(_is_time(time) for time in times) or not all(map(_is_name, names)):
        raise _malformed()
    return kid, claims


def verify(token: str, issuers: Sequence[tuple[Vouching, TokenIssuer]], now: datetime) -> tuple[Vouching, Claims]:
    """Return which of ``issuers`` vouches by the token, and the token's claims.

    Several may bear the same issuer's name, and then it is the audience and the signature that tell them apart.

    Raises:
        NotAuthenticated: ``malformed``, ``invalid_algorithm``, ``invalid_issuer``, ``audience_mismatch``,
            ``unknown_key``, ``invalid_signature``, ``token_expired`` or ``not_yet_valid``.
    """
    kid, claims = _read(token)
    by_name = [one for one in issuers if one[1].issuer and one[1].issuer == claims["iss"]]
    if not by_name:
        raise NotAuthenticated("No marketplace that lists this endpoint issued the token.", reason="invalid_issuer")
    for_us = [one for one in by_name if set(one[1].audiences) & set(_audiences(claims))]
    if not for_us:
        raise NotAuthenticated("The token is not meant for this space.", reason="audience_mismatch")
    keys = [(vouching, key) for vouching, issuer in for_us for key in _keys(issuer.keys, kid)]
    if not keys:
        raise NotAuthenticated("The token names a key that its marketplace does not have.", reason="unknown_key")
    signed = next((vouching for vouching, key in keys if _signed(token, key)), None)
    if signed is None:
        raise NotAuthenticated("The token was not signed by its marketplace.", reason="invalid_signature")
    _check_times(claims, now)
    return signed, claims


def expiry(claims: Claims) -> datetime:
    """Return when the token ends."""
    return datetime.fromtimestamp(claims["exp"], UTC)


def _check_times(claims: Claims, now: datetime) -> None:
    seconds = now.timestamp()
    if seconds >= claims["exp"] + SKEW:
        raise NotAuthenticated("The token has expired.", reason="token_expired")
    if max(claims["iat"], claims.get("nbf", claims["iat"])) > seconds + SKEW:
        raise NotAuthenticated("The token is from the future.", reason="not_yet_valid")


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _END


def _is_name(value: object) -> bool:
    """Whether it is a text that can be written down, which one with half of a surrogate pair cannot."""
    return isinstance(value, str) and value != "" and not any("\ud800" <= char <= "\udfff" for char in value)


def _audiences(claims: Claims) -> list[Any]:
    named = claims.get("aud")
    return (list(named) or [None]) if isinstance(named, list) else [named]


@lru_cache(maxsize=512)
def _signed(token: str, key: tuple[str, str]) -> bool:
    try:
        jwt.decode(token, _public_key(*key) or "", algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except _UNREADABLE:
        return False
    return True


def _keys(key_set: Mapping[str, Any], kid: str) -> Iterator[tuple[str, str]]:
    """Give modulus and exponent of the keys of that id that may sign a token; a set can hold others, and two alike."""
    listed = key_set.get("keys")
    for jwk in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        if isinstance(jwk, Mapping) and jwk.get("kid") == kid and _may_sign(jwk):
            key = jwk["n"], jwk["e"]
            if _public_key(*key) is not None:
                yield key


def _may_sign(jwk: Mapping[str, Any]) -> bool:
    uses = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("kty") == "RSA"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", ALGORITHM) == ALGORITHM
        and isinstance(uses, list)
        and "verify" in uses
        and "d" not in jwk
        and all(isinstance(jwk.get(part), str) for part in ("n", "e"))
    )


@lru_cache(maxsize=256)
def _public_key(modulus: str, exponent: str) -> RSAPublicKey | None:
    """Return the key, or None for one that is none, or too weak to prove anything."""
    if len(modulus) > MOST_BITS // 6 + 3 or len(exponent) > len("AQAB") + 4:
        return None
    try:
        key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent})
    except (jwt.InvalidKeyError, ValueError):
        return None
    strong = isinstance(key, RSAPublicKey) and LEAST_BITS <= key.key_size <= MOST_BITS
    return key if strong and isinstance(key, RSAPublicKey) else None


def _malformed() -> NotAuthenticated:
    return NotAuthenticated("The token is not one that a marketplace makes.", reason="malformed")
