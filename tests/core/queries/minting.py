"""A marketplace that mints satellite tokens, and what can be wrong with them."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from publicist.core.records import TokenIssuer

ISSUER = "https://hub.syft.com"


@cache
def signing_key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """The private key of that name, the same for the whole run: making one is slow."""
    return generate_private_key(65537, bits) if name else signing_key("first")


def jwk(key: RSAPrivateKey, kid: str, **changed: Any) -> dict[str, Any]:
    """The public half as a key set shows it."""
    numbers = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {"kty": "RSA", "n": numbers["n"], "e": numbers["e"], "kid": kid, "use": "sig", "alg": "RS256", **changed}


def encoded(value: Any) -> str:
    """A part of a token by hand."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Mint:
    """Mints tokens under one key and one name."""

    key: str = "first"
    kid: str = "hub-key-1"
    issuer: str = ISSUER
    audience: str = "ada"
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def private(self) -> RSAPrivateKey:
        return signing_key(self.key)

    @property
    def shown(self) -> TokenIssuer:
        """What the marketplace says of itself."""
        return TokenIssuer(self.issuer, (self.audience,), self.keys or {"keys": [jwk(self.private, self.kid)]})

    def claims(self, now: datetime, **changed: Any) -> dict[str, Any]:
        at = int(now.timestamp())
        claims = {"sub": "7", "iss": self.issuer, "aud": self.audience, "iat": at, "exp": at + 60, "role": "user"}
        return {name: value for name, value in {**claims, **changed}.items() if value is not None}

    def token(self, now: datetime, *, kid: str | None = None, **changed: Any) -> str:
        headers = {"kid": kid or self.kid}
        return jwt.encode(self.claims(now, **changed), self.private, algorithm="RS256", headers=headers)

    def unsigned(self, now: datetime) -> str:
        """A token with ``alg: none``, which says of itself that it needs no signature."""
        header = {"alg": "none", "typ": "JWT", "kid": self.kid}
        return f"{encoded(header)}.{encoded(self.claims(now))}."

    def by_public_key(self, now: datetime) -> str:
        """A token signed by HS256 with the public key for a secret: the key that everybody can read."""
        pem = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = f"{encoded({'alg': 'HS256', 'kid': self.kid})}.{encoded(self.claims(now))}"
        return f"{signed}.{encoded(hmac.digest(pem, signed.encode(), hashlib.sha256))}"

    def forged(self, now: datetime) -> str:
        """A token whose subject was changed after it was signed."""
        header, _, signature = self.token(now).split(".")
        return f"{header}.{encoded(self.claims(now, sub='1'))}.{signature}"
