-- Holds answered with buttons: which notices ask about which hold, who answered, and who asked to be asked again.

ALTER TABLE outbox ADD COLUMN asks TEXT;        -- of a notice: the hold that it tells of, "SERIES:SINCE"
CREATE INDEX outbox_asks ON outbox (asks) WHERE asks IS NOT NULL;

ALTER TABLE holds ADD COLUMN settled_by TEXT;        -- the editor who answered, as the audit names them; NULL: nobody
ALTER TABLE holds ADD COLUMN settled_in INTEGER;     -- in which server

-- A server's desk wants to be asked again about a hold that is still open.
CREATE TABLE hold_waits (
  server         INTEGER NOT NULL REFERENCES servers (id),
  series         INTEGER NOT NULL,
  since          INTEGER NOT NULL,         -- the hold's
  ask_at         INTEGER NOT NULL,
  waited_by      TEXT NOT NULL,
  PRIMARY KEY (server, series, since)
) STRICT, WITHOUT ROWID;
