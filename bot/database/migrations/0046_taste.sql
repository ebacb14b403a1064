-- How a channel wants to be told of a contest; settings files that wait for their button.

ALTER TABLE follows ADD COLUMN taste TEXT;      -- as JSON; NULL: as everybody is told
ALTER TABLE outbox ADD COLUMN mention INTEGER;  -- the one role that the message mentions

CREATE TABLE imports (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id),
  begun_by       TEXT NOT NULL,
  begun_at       INTEGER NOT NULL,
  was            TEXT NOT NULL,            -- digest of the settings that the difference was shown against
  body           TEXT NOT NULL,            -- the settings, as in the file
  state          TEXT NOT NULL DEFAULT 'shown' CHECK (state IN ('shown', 'applied', 'dropped')),
  decided_by     TEXT
) STRICT;

-- Pages of who did what.
CREATE INDEX audit_by_server ON audit (server, id);
