-- What decides which rows a start reads is written so that no two values of it are one bit apart: a wrong bit makes a row
-- read that was not asked for, and its record says what is. Where yes and no are asked for, yes is 3; a change that
-- took effect is 5, that did not 6, that broke 9, and one that could not be read 10. One that has begun is 0 as before,
-- one of which nobody knows 3.
DROP INDEX incident_open;
DROP INDEX incident_loud;
DROP INDEX run_live;
DROP INDEX message_due;
DROP INDEX debt_owed;
DROP INDEX intent_unknown;
UPDATE incident SET open = open * 3, loud = loud * 3;
UPDATE run SET ended = ended * 3;
UPDATE message SET due = due * 3;
UPDATE debt SET owed = owed * 3;
UPDATE intent SET state = CASE state WHEN 1 THEN 5 WHEN 2 THEN 6 WHEN 4 THEN 9 WHEN 5 THEN 10 ELSE state END;
CREATE INDEX incident_open ON incident (id) WHERE open <> 0;
CREATE INDEX incident_loud ON incident (id, open) WHERE loud <> 0;
CREATE INDEX run_live ON run (kind, owner, ordinal) WHERE ended <> 3;
CREATE INDEX message_due ON message (id) WHERE due <> 0;
CREATE INDEX debt_owed ON debt (id) WHERE owed <> 0;
-- What has begun and has no outcome is found by itself: no other row has to say that it is there.
CREATE INDEX intent_unsettled ON intent (id) WHERE state NOT IN (5, 6, 9, 10);
