-- Maintenance that recurs, and how calls to marketplaces ended, counted for the metrics.

CREATE TABLE maintenance_rule (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT,
    every TEXT NOT NULL,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE outcome_count (
    marketplace_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    outcome TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (marketplace_id, operation, outcome)
);
