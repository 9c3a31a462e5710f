-- Queries as they are counted: raw for some weeks, by the hour for a year; and what was not counted.
-- Nothing refers to endpoints or marketplaces: counts outlive both.

CREATE TABLE usage_event (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    endpoint_id TEXT NOT NULL,
    marketplace_id TEXT NOT NULL,
    person TEXT NOT NULL,
    country TEXT NOT NULL,
    status BIGINT NOT NULL,
    latency_ms DOUBLE PRECISION NOT NULL,
    cost TEXT NOT NULL,
    currency TEXT NOT NULL,
    denial TEXT NOT NULL,
    query_text TEXT NOT NULL
);

CREATE INDEX usage_event_at ON usage_event (at);
CREATE INDEX usage_event_endpoint ON usage_event (endpoint_id, at);

CREATE TABLE usage_hour (
    hour BIGINT NOT NULL,
    endpoint_id TEXT NOT NULL,
    marketplace_id TEXT NOT NULL,
    status BIGINT NOT NULL,
    denial TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    queries BIGINT NOT NULL,
    cost_whole BIGINT NOT NULL,
    cost_fraction BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id, hour, marketplace_id, status, denial, country, currency)
);

CREATE INDEX usage_hour_hour ON usage_hour (hour);

CREATE TABLE usage_latency (
    hour BIGINT NOT NULL,
    endpoint_id TEXT NOT NULL,
    marketplace_id TEXT NOT NULL,
    bound_ms BIGINT NOT NULL,
    queries BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id, hour, marketplace_id, bound_ms)
);

CREATE INDEX usage_latency_hour ON usage_latency (hour);

CREATE TABLE usage_person (
    day BIGINT NOT NULL,
    endpoint_id TEXT NOT NULL,
    marketplace_id TEXT NOT NULL,
    person TEXT NOT NULL,
    queries BIGINT NOT NULL,
    denied BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id, day, marketplace_id, person)
);

CREATE INDEX usage_person_day ON usage_person (day);

CREATE TABLE usage_writer (
    owner TEXT PRIMARY KEY,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    flushed BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    lost BIGINT NOT NULL
);

CREATE INDEX usage_writer_seen ON usage_writer (seen_at);
