-- What subscribed calendars last said of the entries that are theirs.
CREATE TABLE calendar_entries (
  server         INTEGER NOT NULL REFERENCES servers (id),
  calendar       TEXT NOT NULL,            -- its id in the desk file
  key            TEXT NOT NULL,            -- the event's UID; of a recurring one also when it was first meant for
  uid            TEXT NOT NULL,
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  said           TEXT NOT NULL,            -- the event as the calendar has it
  sequence       INTEGER NOT NULL,
  gone           INTEGER NOT NULL DEFAULT 0,  -- 1: it is not in the calendar any more
  PRIMARY KEY (server, calendar, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX calendar_entries_by_entry ON calendar_entries (entry);

-- Whether a server shows its schedule as scheduled events of its own.
ALTER TABLE servers ADD COLUMN mirrored INTEGER NOT NULL DEFAULT 0;
