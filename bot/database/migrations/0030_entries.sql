-- What staff enter: begun, shown to them, perhaps put before a second person, then a statement or more.

CREATE TABLE entries (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id),
  user           INTEGER NOT NULL,         -- Discord's id of who enters it
  entered_by     TEXT NOT NULL,            -- as the audit names them
  begun_at       INTEGER NOT NULL,
  state          TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
                 ('draft', 'asked', 'entered', 'rejected', 'undone', 'dropped')),
  decided_at     INTEGER,                  -- when it was entered, rejected, undone or dropped
  decided_by     TEXT,
  question       INTEGER,                  -- the outbox row that asks a second person
  body           TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_user ON entries (server, user, id);

ALTER TABLE statements ADD COLUMN entry INTEGER REFERENCES entries (id);
CREATE INDEX statements_of_entry ON statements (entry) WHERE entry IS NOT NULL;

-- A picture that goes with an entry.
CREATE TABLE evidence (
  entry          INTEGER PRIMARY KEY REFERENCES entries (id),
  server         INTEGER NOT NULL REFERENCES servers (id),
  name           TEXT NOT NULL,
  body           BLOB NOT NULL
) STRICT;

ALTER TABLE servers ADD COLUMN two_person INTEGER NOT NULL DEFAULT 0;  -- 1: what one enters, another confirms
