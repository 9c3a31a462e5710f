-- How endpoints do: now, single readings for some days (an hour of them in a row), sums by the hour (a day of them in a
-- row) and by the day, and every change of state. Nothing refers to endpoints; what belongs to none is dropped later.

CREATE TABLE health (
    endpoint_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    since BIGINT,
    checked_at BIGINT,
    noted_at BIGINT,
    latency_ms DOUBLE PRECISION,
    message TEXT NOT NULL,
    leaning TEXT,
    turns BIGINT NOT NULL,
    recent TEXT NOT NULL,
    known TEXT NOT NULL,
    results TEXT NOT NULL
);

CREATE TABLE health_reading (
    endpoint_id TEXT NOT NULL,
    hour BIGINT NOT NULL,
    readings TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, hour)
);

CREATE INDEX health_reading_hour ON health_reading (hour);

CREATE TABLE health_day (
    endpoint_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    whole TEXT NOT NULL,
    hours TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, day)
);

CREATE INDEX health_day_day ON health_day (day);

CREATE TABLE health_change (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    since BIGINT,
    message TEXT NOT NULL
);

CREATE INDEX health_change_endpoint ON health_change (endpoint_id, at);
CREATE INDEX health_change_at ON health_change (at);
