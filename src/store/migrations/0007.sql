-- What each version of each runbook does that an agent on this store has had at work.
CREATE TABLE version (
  runbook TEXT NOT NULL,
  version TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (runbook, version)
) STRICT, WITHOUT ROWID;
