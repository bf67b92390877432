-- What each incident has heard of an alert is a row of its own: what joins writes no more than itself. Their
-- records had all of it inside until here (see migrate.rs), and end with a further field.
CREATE TABLE alert (
  incident INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  fires INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (incident, fingerprint)
) STRICT, WITHOUT ROWID;
