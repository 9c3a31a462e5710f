-- What people said of endpoints: by this space's own form (no marketplace), or on a marketplace.

CREATE TABLE feedback (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    marketplace_id TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    rating BIGINT,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    checked_at BIGINT,
    finding TEXT NOT NULL
);

CREATE UNIQUE INDEX feedback_remote ON feedback (marketplace_id, remote_id) WHERE marketplace_id <> '';
CREATE INDEX feedback_endpoint ON feedback (endpoint_id, at);
CREATE INDEX feedback_unchecked ON feedback (endpoint_id) WHERE kind = 'error_report' AND checked_at IS NULL;
