-- Delivery that survives everything: posts, edits, pins and deletions alike are rows of the outbox; posts that wait
-- for an editor; channels that can't be written to; pauses and mutes; boards. The outbox is made anew, since SQLite
-- can't change a CHECK.

CREATE TABLE outbox_new (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  server         INTEGER NOT NULL,         -- 0: the operator's own
  channel        INTEGER NOT NULL,
  action         TEXT NOT NULL DEFAULT 'post' CHECK (action IN ('post', 'edit', 'pin', 'delete')),
  number         INTEGER NOT NULL,         -- the newsroom's own count of its posts; of another action: the post's
  kind           TEXT NOT NULL,
  contest        TEXT,
  source         TEXT,                     -- whose word it tells
  series         INTEGER,
  from_reading   INTEGER,                  -- covers the changes of `series` after this reading…
  to_reading     INTEGER,                  -- …up to and including this one
  statement      INTEGER,
  about          INTEGER,                  -- the row whose message this one replaces, edits, pins or deletes
  content        TEXT,                     -- NULL: the words are made when it is taken up
  embeds         TEXT,
  components     TEXT,                     -- buttons
  quiet          INTEGER,
  news_at        INTEGER NOT NULL,
  checked_at     INTEGER,                  -- when the source had last been asked by then
  state          TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                 ('pending', 'awaiting', 'sending', 'sent', 'failed', 'superseded', 'doubtful', 'dropped')),
  approved_by    TEXT,                     -- the editor who let it out, where one had to
  wall_created   INTEGER NOT NULL,
  wall_attempted INTEGER,                  -- the first attempt
  wall_last      INTEGER,                  -- the last attempt
  wall_next      INTEGER,                  -- not again before then
  attempts       INTEGER NOT NULL DEFAULT 0,
  message        INTEGER,                  -- Discord's id, once sent
  why            TEXT,                     -- it failed, was dropped or is doubtful
  superseded_by  INTEGER
) STRICT;

INSERT INTO outbox_new (
  id, server, channel, number, kind, contest, source, series, from_reading, to_reading, statement, content, embeds,
  quiet, news_at, checked_at, state, wall_created, wall_attempted, wall_last, wall_next, attempts, message, why,
  superseded_by)
SELECT
  o.id, o.server, o.channel, o.number, o.kind, o.contest,
  coalesce((SELECT source FROM series WHERE id = o.series), (SELECT source FROM statements WHERE id = o.statement)),
  o.series, o.from_reading, o.to_reading, o.statement, o.content, o.embeds, o.quiet, o.news_at, o.checked_at, o.state,
  o.wall_created, o.wall_attempted, o.wall_last, o.wall_next, o.attempts, o.message, o.why, o.superseded_by
FROM outbox o;

-- An id never comes twice, whatever has been deleted.
DELETE FROM sqlite_sequence WHERE name = 'outbox_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox_new', seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (channel, id) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_awaiting ON outbox (server, channel, id) WHERE state IN ('awaiting', 'doubtful');
CREATE INDEX outbox_numbers ON outbox (server, number);
-- The last post of a contest and source in a channel, which a revision reaches back to.
CREATE INDEX outbox_told ON outbox (channel, contest, source, id) WHERE state = 'sent' AND action = 'post';

ALTER TABLE servers ADD COLUMN paused_at INTEGER;       -- NULL: it is not paused
ALTER TABLE servers ADD COLUMN paused_by TEXT;
ALTER TABLE servers ADD COLUMN desk_channel INTEGER;    -- where the desk is told and asked

-- Sources of which a server posts nothing for now.
CREATE TABLE mutes (
  server         INTEGER NOT NULL REFERENCES servers (id),
  source         TEXT NOT NULL,
  muted_by       TEXT NOT NULL,
  muted_at       INTEGER NOT NULL,
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;

-- What is known of a channel that is posted to.
CREATE TABLE channels (
  id             INTEGER PRIMARY KEY,      -- Discord's
  server         INTEGER NOT NULL,
  public         INTEGER NOT NULL DEFAULT 0,  -- 1: the public reads it, and each post waits for an editor
  closed_since   INTEGER,                  -- wall clock: it can't be written to; NULL: it can
  closed_why     TEXT
) STRICT;

ALTER TABLE follows ADD COLUMN board INTEGER NOT NULL DEFAULT 0;  -- 1: with a pinned board

-- The board of a channel and contest.
CREATE TABLE boards (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL,
  post           INTEGER,                  -- the outbox row of the message that shows it; NULL: none yet
  shown          TEXT,                     -- what it shows, to know when there is something new to show
  shown_at       INTEGER,                  -- news clock: since when it shows that
  old_edits      INTEGER NOT NULL DEFAULT 0,  -- edits since its message was an hour old
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;

ALTER TABLE statements ADD COLUMN retracted_at INTEGER;
ALTER TABLE statements ADD COLUMN retracted_by TEXT;
