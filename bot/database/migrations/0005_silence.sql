-- Judgement: what a source has left of late, what of its answers was refused, when it was silent, and where the desk
-- is ahead of the feeds.

ALTER TABLE series ADD COLUMN trail TEXT;  -- the numbers that the source has left within the hour; NULL: none

-- Parts of sources' answers that could not be taken in: each once, with its reason, the newest 200 of a source.
CREATE TABLE refusals (
  source         TEXT NOT NULL,
  why            TEXT NOT NULL,
  first_at       INTEGER NOT NULL,
  last_at        INTEGER NOT NULL,
  PRIMARY KEY (source, why)
) STRICT, WITHOUT ROWID;

-- Silences of sources as a channel was told of them: each once, and once when it is over. (Those that the desk saw
-- itself are in `silences`.)
CREATE TABLE source_silences (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id),
  channel        INTEGER NOT NULL,
  source         TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('unreached', 'unchanged')),
  since          INTEGER NOT NULL,         -- of the first failure; when the newest numbers came in
  told_at        INTEGER NOT NULL,
  ended_at       INTEGER
) STRICT;
CREATE UNIQUE INDEX source_silences_open ON source_silences (channel, source, kind) WHERE ended_at IS NULL;

-- Where the desk is ahead of the feeds: the newest figure that staff entered of each source and that no feed has had.
-- A feed that catches up is told as "now confirmed by", and the row is gone.
CREATE TABLE ahead (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,            -- whose word was entered
  count          TEXT NOT NULL,
  figure         TEXT NOT NULL CHECK (figure IN ('margin', 'total')),
  statement      INTEGER NOT NULL REFERENCES statements (id) ON DELETE CASCADE,
  PRIMARY KEY (follow, source, count, figure)
) STRICT, WITHOUT ROWID;

-- The entry of the desk that a post says is now confirmed. (`statement` is the entry that a post came of.)
ALTER TABLE outbox ADD COLUMN confirms INTEGER;
