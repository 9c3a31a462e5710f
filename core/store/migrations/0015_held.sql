-- What each endpoint would be listed as, and which listings show something else, so that the database can count those that
-- wait for a republish. Both are filled in when the space is opened, for they are made of what is encrypted here.

ALTER TABLE endpoint ADD COLUMN held TEXT NOT NULL DEFAULT '{}';
ALTER TABLE publication ADD COLUMN outdated BOOLEAN NOT NULL DEFAULT FALSE;
