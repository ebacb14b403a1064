-- Who else says what a post says: named at it, once a source, and taken off again with the entry.
CREATE TABLE agreements (
  post           INTEGER NOT NULL REFERENCES outbox (id),
  source         TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id),
  statement      INTEGER NOT NULL REFERENCES statements (id),
  as_of          INTEGER NOT NULL,         -- when it was true, by that source
  PRIMARY KEY (post, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX agreements_of_statement ON agreements (statement);
CREATE INDEX agreements_of_server ON agreements (server);

-- What a post says now, after edits.
CREATE INDEX outbox_edits ON outbox (about, id) WHERE action = 'edit' AND kind <> 'board';
