-- In a copy of the database, and nowhere else: when it was made, in microseconds of the wall clock. Whoever opens it
-- to run knows that time has passed, and that posts were made since that it does not know.
ALTER TABLE installation ADD COLUMN copied_at INTEGER;

-- Channels with posts that a restored copy does not know. No change is told there until a notice has said so.
CREATE TABLE restored_channels (
  channel        INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id),
  restored_at    INTEGER NOT NULL,
  wall_copied    INTEGER NOT NULL,         -- when the copy was made
  posts          INTEGER NOT NULL,         -- how many there are; 0: the channel's history can't be read
  first_number   INTEGER,
  last_number    INTEGER
) STRICT;
