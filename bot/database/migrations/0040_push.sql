-- What sources pushed of late, by the id that each push carries, so that none is taken in twice and a repeat gets the
-- same answer. A row is written in the transaction that stores what the push caused. No secret is in it.
CREATE TABLE pushes (
  source         TEXT NOT NULL,
  id             TEXT NOT NULL,            -- the push's own (webhook-id)
  digest         BLOB NOT NULL,            -- of where it went and of its body: an id comes with one of each
  status         INTEGER NOT NULL,         -- what it was answered
  answer         TEXT NOT NULL,
  wall_at        INTEGER NOT NULL,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushes_by_time ON pushes (wall_at);
