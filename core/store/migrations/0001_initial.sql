-- Portable between SQLite and PostgreSQL. Times are microseconds since 1970 (UTC); JSON is text.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    sealed BOOLEAN NOT NULL
);

CREATE TABLE endpoint (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    summary TEXT NOT NULL,
    description TEXT NOT NULL,
    tags TEXT NOT NULL,
    version TEXT NOT NULL,
    visibility TEXT NOT NULL,
    response_type TEXT NOT NULL,
    published BOOLEAN NOT NULL,
    dataset TEXT,
    model TEXT,
    policies TEXT NOT NULL,
    category TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);

CREATE TABLE marketplace (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    settings TEXT NOT NULL,
    credentials TEXT NOT NULL,
    sync_policy TEXT NOT NULL,
    status TEXT NOT NULL,
    status_cause TEXT,
    status_reason TEXT,
    status_since BIGINT NOT NULL,
    account TEXT,
    capabilities TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE memory (
    marketplace_id TEXT NOT NULL REFERENCES marketplace (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (marketplace_id, name)
);

CREATE TABLE publication (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES endpoint (id) ON DELETE RESTRICT,
    marketplace_id TEXT NOT NULL REFERENCES marketplace (id) ON DELETE RESTRICT,
    wanted TEXT NOT NULL,
    wanted_rev BIGINT NOT NULL,
    status TEXT NOT NULL,
    remote_id TEXT,
    remote_slug TEXT,
    remote_url TEXT NOT NULL,
    confirmed_digest TEXT,
    listed_as TEXT NOT NULL,
    active BOOLEAN,
    published_at BIGINT,
    verified_at BIGINT,
    attempts BIGINT NOT NULL,
    due_at BIGINT,
    lease_owner TEXT,
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    intent_operation TEXT,
    intent_rev BIGINT,
    intent_digest TEXT,
    intent_at BIGINT,
    outcome_unknown BOOLEAN NOT NULL,
    unknown_since BIGINT,
    gave_up BOOLEAN NOT NULL,
    error_cause TEXT,
    error_message TEXT,
    error_remedy TEXT,
    message TEXT NOT NULL,
    by_person BOOLEAN NOT NULL,
    UNIQUE (endpoint_id, marketplace_id)
);

CREATE INDEX publication_due ON publication (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX publication_marketplace ON publication (marketplace_id, status);

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE idempotency (
    id TEXT PRIMARY KEY,
    request_digest TEXT NOT NULL,
    status BIGINT,
    answer TEXT,
    created_at BIGINT NOT NULL
);
