-- Announced maintenance: of one endpoint, or of all (no endpoint).

CREATE TABLE maintenance_window (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX maintenance_window_ends ON maintenance_window (ends_at);
