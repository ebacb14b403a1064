-- How long before each kind of event a newsroom is told of it, where the event has no lead times of its own; a kind that is
-- not here is told as the desk file has it.
CREATE TABLE reminder_leads (
  server         INTEGER NOT NULL REFERENCES servers (id),
  kind           TEXT NOT NULL,
  leads          TEXT NOT NULL,            -- whole minutes, as a JSON array; []: at its time only
  PRIMARY KEY (server, kind)
) STRICT, WITHOUT ROWID;

-- Events ahead whose reminders go by their kind, when that is changed.
CREATE INDEX schedule_by_kind ON schedule_entries (server, body ->> 'kind', starts_at) WHERE leads IS NULL;
