-- Added checks, and whose turn each endpoint's look is.

CREATE TABLE added_check (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX added_check_name ON added_check (endpoint_id, name);

CREATE TABLE look (
    endpoint_id TEXT PRIMARY KEY,
    due_at BIGINT,
    looked_at BIGINT,
    asked TEXT,
    owner TEXT,
    until BIGINT
);
