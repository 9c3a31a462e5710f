"""The keys a hub signs with: one secret for sessions, one RSA pair for satellite tokens."""

import json
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from .database import Database
from .models import HubKey

KEY_ID = "hub-key-1"
_EXPONENT, _BITS = 65537, 2048


@dataclass(frozen=True)
class Keys:
    """The keys of one database; each is made when it is first asked for, once for all processes."""

    database: Database

    @cached_property
    def session_secret(self) -> str:
        """The secret under which session tokens are signed (HS256)."""
        return self._kept("session") or self._keep("session", secrets.token_hex(32))

    @cached_property
    def signing_key(self) -> RSAPrivateKey:
        """The private key under which satellite tokens are signed (RS256)."""
        pem = self._kept(KEY_ID) or self._keep(KEY_ID, _fresh_pem())
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"the stored key {KEY_ID} is no RSA key")
        return key

    @cached_property
    def key_set(self) -> dict[str, Any]:
        """The public half, as a JSON Web Key Set."""
        numbers = json.loads(RSAAlgorithm.to_jwk(self.signing_key.public_key()))
        public = {name: numbers[name] for name in ("kty", "n", "e")}
        return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def _kept(self, name: str) -> str | None:
        row = self.database.first(HubKey.select().where(HubKey.name == name))
        return row.value if row else None

    def _keep(self, name: str, value: str) -> str:
        """Store ``value`` unless another process was quicker; return what is stored."""
        with self.database.write():
            found = self._kept(name)
            if found is None:
                self.database.run(HubKey.insert(name=name, value=value))
        return found or value


def _fresh_pem() -> str:
    key = generate_private_key(_EXPONENT, _BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
