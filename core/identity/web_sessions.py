"""Who is signed in: sessions that are kept here, of which a browser holds a random key."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from ..actors import acting_as
from ..events import note_token
from ..records import ApiToken, Role, User, Visitor, WebSession
from ..secrets import Secret
from ..store import Store
from .codes import digest, new_code
from .tokens import Tokens, allowed_scopes

IDLE = timedelta(hours=12)
"""For how long a session lasts that nobody uses."""

LONGEST = timedelta(days=30)
_NOTED_EVERY = timedelta(minutes=5)
_LONGEST_AGENT = 200


class WebSessions:
    """Begins, finds and ends sessions. One ends at once with the account or the API token that it stands for."""

    def __init__(self, store: Store, tokens: Tokens, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock

    def begin(self, user: User, agent: str) -> Secret:
        """Return the key of a new session of a user."""
        return self._begin(user.id, None, agent)

    def begin_with_token(self, token: ApiToken, agent: str) -> Secret:
        """Return the key of a new session of somebody who showed an API token."""
        key = self._begin(None, token.id, agent)
        with acting_as("token", token.name), self._store.write():
            note_token(self._store, token, "signed_in", self._clock())
        return key

    def visitor(self, key: str) -> Visitor | None:
        """Return who holds this key, or None when the session, the account or the token is there no more."""
        if not key:
            return None
        now = self._clock()
        with self._store.session():
            session = self._store.web_sessions.by_digest(digest(key))
            if session is None or now - session.seen_at > IDLE or now - session.created_at > LONGEST:
                return None
            found = self._by_token(session) if session.token_id else self._by_user(session)
            if found and now - session.seen_at > _NOTED_EVERY:
                self._store.web_sessions.seen(session.id, now)
        return found

    def end(self, visitor: Visitor) -> None:
        """End one session."""
        with self._store.write():
            self._store.web_sessions.end(visitor.session_id)

    def end_all(self, visitor: Visitor) -> int:
        """End all sessions of the visitor, this one too; return how many."""
        with self._store.write():
            table = self._store.web_sessions
            return table.end_of_token(visitor.id) if visitor.kind == "token" else table.end_of_user(visitor.id)

    def of(self, visitor: Visitor) -> list[WebSession]:
        """Return the sessions of the visitor that last, the one used last first."""
        now, table = self._clock(), self._store.web_sessions
        with self._store.session():
            found = table.of_token(visitor.id) if visitor.kind == "token" else table.of_user(visitor.id)
        return [each for each in found if now - each.seen_at <= IDLE and now - each.created_at <= LONGEST]

    def _begin(self, user_id: str | None, token_id: str | None, agent: str) -> Secret:
        key, now = new_code(), self._clock()
        session = WebSession(str(uuid.uuid4()), user_id, token_id, now, now, agent[:_LONGEST_AGENT])
        with self._store.write():
            self._store.web_sessions.prune(now - IDLE, now - LONGEST)
            self._store.web_sessions.add(session, digest(key.reveal()))
        return key

    def _by_user(self, session: WebSession) -> Visitor | None:
        user = self._store.accounts.by_id(session.user_id or "")
        return Visitor(session.id, user.name, user.role, "user", user.id) if user else None

    def _by_token(self, session: WebSession) -> Visitor | None:
        token = self._tokens.living(session.token_id or "")
        return Visitor(session.id, token.name, _role(token), "token", token.id) if token else None


def _role(token: ApiToken) -> Role:
    scopes = allowed_scopes(token)
    return "owner" if "admin" in scopes else "publisher" if "publish" in scopes else "viewer"
