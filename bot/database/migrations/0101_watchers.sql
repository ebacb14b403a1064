-- tally: readings to news

-- What a channel knows by a watcher, such as on which side of a contest's line the count is.
CREATE TABLE watched (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  watcher        TEXT NOT NULL,            -- 'recount', 'majority' or 'turnout'
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL,         -- of the series: the first that had the value
  value          INTEGER NOT NULL,         -- recount: within the line; majority: the leader has it; turnout: the mark
  PRIMARY KEY (follow, watcher)
) STRICT, WITHOUT ROWID;

-- Which news of a watcher a post tells: of the series that is the row's chain.
CREATE TABLE watcher_news (
  post           INTEGER PRIMARY KEY,      -- the outbox row
  watcher        TEXT NOT NULL,
  value          INTEGER NOT NULL
) STRICT;

DROP TABLE lines_told;

DROP TABLE crossings;
