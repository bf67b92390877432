-- Incidents, messages and storms say more at the end of their records, and lines of timelines can say more:
-- an earlier version of the tool cannot read them.

-- How far the clock has been set since the store began, in milliseconds, all steps together; and as far as
-- each run knows of it: its times are moved by the rest when it is next used.
ALTER TABLE meta ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;

-- The newest incident of a key is known in memory.
DROP INDEX incident_newest;
