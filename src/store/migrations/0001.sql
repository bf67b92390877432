-- What is asked for has a column; everything else of a record is in its blob (see record.rs).
-- Times are milliseconds since 1970. What is old and not needed is taken away by retain.rs.

-- One row: what the store is, who owns it, whether all changes are stopped.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 0),
  name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  hold BLOB
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  name TEXT NOT NULL,
  disposition BLOB NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX event_by_name ON event (name, at);

CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY,
  record BLOB NOT NULL
) STRICT;

CREATE TABLE holding (
  event INTEGER NOT NULL,
  runbook TEXT NOT NULL,
  trigger INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (event, runbook, trigger)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  runbook TEXT NOT NULL,
  key TEXT NOT NULL,
  opened INTEGER NOT NULL,
  open INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX incident_by_key ON incident (runbook, key, opened);
CREATE INDEX incident_newest ON incident (runbook, key, id);
CREATE INDEX incident_open ON incident (id) WHERE open = 1;

CREATE TABLE entry (
  incident INTEGER NOT NULL,
  number INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (incident, number)
) STRICT, WITHOUT ROWID;

-- `kind` is 0 for a run of an incident and 1 for one of a debt; `owner` is the incident or the debt.
-- The states are apart, so that a walk over all runs that live does not read past them.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  record BLOB NOT NULL,
  UNIQUE (kind, owner, ordinal)
) STRICT;
CREATE INDEX run_live ON run (kind, owner, ordinal) WHERE ended = 0;
CREATE TABLE run_state (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  state BLOB NOT NULL
) STRICT;

CREATE TABLE program (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  artefact BLOB NOT NULL
) STRICT;

-- `state` is 0 for open, 1 for applied, 2 for not applied, 3 for unknown, 4 for broke, 5 for a record that could
-- not be read.
CREATE TABLE intent (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  state INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX intent_of_run ON intent (kind, owner, ordinal);
CREATE INDEX intent_unknown ON intent (id) WHERE state = 3;

-- The types that an intent to do something changes.
CREATE TABLE target (
  intent INTEGER NOT NULL REFERENCES intent (id),
  type TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (intent, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_by_type ON target (type, at);

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  due INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX message_due ON message (id) WHERE due = 1;

CREATE TABLE debt (
  id INTEGER PRIMARY KEY,
  owed INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX debt_owed ON debt (id) WHERE owed = 1;
