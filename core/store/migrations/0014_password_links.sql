-- A one-time link may also let somebody who has an account choose a new password.

ALTER TABLE invitation ADD COLUMN user_id TEXT;

CREATE INDEX invitation_user ON invitation (user_id);
