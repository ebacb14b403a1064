-- Threads that people open: what holds in a channel (who reads it, what it follows) holds in its threads.

ALTER TABLE channels ADD COLUMN parent INTEGER;  -- of a thread: the channel that it is in; NULL: it is a channel itself
CREATE INDEX channels_by_parent ON channels (parent) WHERE parent IS NOT NULL;
