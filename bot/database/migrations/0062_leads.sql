-- Which source leads a contest in a server whose editors chose one; elsewhere the desk file's does.
CREATE TABLE leads (
  server         INTEGER NOT NULL REFERENCES servers (id),
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  set_by         TEXT NOT NULL,
  set_at         INTEGER NOT NULL,
  PRIMARY KEY (server, contest)
) STRICT, WITHOUT ROWID;

-- Of a post that says another source leads now: the reading of the one before that its channel was told last.
ALTER TABLE outbox ADD COLUMN was INTEGER;
