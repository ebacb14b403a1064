-- Questions to the desk about a row, and the edits that answer them.
CREATE INDEX outbox_asked ON outbox (about) WHERE kind = 'notice';
