-- Times are whole microseconds since 1970 in UTC. Of the news clock, unless the name says `wall`.
-- Rows that are written for every reading (readings, changes, told, outbox) name others without REFERENCES:
-- one transaction of one method writes them together, and checking cost a third of it. A test checks instead.
-- A `server` is a Discord server: what staff enter belongs to one; what feeds say is shared (NULL).

CREATE TABLE installation (
  one            INTEGER PRIMARY KEY CHECK (one = 1),
  id             TEXT NOT NULL,            -- in every nonce; made once
  commands       TEXT                      -- digest of the slash commands that Discord has
) STRICT;
INSERT INTO installation (one, id) VALUES (1, lower(hex(randomblob(5))));

CREATE TABLE servers (
  id             INTEGER PRIMARY KEY,      -- Discord's
  next_number    INTEGER NOT NULL DEFAULT 1,
  desk_role      INTEGER,                  -- who may write; NULL: who may manage the server
  left_at        INTEGER
) STRICT;

-- One source's word on one count of one contest: what readings are compared within, and never across.
CREATE TABLE series (
  id             INTEGER PRIMARY KEY,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  count          TEXT NOT NULL,
  accepted       INTEGER,                  -- the newest accepted reading
  leader         TEXT,                     -- who led at it, remembered through ties
  changed_at     INTEGER,                  -- as of when votes last changed
  checked_at     INTEGER,                  -- when the source was last asked; NULL: never
  UNIQUE (contest, source, count)
) STRICT;

CREATE TABLE readings (
  id             INTEGER PRIMARY KEY,
  series         INTEGER NOT NULL,
  as_of          INTEGER NOT NULL,
  received_at    INTEGER NOT NULL,
  verdict        TEXT NOT NULL CHECK (verdict IN ('accepted', 'held', 'ignored', 'dropped')),
  reason         TEXT,                     -- why it was held, ignored or dropped
  body           TEXT NOT NULL             -- the reading, as in the contract
) STRICT;
CREATE INDEX readings_accepted ON readings (series, as_of, id) WHERE verdict = 'accepted';
-- A feed that shows an old reading at every fetch leaves one row of it.
CREATE UNIQUE INDEX readings_ignored ON readings (series, as_of) WHERE verdict = 'ignored';

-- What an accepted reading did to the count.
CREATE TABLE changes (
  reading        INTEGER PRIMARY KEY,
  before         INTEGER,
  kind           TEXT NOT NULL,
  leader         TEXT NOT NULL,
  margin         INTEGER,
  moved          INTEGER NOT NULL,         -- 1: votes moved
  body           TEXT NOT NULL             -- the change, as in the contract
) STRICT;

CREATE TABLE holds (
  id             INTEGER PRIMARY KEY,
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL REFERENCES readings (id),
  reason         TEXT NOT NULL,
  since          INTEGER NOT NULL,
  deadline       INTEGER NOT NULL,         -- put before the desk if nothing has settled it by then
  told           INTEGER NOT NULL DEFAULT 0,  -- 1: the desk has been told
  contradicted   INTEGER NOT NULL DEFAULT 0,  -- 1: the source has shown something else since
  settled_at     INTEGER,
  outcome        TEXT
) STRICT;
CREATE UNIQUE INDEX holds_open ON holds (series) WHERE settled_at IS NULL;
CREATE INDEX holds_by_series ON holds (series, settled_at);

CREATE TABLE statements (
  id             INTEGER PRIMARY KEY,
  server         INTEGER REFERENCES servers (id),
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  entered_at     INTEGER NOT NULL,
  body           TEXT NOT NULL
) STRICT;
CREATE INDEX statements_by_time ON statements (contest, as_of);

CREATE TABLE certification_counts (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id),
  server         INTEGER REFERENCES servers (id),
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  done           INTEGER NOT NULL,
  of             INTEGER
) STRICT;
CREATE INDEX certification_counts_by_time ON certification_counts (contest, as_of);

