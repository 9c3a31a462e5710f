-- What was done, by whom; and which processes use this database.

CREATE TABLE event (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    endpoint_id TEXT,
    marketplace_id TEXT,
    what TEXT NOT NULL,
    before_digest TEXT,
    after_digest TEXT,
    outcome TEXT NOT NULL
);

CREATE INDEX event_at ON event (at);
CREATE INDEX event_endpoint ON event (endpoint_id, at);
CREATE INDEX event_marketplace ON event (marketplace_id, at);

CREATE TABLE process (
    owner TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    host TEXT NOT NULL,
    data_dir TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
