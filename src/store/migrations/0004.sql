-- Incidents and messages say more at the end of their records, and some facts have a newer version:
-- an earlier version of the tool cannot read them.

-- How long runs have waited for leave to change something, and for what they wait.
CREATE TABLE waiting (
  kind INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (kind, owner, ordinal)
) STRICT, WITHOUT ROWID;
