-- What each incident has heard of an alert is a row of its own: what joins writes no more than itself. Their
-- records had all of it inside until here (see migrate.rs), and end with a further field.
CREATE TABLE alert (
  incident INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  fires INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (incident, fingerprint)
) STRICT, WITHOUT ROWID;

-- Whether an incident has to be in memory: more is to come of it than what its run does, or it is over before that
-- has ended. Of a run that waits for nothing but a time: its program, until when it waits, and the number of what it
-- asked for. Whoever loads the store reads no record of the others.
ALTER TABLE incident ADD COLUMN loud INTEGER NOT NULL DEFAULT 0;
UPDATE incident SET loud = 1 WHERE open = 1 OR id IN (SELECT owner FROM run WHERE kind = 0 AND ended = 0);
ALTER TABLE run ADD COLUMN program INTEGER;
ALTER TABLE run ADD COLUMN due INTEGER;
ALTER TABLE run ADD COLUMN ask INTEGER;
CREATE INDEX incident_loud ON incident (id, open) WHERE loud = 1;
