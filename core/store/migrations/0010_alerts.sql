-- Alerts: where notices go, when, what is not well, and the notices on their way.

CREATE TABLE alert_channel (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE alert_rule (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    trigger_kind TEXT NOT NULL,
    words TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    days BIGINT NOT NULL,
    endpoint_id TEXT,
    tag TEXT NOT NULL,
    remind_minutes BIGINT NOT NULL,
    channels TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE alert_episode (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL
);

CREATE TABLE alert_clock (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    lived DOUBLE PRECISION NOT NULL,
    groups_told TEXT NOT NULL
);

CREATE TABLE incident (
    id TEXT PRIMARY KEY,
    batch TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    trigger_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT NOT NULL
);

CREATE INDEX incident_opened ON incident (opened_at);
CREATE INDEX incident_batch ON incident (batch);
CREATE INDEX incident_open ON incident (opened_at) WHERE closed_at IS NULL;

CREATE TABLE alert_delivery (
    key TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    notice TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT,
    attempts BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    sent_at BIGINT,
    gave_up_at BIGINT,
    error TEXT NOT NULL,
    PRIMARY KEY (key, channel_id)
);

CREATE INDEX alert_delivery_due ON alert_delivery (channel_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alert_delivery_created ON alert_delivery (created_at);
