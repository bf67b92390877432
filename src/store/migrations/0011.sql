-- How far the due times of each schedule have been dealt with.
CREATE TABLE schedule (
  runbook TEXT NOT NULL,
  schedule TEXT NOT NULL,
  zone TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (runbook, schedule, zone)
) STRICT, WITHOUT ROWID;
