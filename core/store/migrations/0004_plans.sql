-- Republishing and drift on publications; what readings of marketplaces left open; listings that a person ignores.

ALTER TABLE publication ADD COLUMN republish BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE publication ADD COLUMN retiring_remote_id TEXT;
ALTER TABLE publication ADD COLUMN retiring_remote_slug TEXT;
ALTER TABLE publication ADD COLUMN drift TEXT NOT NULL DEFAULT '{}';

CREATE TABLE plan (
    marketplace_id TEXT PRIMARY KEY REFERENCES marketplace (id) ON DELETE RESTRICT,
    read_at BIGINT,
    id TEXT,
    waiting TEXT,
    distrusted BOOLEAN NOT NULL
);

CREATE TABLE ignored (
    marketplace_id TEXT NOT NULL REFERENCES marketplace (id) ON DELETE RESTRICT,
    remote_id TEXT NOT NULL,
    slug TEXT NOT NULL,
    ignored_at BIGINT NOT NULL,
    PRIMARY KEY (marketplace_id, remote_id)
);
