-- How the calls to each marketplace stand; and which marketplaces are being removed.

CREATE TABLE pacing (
    marketplace_id TEXT PRIMARY KEY REFERENCES marketplace (id) ON DELETE RESTRICT,
    breaker TEXT NOT NULL,
    failures BIGINT NOT NULL,
    openings BIGINT NOT NULL,
    open_since BIGINT,
    next_try BIGINT,
    blocked_until BIGINT,
    refused BOOLEAN NOT NULL,
    paid_until BIGINT,
    reports_paid_until BIGINT
);

INSERT INTO pacing (marketplace_id, breaker, failures, openings, refused)
SELECT id, 'closed', 0, 0, FALSE FROM marketplace;

ALTER TABLE marketplace ADD COLUMN removing BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX publication_lease ON publication (marketplace_id, lease_until) WHERE lease_until IS NOT NULL;
