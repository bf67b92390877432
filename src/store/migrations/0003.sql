-- Where changes are stopped but not everywhere, and storms; by kind and scope in words.
CREATE TABLE control (
  kind INTEGER NOT NULL,
  scope TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (kind, scope)
) STRICT, WITHOUT ROWID;
