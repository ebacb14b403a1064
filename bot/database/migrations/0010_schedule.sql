-- The schedule: entries with ids that are never given twice, since buttons carry them; their reminders as rows; what was
-- changed and why; what waits for somebody's Save.

CREATE TABLE schedule_new (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  server         INTEGER NOT NULL REFERENCES servers (id),
  channel        INTEGER,                  -- where it is told; NULL: in the channels that follow its contest
  starts_at      INTEGER NOT NULL,         -- derived from the wall time and zone in the body
  body           TEXT NOT NULL,            -- the event: wall time and zone, kind, title, place, status
  leads          TEXT,                     -- minutes before it at which it is spoken of, as JSON; NULL: by the desk file
  entered_by     TEXT NOT NULL,
  entered_at     INTEGER NOT NULL
) STRICT;
INSERT INTO schedule_new (id, server, starts_at, body, entered_by, entered_at)
  SELECT id, server, starts_at, body, entered_by, entered_at FROM schedule_entries;
DROP TABLE schedule_entries;
ALTER TABLE schedule_new RENAME TO schedule_entries;
CREATE INDEX schedule_entries_by_time ON schedule_entries (server, starts_at);
CREATE INDEX schedule_entries_that_certify ON schedule_entries (server, starts_at)
  WHERE body ->> 'certifies' IS NOT NULL;
CREATE INDEX schedule_deadlines ON schedule_entries (server, starts_at)
  WHERE body ->> 'kind' IN ('deadline', 'certification');

-- When each entry is spoken of. A row that was posted stays, so that nothing is posted twice.
CREATE TABLE reminders (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL,
  person         INTEGER NOT NULL DEFAULT 0,  -- by direct message to this Discord user; 0: to the channels
  lead           INTEGER NOT NULL,         -- minutes before; 0: at its time
  wall           TEXT NOT NULL,            -- the wall time that it speaks of
  due_at         INTEGER NOT NULL,         -- derived from it
  state          TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'posted', 'missed', 'untold')),
                                           -- missed: too late; untold: there was nobody to tell
  done_at        INTEGER,                  -- when it was no longer pending
  UNIQUE (entry, person, lead, due_at)
) STRICT;
CREATE INDEX reminders_due ON reminders (state, due_at);
CREATE INDEX reminders_missed ON reminders (done_at) WHERE state = 'missed';

-- Who is reminded by direct message, and how long before.
CREATE TABLE personal_leads (
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  person         INTEGER NOT NULL,
  lead           INTEGER NOT NULL,         -- minutes before; 0: at its time
  asked_at       INTEGER NOT NULL,
  PRIMARY KEY (entry, person, lead)
) STRICT, WITHOUT ROWID;

-- What was played back to somebody and waits for their Save.
CREATE TABLE proposals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  server         INTEGER NOT NULL REFERENCES servers (id),
  person         INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  entry          INTEGER,                  -- which it changes; NULL: a new one
  body           TEXT NOT NULL,
  done           TEXT                      -- what became of it; NULL: nothing yet
) STRICT;
CREATE INDEX proposals_by_server ON proposals (server, at);

-- An entry's audit rows are its history.
ALTER TABLE audit ADD COLUMN entry INTEGER;
CREATE INDEX audit_of_entry ON audit (entry) WHERE entry IS NOT NULL;

ALTER TABLE outbox ADD COLUMN event INTEGER;      -- the schedule's entry that it tells of
ALTER TABLE outbox ADD COLUMN reminder INTEGER;   -- the reminder that it is
ALTER TABLE outbox ADD COLUMN since INTEGER;      -- the audit row of the first change of the entry that it tells
CREATE INDEX outbox_of_event ON outbox (event, channel, id) WHERE event IS NOT NULL;

-- By which lead times and zone rules the pending reminders were derived; NULL: by none yet.
ALTER TABLE installation ADD COLUMN derived_by TEXT;
