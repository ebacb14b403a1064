-- All tables, as the first release will have them: until then this file is changed, and afterwards never again.
-- Grouped by the room of bot/ that writes them, from the ground up; another room calls that one's function.
--
-- Times are whole microseconds since 1970 in UTC. Of the news clock, unless the name says `wall`.
-- A `server` is a Discord server: what staff enter belongs to one; what feeds say is shared (NULL). Server 0 is the
-- operator's own: direct messages are numbered in it. `channel`, `message`, `role`, `person` and `user` are Discord's ids.
-- A `body`, where it is TEXT, is JSON.
-- What belongs to a server goes with its row (ON DELETE CASCADE), and what a post tells of with the post.
-- Rows that are written for every reading (readings, changes, told) name others without REFERENCES, and a post names only
-- its server so: one transaction writes them together, and checking cost a third of it.


-- database: the file itself

-- One row: which installation this is, and what is true of its file as a whole.
CREATE TABLE installation (
  one            INTEGER PRIMARY KEY CHECK (one = 1),
  id             TEXT NOT NULL,            -- in every nonce; made once
  copied_at      INTEGER,                  -- wall clock: when this copy was made; NULL: it is none, or has been run since
  running        INTEGER NOT NULL DEFAULT 0,  -- 1: a bot uses it, or did and was killed: its log has to be beside it
  commands       TEXT,                     -- digest of the slash commands that Discord has; NULL: not known
  command_ids    TEXT NOT NULL DEFAULT '{}',  -- Discord's ids of them by name, as JSON
  zone_rules     TEXT                      -- version of the rules by which the schedule's times were derived; NULL: none yet
) STRICT;
INSERT INTO installation (one, id) VALUES (1, lower(hex(randomblob(5))));


-- feeds: what sources send

