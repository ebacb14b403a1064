-- Entries, corrections, retractions and decisions on held readings were three tables; nothing has been released, and of those
-- that there are nothing is kept.
UPDATE statements SET entry = NULL;
DROP TABLE evidence;
ALTER TABLE proposals RENAME TO event_proposals;
DROP INDEX proposals_by_server;
CREATE INDEX event_proposals_by_server ON event_proposals (server, at);
ALTER TABLE entries RENAME TO proposals;  -- what refers to an entry refers to a proposal
DROP TABLE proposals;
DROP TABLE replacements;
DROP TABLE hold_asks;
DROP INDEX holds_undo;
ALTER TABLE holds DROP COLUMN undo_until;


-- outbox: posts on their way, and what is proposed

-- What somebody asks for, and another, or they themselves, confirm: an entry, a correction, a retraction, a decision on a held
-- reading.
CREATE TABLE proposals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id),
  kind           TEXT NOT NULL,            -- ProposalStore.kinds
  user           INTEGER NOT NULL,         -- who asks for it
  asked_by       TEXT NOT NULL,            -- as the audit names them
  begun_at       INTEGER NOT NULL,
  state          TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
                 ('draft', 'asked', 'done', 'rejected', 'undone', 'dropped')),
  decided_at     INTEGER,                  -- when it was done, rejected, undone or dropped
  decided_by     TEXT,
  undo_until     INTEGER,                  -- by the wall clock; NULL: it was not done, or its time is over
  question       INTEGER,                  -- the outbox row that asks a second person
  body           TEXT NOT NULL,            -- what is proposed, as JSON
  done           TEXT                      -- what undoing it needs, as JSON; NULL: it was not done
) STRICT;
CREATE INDEX proposals_by_kind ON proposals (server, kind, begun_at);
CREATE INDEX proposals_by_user ON proposals (server, user, id);
CREATE INDEX proposals_by_post ON proposals (server, body ->> 'number');
CREATE INDEX proposals_of_hold ON proposals (body ->> 'hold') WHERE kind = 'hold';
CREATE INDEX proposals_undo ON proposals (undo_until) WHERE undo_until IS NOT NULL;
CREATE INDEX proposals_asked ON proposals (server) WHERE state = 'asked';

-- A post by which a proposal was done.
CREATE TABLE proposal_posts (
  post           INTEGER PRIMARY KEY,      -- the outbox row
  proposal       INTEGER NOT NULL REFERENCES proposals (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX proposal_posts_by_proposal ON proposal_posts (proposal);


-- entries: what staff enter

-- A picture that goes with an entry; deleted after half a year, and of a server there are only so many bytes.
CREATE TABLE evidence (
  entry          INTEGER PRIMARY KEY REFERENCES proposals (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL REFERENCES servers (id),
  kept_at        INTEGER NOT NULL,
  name           TEXT NOT NULL,
  body           BLOB NOT NULL
) STRICT;
CREATE INDEX evidence_by_server ON evidence (server, kept_at);
