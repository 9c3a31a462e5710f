"""API tokens: made once, shown once, kept as hashes."""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from ..errors import NotAllowed, NotFound
from ..events import note_token
from ..records import ApiToken
from ..schemas.token import TokenDraft
from ..secrets import Secret
from ..store import Store
from .codes import digest

PREFIX = "pub_"
_IMPLIED = {"admin": {"read", "publish", "admin"}, "publish": {"read", "publish"}, "read": {"read"}}
_NOTED_EVERY = timedelta(minutes=1)


class Tokens:
    """Makes, lists, revokes and checks API tokens."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def create(self, draft: TokenDraft) -> tuple[ApiToken, Secret]:
        """Make a token; the secret is returned here and never again."""
        secret = Secret(PREFIX + secrets.token_urlsafe(32))
        token = ApiToken(
            id=str(uuid.uuid4()),
            name=draft.name,
            prefix=secret.reveal()[:8],
            scopes=draft.scopes,
            created_at=self._clock(),
            expires_at=draft.expires_at,
        )
        with self._store.write():
            self._store.tokens.add(token, digest(secret.reveal()))
            note_token(self._store, token, "created", token.created_at)
        return token, secret

    def all(self) -> list[ApiToken]:
        """Return all tokens, revoked ones too."""
        with self._store.session():
            return self._store.tokens.all()

    def revoke(self, token_id: str) -> None:
        """Revoke a token by its id. Raises NotFound."""
        now = self._clock()
        with self._store.write():
            token = self._store.tokens.by_id(token_id)
            if token is None:
                raise _unknown(token_id)
            self._store.tokens.revoke(token_id, now)
            if token.revoked_at is None:
                note_token(self._store, token, "revoked", now)

    def get(self, token_id: str) -> ApiToken:
        """Return a token by its id, revoked ones too. Raises NotFound."""
        with self._store.session():
            token = self._store.tokens.by_id(token_id)
        if token is None:
            raise _unknown(token_id)
        return token

    def living(self, token_id: str) -> ApiToken | None:
        """Return the token by its id, unless it is revoked or expired or there is none."""
        with self._store.session():
            token = self._store.tokens.by_id(token_id)
        return token if token and _lives(token, self._clock()) else None

    def check(self, presented: str, scope: str) -> ApiToken:
        """Return the token that was presented, if it lives and has ``scope``. Raises NotAllowed."""
        now = self._clock()
        with self._store.session():
            token = self._store.tokens.by_digest(digest(presented)) if presented else None
            if token is None or not _lives(token, now):
                raise NotAllowed(
                    _refusal(presented, token),
                    remedy="`publicist token create NAME --scope SCOPE` makes a new one.",
                )
            if scope not in allowed_scopes(token):
                raise NotAllowed(f"This needs a token with the scope {scope!r}.", authenticated=True)
            if token.last_used_at is None or now - token.last_used_at > _NOTED_EVERY:
                self._store.tokens.used(token.id, now)
        return token


def allowed_scopes(token: ApiToken) -> set[str]:
    """Return every scope the token has, implied ones too: admin means publish, publish means read."""
    return set().union(*(_IMPLIED.get(scope, set()) for scope in token.scopes))


def _lives(token: ApiToken, now: datetime) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)


def _refusal(presented: str, token: ApiToken | None) -> str:
    if not presented:
        return "No API token was sent. Send it as `Authorization: Bearer <token>`."
    if token is None:
        return "The API token is not known here."
    return "The API token has been revoked." if token.revoked_at else "The API token has expired."


def _unknown(token_id: str) -> NotFound:
    return NotFound(f"There is no API token {token_id!r}.", remedy="`publicist token list` shows their ids.")
