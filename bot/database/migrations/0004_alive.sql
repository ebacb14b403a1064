-- Whether the bot lives, and what the one person who looks after it was told.

CREATE TABLE alive (
  one            INTEGER PRIMARY KEY CHECK (one = 1),
  wall_at        INTEGER                   -- when the bot last knew itself to be alive; NULL: never
) STRICT;
INSERT INTO alive (one) VALUES (1);

-- The channel of direct messages with a person, which Discord gives for their id.
CREATE TABLE direct_channels (
  person         INTEGER PRIMARY KEY,
  channel        INTEGER NOT NULL
) STRICT;

-- What that person was told is wrong, and what is still to be told.
CREATE TABLE incidents (
  id             INTEGER PRIMARY KEY,
  kind           TEXT NOT NULL CHECK (kind IN ('down', 'feed', 'channel', 'doubtful')),
  subject        TEXT NOT NULL,            -- a source's id, a channel's, an outbox row's; of 'down' nothing
  wall_since     INTEGER NOT NULL,
  wall_ended     INTEGER,
  wall_told      INTEGER                   -- NULL: not told yet
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (kind, subject) WHERE wall_ended IS NULL;
CREATE INDEX incidents_untold ON incidents (id) WHERE wall_told IS NULL;

CREATE INDEX outbox_doubtful ON outbox (id) WHERE state = 'doubtful';
