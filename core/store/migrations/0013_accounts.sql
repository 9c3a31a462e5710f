-- People who sign in, their sessions, invitations, and failed tries to sign in.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT
);

CREATE TABLE web_session (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    user_id TEXT,
    token_id TEXT,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    agent TEXT NOT NULL
);

CREATE INDEX web_session_user ON web_session (user_id);
CREATE INDEX web_session_token ON web_session (token_id);

CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    note TEXT NOT NULL,
    setup BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE TABLE sign_in_try (
    key TEXT PRIMARY KEY,
    fails BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
