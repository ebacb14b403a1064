-- Counties that have certified, by name; that results are certified as a whole; calls.

-- One row a county and statement.
CREATE TABLE unit_certifications (
  statement      INTEGER NOT NULL REFERENCES statements (id),
  server         INTEGER NOT NULL REFERENCES servers (id),
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  unit           TEXT NOT NULL,            -- the county's FIPS code
  own            INTEGER NOT NULL,         -- 1: the county itself says so; 0: the source lists it
  taken_back     INTEGER NOT NULL,         -- 1: it is certified no more
  of             INTEGER,                  -- how many counties there are
  PRIMARY KEY (statement, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_certifications_by_source ON unit_certifications (server, contest, source, as_of);
CREATE INDEX unit_certifications_by_unit ON unit_certifications (server, contest, unit, as_of);

-- 1: it follows from a list of names, and is made anew when one of these is taken back.
ALTER TABLE certification_counts ADD COLUMN by_name INTEGER NOT NULL DEFAULT 0;

CREATE TABLE results_certifications (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id),
  server         INTEGER NOT NULL REFERENCES servers (id),
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  taken_back     INTEGER NOT NULL
) STRICT;
CREATE INDEX results_certifications_by_contest ON results_certifications (server, contest, as_of);

-- What callers have said, in order; nothing is overwritten.
CREATE TABLE calls (
  id             INTEGER PRIMARY KEY,
  server         INTEGER REFERENCES servers (id),  -- NULL: by a feed, which is shared
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  said_at        INTEGER NOT NULL,         -- when it came in
  statement      INTEGER REFERENCES statements (id),
  reading        INTEGER,
  pushed         INTEGER NOT NULL DEFAULT 0,  -- 1: the caller pushed it, and nobody of the staff has looked at it
  body           TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_contest ON calls (contest, source, as_of, id);
CREATE INDEX calls_of_statement ON calls (statement) WHERE statement IS NOT NULL;

-- Callers whose calls a server posts as their feeds show them.
CREATE TABLE repeated_callers (
  server         INTEGER NOT NULL REFERENCES servers (id),
  source         TEXT NOT NULL,
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;

-- The last post of a caller in a channel, which an un-call reaches back to; and of who certifies.
CREATE INDEX outbox_of_word ON outbox (channel, contest, source, kind, id)
  WHERE kind IN ('call', 'certified') AND action = 'post';