CREATE TABLE schedule_entries (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id),
  starts_at      INTEGER NOT NULL,         -- derived from the wall time and zone in the body
  body           TEXT NOT NULL,            -- the event: wall time and zone, kind, title, place, status
  entered_by     TEXT NOT NULL,
  entered_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_entries_by_time ON schedule_entries (server, starts_at);

CREATE TABLE rundowns (
  server         INTEGER NOT NULL REFERENCES servers (id),
  day            TEXT NOT NULL,            -- by the desk's calendar
  PRIMARY KEY (server, day)
) STRICT, WITHOUT ROWID;

-- A channel follows a contest.
CREATE TABLE follows (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id),
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  least          INTEGER,                  -- post when the margin moved by so many votes; NULL: by the rule
  followed_by    TEXT NOT NULL,
  followed_at    INTEGER NOT NULL,
  UNIQUE (contest, channel)
) STRICT;
CREATE INDEX follows_by_server ON follows (server, channel);

-- What a follow has been told of one series so far.
CREATE TABLE told (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  reading        INTEGER NOT NULL,         -- the newest one told
  leader         TEXT NOT NULL,
  margin         INTEGER,
  number         INTEGER,                  -- of the post that told it; NULL: told on following
  waiting_since  INTEGER,                  -- news clock: the first change with votes that waits
  due_at         INTEGER,                  -- when what waits is rolled up
  PRIMARY KEY (follow, series)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_due ON told (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX told_by_series ON told (series);

-- How another source's margin was last said to stand to the margin posted.
CREATE TABLE relations (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  count          TEXT NOT NULL,
  relation       TEXT NOT NULL,
  posted_leader  TEXT NOT NULL,
  posted_margin  INTEGER NOT NULL,
  PRIMARY KEY (follow, source, count)
) STRICT, WITHOUT ROWID;

-- Each silence of a source is told once a server.
CREATE TABLE silences (
  server         INTEGER NOT NULL REFERENCES servers (id),
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  last_updated   INTEGER NOT NULL,
  PRIMARY KEY (server, contest, source, last_updated)
) STRICT, WITHOUT ROWID;

-- What is to be sent, and what became of it. AUTOINCREMENT: an id, and so a nonce, never comes twice.
CREATE TABLE outbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  server         INTEGER NOT NULL,
  channel        INTEGER NOT NULL,
  number         INTEGER NOT NULL,         -- the newsroom's own count of its posts
  kind           TEXT NOT NULL,
  contest        TEXT,
  series         INTEGER,
  from_reading   INTEGER,                  -- covers the changes of `series` after this reading…
  to_reading     INTEGER,                  -- …up to and including this one
  statement      INTEGER,
  content        TEXT,                     -- NULL: the words are made when it is taken up
  embeds         TEXT,
  quiet          INTEGER,
  news_at        INTEGER NOT NULL,
  checked_at     INTEGER,                  -- when the source had last been asked by then
  state          TEXT NOT NULL DEFAULT 'pending'
                 CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'superseded', 'doubtful')),
  wall_created   INTEGER NOT NULL,
  wall_attempted INTEGER,                  -- the first attempt
  wall_last      INTEGER,                  -- the last attempt
  wall_next      INTEGER,                  -- not again before then
  attempts       INTEGER NOT NULL DEFAULT 0,
  message        INTEGER,                  -- Discord's id, once sent
  why            TEXT,                     -- it failed, or is doubtful
  superseded_by  INTEGER
) STRICT;
CREATE INDEX outbox_open ON outbox (channel, id) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_numbers ON outbox (server, number);

CREATE TABLE audit (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  server         INTEGER REFERENCES servers (id),
  who            TEXT NOT NULL,
  what           TEXT NOT NULL,
  why            TEXT,
  before         TEXT,
  after          TEXT
) STRICT;
