-- What questions are answered from at once, however much is stored; what was shared; and recount and majority lines.

-- How many changes with votes a series has had, up to and including this one.
ALTER TABLE changes ADD COLUMN batches INTEGER NOT NULL DEFAULT 0;
UPDATE changes SET batches = counted.batches FROM (
  SELECT c.reading, sum(c.moved) OVER (PARTITION BY r.series ORDER BY c.reading) AS batches
  FROM changes c JOIN readings r ON r.id = c.reading) AS counted
WHERE counted.reading = changes.reading;

-- Which changes moved a reporting unit's total, and by how much.
CREATE TABLE unit_changes (
  series         INTEGER NOT NULL,
  unit           TEXT NOT NULL,            -- as the source names it
  reading        INTEGER NOT NULL,
  votes          INTEGER NOT NULL,
  PRIMARY KEY (series, unit, reading)
) STRICT, WITHOUT ROWID;
-- (Of no units at all json_each makes a row too.)
INSERT INTO unit_changes (series, unit, reading, votes)
SELECT r.series, u.key, c.reading, u.value
FROM changes c JOIN readings r ON r.id = c.reading JOIN json_each(c.body, '$.units') u
WHERE u.key IS NOT NULL;

-- Ballots that somebody said are left, margins and totals, and who has to certify by when, among all the others.
CREATE INDEX statements_outstanding ON statements (server, contest, as_of)
  WHERE json_extract(body, '$.outstanding') IS NOT NULL;
CREATE INDEX statements_figures ON statements (server, contest, as_of)
  WHERE json_extract(body, '$.margin') IS NOT NULL OR json_extract(body, '$.total') IS NOT NULL;
CREATE INDEX schedule_entries_certifying ON schedule_entries (server, starts_at)
  WHERE json_extract(body, '$.certifies') IS NOT NULL;
CREATE INDEX certification_counts_by_source ON certification_counts (server, contest, source, as_of, statement);
-- What was dropped or ignored, newest first.
CREATE INDEX readings_unused ON readings (series, received_at) WHERE verdict IN ('ignored', 'dropped');

-- Answers that were put into a channel: each at most once.
CREATE TABLE shared_answers (
  message        INTEGER PRIMARY KEY,      -- Discord's id of the answer
  server         INTEGER NOT NULL REFERENCES servers (id),
  number         INTEGER NOT NULL          -- of the post
) STRICT;

-- Pictures of posts.
CREATE TABLE pictures (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id),
  png            BLOB NOT NULL,
  words          TEXT NOT NULL             -- what it shows, for who can't see it
) STRICT;
ALTER TABLE outbox ADD COLUMN picture INTEGER;

-- On which side of a contest's line a channel last knew the count to be.
CREATE TABLE lines_told (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  line           TEXT NOT NULL CHECK (line IN ('recount', 'majority')),
  inside         INTEGER NOT NULL,         -- recount: within the line; majority: the leader has it
  PRIMARY KEY (follow, line)
) STRICT, WITHOUT ROWID;

-- Who decided at a time.
CREATE INDEX audit_at ON audit (server, at);
