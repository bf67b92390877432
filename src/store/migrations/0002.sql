-- What has happened: the facts of each batch that had any, in two parts (see journal/encode.rs).
-- `personal` may be emptied and the rest still be read. `at` is the wall's time and `mono` that
-- since the machine was started, in milliseconds; `boot` says which start.
CREATE TABLE batch (
  number INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  mono INTEGER NOT NULL,
  boot TEXT NOT NULL,
  open BLOB NOT NULL,
  personal BLOB
) STRICT;

-- How many targets of the type; one is what was counted before.
ALTER TABLE target ADD COLUMN amount INTEGER NOT NULL DEFAULT 1;