-- What a source pushed of late, by the id that each push carries: none is taken in twice, and a repeat gets the same
-- answer. A row is written in the transaction that stores what the push caused. No secret is in it.
CREATE TABLE pushes (
  source         TEXT NOT NULL,
  id             TEXT NOT NULL,            -- the push's own (webhook-id)
  digest         BLOB NOT NULL,            -- of where it went and of its body: an id comes with one of each
  status         INTEGER NOT NULL,         -- the HTTP status that it was answered with
  answer         TEXT NOT NULL,
  wall_at        INTEGER NOT NULL,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;


-- outbox: posts, what delivery has to know of servers and channels, who did what, and what is proposed

-- A server that the bot is in, or was in less than 30 days ago.
CREATE TABLE servers (
  id             INTEGER PRIMARY KEY,      -- Discord's
  next_number    INTEGER NOT NULL DEFAULT 1,  -- of the newsroom's next post
  left_at        INTEGER,                  -- NULL: the bot is in it
  unlisted_at    INTEGER,                  -- wall clock: the operator no longer lists it, and its posts wait; NULL: it is listed
  paused_at      INTEGER,                  -- NULL: it is not paused
  paused_by      TEXT,
  paused_why     TEXT,                     -- as they typed it; NULL: they did not
  paused_until   INTEGER,                  -- when posts are resumed by themselves; NULL: by somebody
  pause_notice   INTEGER,                  -- the outbox row that says so in the desk's channel, which no pause holds
  restored_notice INTEGER,                 -- paused since the database was restored from a copy: the outbox row that says so
  desk_channel   INTEGER,                  -- where the desk is told and asked
  desk_since     INTEGER,                  -- since when the desk has a channel, whichever it is; NULL: it never had one
  reporter_role  INTEGER,                  -- whose entries wait for the desk's word; NULL: nobody's
  desk_role      INTEGER,                  -- who decides; NULL: only who may manage the server
  manager_role   INTEGER,                  -- who sets up; NULL: only who may manage the server
  two_person     INTEGER NOT NULL DEFAULT 0,  -- 1: what one enters, corrects or lets through, another confirms
  two_person_ends INTEGER,                 -- from when on no longer, unless somebody keeps it; NULL: until it is switched off
  two_person_ended_by TEXT,                -- who wants it off
  two_person_question INTEGER,             -- the outbox row that says so in the desk's channel
  mirrored       INTEGER NOT NULL DEFAULT 0   -- 1: its schedule is shown as scheduled events of the server
) STRICT;

-- A channel or thread of which more is known than its id.
CREATE TABLE channels (
  id             INTEGER PRIMARY KEY,      -- Discord's
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  parent         INTEGER,                  -- of a thread: the channel that it is in; NULL: it is a channel itself
  public         INTEGER NOT NULL DEFAULT 0,  -- 1: the public reads it, and each post waits for an editor
  closed_since   INTEGER,                  -- wall clock: it can't be written to; NULL: it can
  closed_why     TEXT
) STRICT;
-- What holds in a channel (who reads it, what it follows) holds in the threads that people open there.
CREATE INDEX channels_by_parent ON channels (parent) WHERE parent IS NOT NULL;

-- A source of which a server posts nothing for now.
CREATE TABLE mutes (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  muted_by       TEXT NOT NULL,
  muted_at       INTEGER NOT NULL,
  why            TEXT,                     -- as they typed it; NULL: they did not
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;

-- A contest whose posts in a channel go into a thread, or did.
CREATE TABLE threads (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  wanted         INTEGER NOT NULL,         -- 0: its posts go into the channel itself (again)
  name           TEXT,                     -- what it was opened as
  post           INTEGER,                  -- the outbox row of the message that it hangs on; NULL: not begun
  thread         INTEGER,                  -- Discord's id, which is that message's; NULL: not open yet, or never will be
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX threads_by_thread ON threads (thread) WHERE thread IS NOT NULL;
CREATE UNIQUE INDEX threads_by_post ON threads (post) WHERE post IS NOT NULL;

-- What an announcement channel publishes of a contest's posts to the channels elsewhere that follow it.
CREATE TABLE publishing (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  classes        TEXT NOT NULL,            -- as JSON: ["lead_change", "revision"]
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;

-- What is to be sent, and what became of it: posts, edits, pins and deletions alike, each a row that is never deleted
-- while its server is known. AUTOINCREMENT: an id, and so a nonce, never comes twice, whatever has been deleted.
CREATE TABLE outbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  -- where it goes
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,
  thread         INTEGER,                  -- where it was last attempted; NULL: in its channel itself
  -- what it is
  action         TEXT NOT NULL DEFAULT 'post' CHECK (action IN ('post', 'edit', 'pin', 'delete', 'publish')),
  number         INTEGER NOT NULL,         -- the newsroom's own count of its posts; of another action: the post's
  kind           TEXT NOT NULL,
  about          INTEGER,                  -- the row whose message this one replaces, edits, pins or deletes
  news_at        INTEGER NOT NULL,         -- when it was caused
  -- how far it is
  state          TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                 ('pending', 'awaiting', 'sending', 'sent', 'failed', 'superseded', 'doubtful', 'dropped')),
  approved_by    TEXT,                     -- the editor who let it out, where one had to
  dropped_by     TEXT,                     -- the editor on whose word it was dropped; NULL: none was, or `why` says why it was
  wall_created   INTEGER NOT NULL,
  wall_attempted INTEGER,                  -- the first attempt
  wall_last      INTEGER,                  -- the last attempt
  wall_next      INTEGER,                  -- not again before then
  attempts       INTEGER NOT NULL DEFAULT 0,
  message        INTEGER,                  -- Discord's id, once sent
  why            TEXT,                     -- it failed, was dropped or is doubtful
  superseded_by  INTEGER,                  -- the row that tells instead what this one was to tell
  -- what it tells of
  contest        TEXT,
  source         TEXT,                     -- whose word it tells
  chain          INTEGER,                  -- each row of a chain goes on where the one before ended, and what waits of it
                                           -- is worded anew when that changes; NULL: it stands by itself
  -- its words
  card           TEXT,                     -- what it says, as JSON (`Card`); of an edit: what its message says then
  content        TEXT,                     -- the same as Discord gets it; NULL: its words are made when it is taken up
  embeds         TEXT,                     -- as JSON; of an edit NULL: they stay
  components     TEXT,                     -- buttons, as JSON; of an edit NULL: they stay
  states         TEXT,                     -- where counts stand, by its words, as JSON: [[contest, source, count, leader,
                                           -- margin, total], …]; what it says of the past is not in it
  quiet          INTEGER,                  -- 1: Discord notifies nobody
  mention        INTEGER,                  -- the one role that it mentions
  picture        INTEGER,
  file_refused   TEXT,                     -- why Discord did not take its file: it goes without; NULL: it was not refused
  cards_refused  TEXT                      -- the same of its cards
) STRICT;
-- The few posts that are open, among all that were ever made. For those of one server SQLite would rather read all of its
-- posts by outbox_numbers: such a query names its index (INDEXED BY).
CREATE INDEX outbox_open ON outbox (channel, id) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_awaiting ON outbox (server, channel, id) WHERE state IN ('awaiting', 'doubtful');
CREATE INDEX outbox_doubtful ON outbox (id) WHERE state = 'doubtful';
CREATE INDEX outbox_numbers ON outbox (server, number);
-- The last post of a contest and source in a channel, which a revision reaches back to.
CREATE INDEX outbox_told ON outbox (channel, contest, source, id) WHERE state = 'sent' AND action = 'post';
-- What is about a row: edits of its message, what replaces it, questions to the desk, and that it is published.
CREATE INDEX outbox_about ON outbox (about, id) WHERE about IS NOT NULL;
-- Posts that went out without their cards, of which the desk is told once a day.
CREATE INDEX outbox_uncarded ON outbox (channel, wall_last) WHERE cards_refused IS NOT NULL;
-- What was published, and when: ten an hour in a channel.
CREATE INDEX outbox_published ON outbox (channel, wall_last) WHERE action = 'publish';
-- The last post of a caller in a channel, which an un-call reaches back to; and of who certifies.
CREATE INDEX outbox_of_word ON outbox (channel, contest, source, kind, id)
  WHERE kind IN ('call', 'certified') AND action = 'post';

-- Who did what, when and why; nothing is ever changed in it.
CREATE TABLE audit (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,
  who            TEXT NOT NULL,
  what           TEXT NOT NULL,            -- as "pause", "desk channel"
  why            TEXT,
  before         TEXT,                     -- what it was and is, as JSON
  after          TEXT,
  entry          INTEGER                   -- the schedule's entry, of whose history this is a part
) STRICT;
-- Who decided at a time.
CREATE INDEX audit_at ON audit (server, at);
-- Pages of who did what.
CREATE INDEX audit_by_server ON audit (server, id);
CREATE INDEX audit_of_entry ON audit (entry) WHERE entry IS NOT NULL;

-- A picture of a post.
CREATE TABLE pictures (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  png            BLOB NOT NULL,
  words          TEXT NOT NULL             -- what it shows, for who can't see it
) STRICT;

-- What somebody asks for, and another, or they themselves, confirm: an entry, a correction, a retraction, a decision on a held
-- reading.
CREATE TABLE proposals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
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
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  proposal       INTEGER NOT NULL REFERENCES proposals (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX proposal_posts_by_proposal ON proposal_posts (proposal);


-- follows: what channels follow, and what leads there

-- A channel follows a contest.
CREATE TABLE follows (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  least          INTEGER,                  -- post when the margin moved by so many votes; NULL: by the rule
  board          INTEGER NOT NULL DEFAULT 0,  -- 1: with a pinned board
  preferences    TEXT,                     -- how it wants to be told, as JSON; NULL: as everybody is told
  followed_by    TEXT NOT NULL,
  followed_at    INTEGER NOT NULL,
  UNIQUE (contest, channel)
) STRICT;
CREATE INDEX follows_by_server ON follows (server, channel);

-- Which source leads a contest in a server whose editors chose one; elsewhere the desk file's does.
CREATE TABLE leading_sources (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  set_by         TEXT NOT NULL,
  set_at         INTEGER NOT NULL,
  PRIMARY KEY (server, contest)
) STRICT, WITHOUT ROWID;


-- outcomes: who is certified, and who called it

-- How many counties a source's statement says have certified, or its list of names makes.
CREATE TABLE certification_counts (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id) ON DELETE CASCADE,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  done           INTEGER NOT NULL,
  of             INTEGER,                  -- NULL: it does not say of how many
  by_name        INTEGER NOT NULL DEFAULT 0  -- 1: it follows from a list of names, and is made anew when one is taken
                                             -- back; 2: and its source had given no count by then
) STRICT;
CREATE INDEX certification_counts_by_time ON certification_counts (contest, as_of);
CREATE INDEX certification_counts_by_source ON certification_counts (server, contest, source, as_of, statement);

-- A county that a statement says has certified: one row a county and statement.
CREATE TABLE unit_certifications (
  statement      INTEGER NOT NULL REFERENCES statements (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  unit           TEXT NOT NULL,            -- the county's FIPS code
  own            INTEGER NOT NULL,         -- 1: the county itself says so; 0: the source lists it
  taken_back     INTEGER NOT NULL,         -- 1: it is certified no more
  of             INTEGER,                  -- how many counties there are
  PRIMARY KEY (statement, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_certifications_by_source ON unit_certifications (server, contest, source, as_of);
CREATE INDEX unit_certifications_by_unit ON unit_certifications (server, contest, unit, as_of);

-- A statement that the results are certified as a whole.
CREATE TABLE results_certifications (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  taken_back     INTEGER NOT NULL          -- 1: they are certified no more
) STRICT;
CREATE INDEX results_certifications_by_contest ON results_certifications (server, contest, as_of);

-- What callers have said, in order; nothing is overwritten.
CREATE TABLE calls (
  id             INTEGER PRIMARY KEY,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,  -- NULL: by a feed, which is shared
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  said_at        INTEGER NOT NULL,         -- when it came in
  statement      INTEGER REFERENCES statements (id) ON DELETE CASCADE,  -- that it was entered with
  reading        INTEGER,                  -- that its feed had it in
  pushed         INTEGER NOT NULL DEFAULT 0,  -- 1: the caller pushed it, and nobody of the staff has looked at it
  body           TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_contest ON calls (contest, source, as_of, id);
CREATE INDEX calls_of_statement ON calls (statement) WHERE statement IS NOT NULL;

-- A caller that a server added to those of the desk file.
CREATE TABLE added_callers (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,            -- its id, which says its name and its verb: "caller:projected:CNN"
  added_by       TEXT NOT NULL,
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;

-- A caller whose calls a server posts as their feeds show them.
CREATE TABLE repeated_callers (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;


-- tally: readings, what they changed, how far each contest is, and what each channel knows of it

-- One source's word on one count of one contest: what readings are compared within, and never across.
CREATE TABLE series (
  id             INTEGER PRIMARY KEY,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  count          TEXT NOT NULL,
  accepted       INTEGER,                  -- the newest accepted reading
  leader         TEXT,                     -- who led at it, remembered through ties
  changed_at     INTEGER,                  -- as of when votes last changed
  checked_at     INTEGER,                  -- when the source was last asked; NULL: never
  trail          TEXT,                     -- the numbers that the source has left within the hour, as JSON; NULL: none
  stood          INTEGER,                  -- the reading accepted before those that the desk let through; NULL: none rests on such
  UNIQUE (contest, source, count)
) STRICT;

-- A reading as it came, also one that was not taken.
CREATE TABLE readings (
  id             INTEGER PRIMARY KEY,
  series         INTEGER NOT NULL,
  as_of          INTEGER NOT NULL,
  received_at    INTEGER NOT NULL,
  verdict        TEXT NOT NULL CHECK (verdict IN ('accepted', 'held', 'ignored', 'dropped')),
  reason         TEXT,                     -- why it was held, ignored or dropped
  body           TEXT NOT NULL             -- the reading, as in the contract
) STRICT;
CREATE INDEX readings_accepted ON readings (series, as_of, id) WHERE verdict = 'accepted';
-- A feed that shows an old reading at every fetch leaves one row of it.
CREATE UNIQUE INDEX readings_ignored ON readings (series, as_of) WHERE verdict = 'ignored';
-- What was dropped or ignored, newest first.
CREATE INDEX readings_unused ON readings (series, received_at) WHERE verdict IN ('ignored', 'dropped');

-- What an accepted reading did to the count.
CREATE TABLE changes (
  reading        INTEGER PRIMARY KEY,
  before         INTEGER,                  -- the accepted reading before it; NULL: it is the first
  kind           TEXT NOT NULL,
  leader         TEXT NOT NULL,
  margin         INTEGER,
  moved          INTEGER NOT NULL,         -- 1: votes moved
  body           TEXT NOT NULL,            -- the change, as in the contract
  batches        INTEGER NOT NULL DEFAULT 0  -- changes with votes that its series has had, up to and including this one
) STRICT;

-- Which changes moved a reporting unit's total, and by how much.
CREATE TABLE unit_changes (
  series         INTEGER NOT NULL,
  unit           TEXT NOT NULL,            -- as the source names it
  reading        INTEGER NOT NULL,
  votes          INTEGER NOT NULL,
  PRIMARY KEY (series, unit, reading)
) STRICT, WITHOUT ROWID;

-- A part of a source's answers that could not be taken in: each once, with its reason, the newest 200 of a source.
CREATE TABLE refusals (
  source         TEXT NOT NULL,
  why            TEXT NOT NULL,
  first_at       INTEGER NOT NULL,
  last_at        INTEGER NOT NULL,
  PRIMARY KEY (source, why)
) STRICT, WITHOUT ROWID;

-- What a source's feed has shown that it can do, at the address that it had then.
CREATE TABLE feed_proofs (
  source         TEXT PRIMARY KEY,
  feed           TEXT NOT NULL,            -- which format at which addresses, as a digest: they may hold a key
  read_at        INTEGER,                  -- when an answer with a contest of the desk file was last read, to the day; NULL: never
  moved_at       INTEGER                   -- when votes were last seen to move as they were counted, to the day; NULL: never
) STRICT, WITHOUT ROWID;

-- A reading that waits, or waited, for its source to say it again or for an editor.
CREATE TABLE holds (
  id             INTEGER PRIMARY KEY,
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL REFERENCES readings (id),
  reason         TEXT NOT NULL,
  since          INTEGER NOT NULL,
  deadline       INTEGER NOT NULL,         -- put before the desk if nothing has settled it by then
  told           INTEGER NOT NULL DEFAULT 0,  -- 1: the desk has been told
  contradicted   INTEGER NOT NULL DEFAULT 0,  -- 1: the source has shown something else since
  settled_at     INTEGER,                  -- NULL: it is open
  outcome        TEXT,                     -- how it ended
  settled_by     TEXT,                     -- the editor who answered, as the audit names them; NULL: nobody
  settled_in     INTEGER                   -- in which server
) STRICT;
CREATE UNIQUE INDEX holds_open ON holds (series) WHERE settled_at IS NULL;
CREATE INDEX holds_by_series ON holds (series, settled_at);

-- A server's desk wants to be asked again about a hold that is still open.
CREATE TABLE hold_waits (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  since          INTEGER NOT NULL,         -- the hold's
  ask_at         INTEGER NOT NULL,
  waited_by      TEXT NOT NULL,
  PRIMARY KEY (server, series, since)
) STRICT, WITHOUT ROWID;

-- How another source's margin was last said to stand to the margin posted.
CREATE TABLE relations (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  count          TEXT NOT NULL,
  relation       TEXT NOT NULL,            -- 'confirms', 'contradicts' or 'other leads'
  posted_leader  TEXT NOT NULL,
  posted_margin  INTEGER NOT NULL,
  PRIMARY KEY (follow, source, count)
) STRICT, WITHOUT ROWID;

-- A series of another source that quiet hours kept from being held against the margin posted, until they are over.
CREATE TABLE put_off (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  PRIMARY KEY (follow, series)
) STRICT, WITHOUT ROWID;

-- Where the desk is ahead of the feeds: the newest figure that staff entered of each source and that no feed has had.
-- A feed that catches up is told as "now confirmed by", and the row is gone.
CREATE TABLE ahead (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,            -- whose word was entered
  count          TEXT NOT NULL,
  figure         TEXT NOT NULL CHECK (figure IN ('margin', 'total')),
  statement      INTEGER NOT NULL REFERENCES statements (id) ON DELETE CASCADE,
  PRIMARY KEY (follow, source, count, figure)
) STRICT, WITHOUT ROWID;

-- Who else says what a post says: named at it, once a source, and taken off again with the statement.
CREATE TABLE agreements (
  post           INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  statement      INTEGER NOT NULL REFERENCES statements (id) ON DELETE CASCADE,
  as_of          INTEGER NOT NULL,         -- when it was true, by that source
  PRIMARY KEY (post, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX agreements_of_statement ON agreements (statement);

-- A batch that was entered and that the leading source's count has by now: its posts are marked once.
CREATE TABLE counted_batches (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL          -- of the series: the first that was seen to have it
) STRICT;

-- What a channel knows by a watcher, such as on which side of a contest's line the count is.
CREATE TABLE watched (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  watcher        TEXT NOT NULL,            -- 'recount', 'majority' or 'turnout'
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL,         -- of the series: the first that had the value
  value          INTEGER NOT NULL,         -- recount: within the line; majority: the leader has it; turnout: the mark
  PRIMARY KEY (follow, watcher)
) STRICT, WITHOUT ROWID;

-- A silence of a source that the desk saw itself, from what it entered: told once a server.
CREATE TABLE silences (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  last_updated   INTEGER NOT NULL,         -- since when it is silent
  PRIMARY KEY (server, contest, source, last_updated)
) STRICT, WITHOUT ROWID;

-- A silence of a source's feed as a channel was told of it: once, and once when it is over.
CREATE TABLE source_silences (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,
  source         TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('unreached', 'unchanged')),
  since          INTEGER NOT NULL,         -- of the first failure; when the newest numbers came in
  told_at        INTEGER NOT NULL,
  over_at        INTEGER,                  -- it is over since then, which has not been told; NULL: as far as is known it lasts
  ended_at       INTEGER                   -- since when nothing more is to be told of it
) STRICT;
CREATE INDEX source_silences_told ON source_silences (channel, source, told_at);
CREATE UNIQUE INDEX source_silences_open ON source_silences (channel, source, kind) WHERE ended_at IS NULL;

-- What a follow has been told of one series so far.
CREATE TABLE told (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  reading        INTEGER NOT NULL,         -- the newest one told
  leader         TEXT NOT NULL,
  margin         INTEGER,
  number         INTEGER,                  -- of the post that told it; NULL: told on following
  waiting_since  INTEGER,                  -- the first change with votes that waits; NULL: none does
  due_at         INTEGER,                  -- when what waits is rolled up
  PRIMARY KEY (follow, series)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_due ON told (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX told_by_series ON told (series);

-- Which hold a notice tells of; it lasts from the first reading that waited in it.
CREATE TABLE hold_notices (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  since          INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_notices_by_hold ON hold_notices (series, since);

-- Which readings a post tells of.
CREATE TABLE spans (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,  -- its chain is the series
  from_reading   INTEGER,                  -- covers the changes of the series after this reading (NULL: from the first on)…
  to_reading     INTEGER NOT NULL,         -- …up to and including this one
  checked_at     INTEGER,                  -- when the source had last been asked by then
  was            INTEGER,                  -- another source leads now: the reading of the one before that was told last
  confirms       INTEGER,                  -- the statement that it says is now confirmed
  least          INTEGER,                  -- how far the margin had to move for a post of its own, in votes; NULL: it was not weighed
  of_lead        INTEGER NOT NULL DEFAULT 0, -- 1: that was the rule's share of the lead, not a number of votes
  merged         INTEGER NOT NULL DEFAULT 0, -- 1: it tells what several posts were to tell, also of other sources and of lines
  revises        TEXT NOT NULL DEFAULT '[]'  -- posts of other sources whose revisions were to be told with it, as JSON: the
                                             -- outbox rows that these replace
) STRICT;

-- Whose margin a post holds against the leading source's; the row's source and chain say whose it is, where a feed has it.
CREATE TABLE comparisons (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  statement      INTEGER,                  -- that it was entered or pushed with; NULL: its feed has it
  confirms       INTEGER,                  -- the statement that it says is now confirmed
  figure         TEXT                      -- of that: 'margin' or 'total'
) STRICT;

-- Which news of a watcher a post tells: of the series that is the row's chain.
CREATE TABLE watcher_news (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  watcher        TEXT NOT NULL,
  value          INTEGER NOT NULL
) STRICT;

-- The board of a channel and contest.
CREATE TABLE boards (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  post           INTEGER,                  -- the outbox row of the message that shows it; NULL: none yet
  shown          TEXT,                     -- what it shows, to know when there is something new to show
  shown_at       INTEGER,                  -- since when it shows that
  old_edits      INTEGER NOT NULL DEFAULT 0,  -- edits since its message was an hour old
  picture        INTEGER,                  -- the picture of its chart; NULL: it has none
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;


-- entries: what staff enter

-- A picture that goes with an entry; deleted after half a year, and of a server there are only so many bytes.
CREATE TABLE evidence (
  entry          INTEGER PRIMARY KEY REFERENCES proposals (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  kept_at        INTEGER NOT NULL,
  name           TEXT NOT NULL,
  body           BLOB NOT NULL
) STRICT;
CREATE INDEX evidence_by_server ON evidence (server, kept_at);

-- What a source said, as staff entered it or as the source pushed it: what is told in one post, which can be taken back alone.
CREATE TABLE statements (
  id             INTEGER PRIMARY KEY,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  entered_at     INTEGER NOT NULL,
  body           TEXT NOT NULL,            -- the statement, as in the contract
  entry          INTEGER REFERENCES proposals (id),  -- NULL: it came without one, as what a source pushes
  retracted_at   INTEGER,                  -- NULL: it stands
  retracted_by   TEXT,
  for_public     INTEGER NOT NULL DEFAULT 0  -- 1: it has no post that the public reads, and the desk lets answers there use it
) STRICT;
CREATE INDEX statements_by_time ON statements (contest, as_of);
CREATE INDEX statements_of_entry ON statements (entry) WHERE entry IS NOT NULL;
-- Ballots that somebody said are left, and margins and totals, among all the others.
CREATE INDEX statements_outstanding ON statements (server, contest, as_of)
  WHERE json_extract(body, '$.outstanding') IS NOT NULL;
CREATE INDEX statements_figures ON statements (server, contest, as_of)
  WHERE json_extract(body, '$.margin') IS NOT NULL OR json_extract(body, '$.total') IS NOT NULL;

-- Batches, of which there are few.
CREATE INDEX statements_batches ON statements (contest, as_of) WHERE json_extract(body, '$.batch') IS NOT NULL;

-- The statement that a post came of, among all the posts that came of none.
CREATE TABLE statement_posts (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL,
  number         INTEGER NOT NULL,         -- the post's
  statement      INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_posts_by_number ON statement_posts (server, number);
CREATE INDEX statement_posts_by_statement ON statement_posts (statement);


-- schedule: the newsroom's schedule

-- An event. AUTOINCREMENT: an id is in the keys of buttons, and never given a second time.
CREATE TABLE schedule_entries (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER,                  -- where it is told; NULL: in the channels that follow its contest
  starts_at      INTEGER NOT NULL,         -- derived from the wall time and zone in the body
  body           TEXT NOT NULL,            -- the event: wall time and zone, kind, title, place, status
  lead_times     TEXT,                     -- minutes before it at which it is spoken of, as JSON; NULL: by its kind
  reminds_from   INTEGER NOT NULL DEFAULT 0,  -- when what its reminders follow from was set: none of before that is due
  entered_by     TEXT NOT NULL,
  entered_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_entries_by_time ON schedule_entries (server, starts_at);
-- Who has to certify by when.
CREATE INDEX schedule_entries_that_certify ON schedule_entries (server, starts_at)
  WHERE body ->> 'certifies' IS NOT NULL;
CREATE INDEX schedule_entries_certifying ON schedule_entries (server, starts_at)
  WHERE json_extract(body, '$.certifies') IS NOT NULL;
CREATE INDEX schedule_deadlines ON schedule_entries (server, starts_at)
  WHERE body ->> 'kind' IN ('deadline', 'certification');
-- Events ahead whose reminders go by their kind, when that is changed.
CREATE INDEX schedule_by_kind ON schedule_entries (server, body ->> 'kind', starts_at) WHERE lead_times IS NULL;

-- Which entry a post, or an edit of one, tells of.
CREATE TABLE told_events (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  event          INTEGER NOT NULL,         -- the entry
  lead_time      INTEGER,                  -- of a reminder: minutes before; 0: at its time
  wall           TEXT,                     -- of a reminder: the wall time that it speaks of
  due_at         INTEGER,                  -- of a reminder: when it was due; another zone makes it another one
  since          INTEGER                   -- the audit row of the first change of the entry that it tells; of a reminder:
                                           -- of the change for which it was not sent
) STRICT;
CREATE INDEX told_events_by_event ON told_events (event);

-- Who is reminded of an entry by direct message, and how long before.
CREATE TABLE personal_lead_times (
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  person         INTEGER NOT NULL,
  lead_time      INTEGER NOT NULL,         -- minutes before; 0: at its time
  asked_at       INTEGER NOT NULL,
  PRIMARY KEY (entry, person, lead_time)
) STRICT, WITHOUT ROWID;

-- How long before each kind of event a newsroom is told of it, where the event has no lead times of its own; a kind that
-- is not here is told as the desk file has it, whose lead times are those of server 0.
CREATE TABLE reminder_lead_times (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  kind           TEXT NOT NULL,
  lead_times     TEXT,                     -- whole minutes, as a JSON array; []: at its time only; NULL: the desk file's again
  set_at         INTEGER NOT NULL DEFAULT 0,  -- no reminder of before that is due by them
  PRIMARY KEY (server, kind)
) STRICT, WITHOUT ROWID;

-- What was played back to somebody and waits for their Save.
CREATE TABLE event_proposals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  person         INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  entry          INTEGER,                  -- which it changes; NULL: a new one
  body           TEXT NOT NULL,
  done           TEXT                      -- what became of it; NULL: nothing yet
) STRICT;
CREATE INDEX event_proposals_by_server ON event_proposals (server, at);

-- What a calendar, or a list that somebody brought in, last said of an entry that is its own.
CREATE TABLE calendar_entries (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  calendar       TEXT NOT NULL,            -- its id in the desk file
  key            TEXT NOT NULL,            -- the event's UID; of a recurring one also when it was first meant for
  uid            TEXT NOT NULL,
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  said           TEXT NOT NULL,            -- the event as the calendar has it
  sequence       INTEGER NOT NULL,         -- iCalendar's SEQUENCE: of two versions the higher is the newer
  gone           INTEGER NOT NULL DEFAULT 0,  -- 1: it is not in the calendar any more
  PRIMARY KEY (server, calendar, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX calendar_entries_by_entry ON calendar_entries (entry);

-- A day whose morning list a channel has had, or is to get.
CREATE TABLE rundowns (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,         -- 0: every one of its channels
  day            TEXT NOT NULL,            -- by the desk's calendar
  PRIMARY KEY (server, channel, day)
) STRICT, WITHOUT ROWID;


-- newsroom: what managers set, and what changed in the feeds of it

-- What a source's feed called the desk file's contests and their candidates when it was last compared, and which elections
-- its site listed.
CREATE TABLE feed_contents (
  source         TEXT PRIMARY KEY,
  feed           TEXT NOT NULL,            -- which format at which addresses, as a digest
  seen_at        INTEGER NOT NULL,
  body           TEXT NOT NULL             -- FeedContents of bot/newsroom/feed_contents_words.py
) STRICT, WITHOUT ROWID;

-- A settings file that waits for its button, or had it.
CREATE TABLE imports (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  begun_by       TEXT NOT NULL,
  begun_at       INTEGER NOT NULL,
  was            TEXT NOT NULL,            -- digest of the settings that the difference was shown against
  body           TEXT NOT NULL,            -- the settings, as in the file
  state          TEXT NOT NULL DEFAULT 'shown' CHECK (state IN ('shown', 'applied', 'dropped')),
  decided_by     TEXT
) STRICT;


-- answers: what somebody who asked put into a channel

-- An answer that was put into a channel: each at most once.
CREATE TABLE shared_answers (
  message        INTEGER PRIMARY KEY,      -- Discord's id of the answer
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  number         INTEGER NOT NULL          -- of the post
) STRICT;

-- An answer that has several pages, for a day; or that may be shared, for 15 minutes.
CREATE TABLE kept_answers (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL,         -- where it was asked, also where the bot is not
  person         INTEGER NOT NULL,         -- who asked, and alone turns its pages or shares it
  wall_at        INTEGER NOT NULL,         -- when it was asked
  paged          INTEGER NOT NULL CHECK (paged IN (0, 1)),
  leads          TEXT,                     -- the source that led its contest then; NULL: it is about none
  card           TEXT NOT NULL             -- bot/wording/card.py: Card, as JSON
) STRICT;


-- operations: whether the bot lives, and what the one person who looks after it was told

-- One row: when the bot last knew itself to be alive.
CREATE TABLE alive (
  one            INTEGER PRIMARY KEY CHECK (one = 1),
  wall_at        INTEGER                   -- NULL: never
) STRICT;
INSERT INTO alive (one) VALUES (1);

-- Something that is or was wrong, and whether that person was told.
CREATE TABLE incidents (
  id             INTEGER PRIMARY KEY,
  kind           TEXT NOT NULL CHECK (kind IN ('down', 'feed', 'channel', 'doubtful', 'unlisted')),
  subject        TEXT NOT NULL,            -- a source's id, a channel's, an outbox row's; of 'down' nothing
  wall_since     INTEGER NOT NULL,
  wall_ended     INTEGER,                  -- NULL: it lasts
  wall_told      INTEGER                   -- NULL: not told yet
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (kind, subject) WHERE wall_ended IS NULL;
CREATE INDEX incidents_untold ON incidents (id) WHERE wall_told IS NULL;

-- The channel of direct messages with a person, which Discord gives for their id.
CREATE TABLE direct_channels (
  person         INTEGER PRIMARY KEY,
  channel        INTEGER NOT NULL,
  told_closed    INTEGER                   -- the `closed_since` of the channel that they were told of; NULL: of none
) STRICT;
