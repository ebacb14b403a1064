-- Threads: the posts of a contest in a channel go into a thread of that contest, where its follow asks for one.

CREATE TABLE threads (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL,
  wanted         INTEGER NOT NULL,         -- 0: its posts go into the channel itself (again)
  name           TEXT,                     -- what it was opened as
  post           INTEGER,                  -- the outbox row of the message that it hangs on; NULL: not begun
  thread         INTEGER,                  -- Discord's id, which is that message's; NULL: not open yet, or never will be
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX threads_by_thread ON threads (thread) WHERE thread IS NOT NULL;
CREATE UNIQUE INDEX threads_by_post ON threads (post) WHERE post IS NOT NULL;

ALTER TABLE outbox ADD COLUMN thread INTEGER;  -- where it was last attempted; NULL: in its channel itself
