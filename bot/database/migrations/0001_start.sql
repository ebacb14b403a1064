-- All tables. This file may change until the first release, and never afterwards.
-- Tables are grouped by the room of bot/ that writes them; other rooms call that room's functions.
--
-- Times are whole microseconds since 1970 in UTC, by the news clock, unless the column's name has `wall`.
-- A `server` is a Discord server: staff's entries belong to one, what feeds say is shared (NULL). Server 0 is the
-- operator's own, for direct messages. `channel`, `message`, `role`, `person` and `user` are Discord's ids.
-- A `body` is JSON if it is TEXT.
-- What belongs to a server is deleted with its row (ON DELETE CASCADE), and what a post reports with the post.
-- Rows that are written for every reading (readings, changes, told) refer to others without REFERENCES, and so does a post,
-- except to its server: one transaction writes them together, and checking took a third of its time.


-- database: the file itself

-- One row about the installation and its database file.
CREATE TABLE installation (
  one            INTEGER PRIMARY KEY CHECK (one = 1),
  id             TEXT NOT NULL,            -- part of every nonce; never changes
  copied_at      INTEGER,                  -- wall clock: when this copy was made; NULL: it is not a copy, or is in use by now
  running        INTEGER NOT NULL DEFAULT 0,  -- 1: a bot uses it, or was killed while it did, so its log (-wal) is needed
  commands       TEXT,                     -- digest of the slash commands that Discord has; NULL: unknown
  command_ids    TEXT NOT NULL DEFAULT '{}',  -- their ids on Discord by name, as JSON
  zone_rules     TEXT                      -- version of the time zone rules that the schedule's times follow; NULL: none yet
) STRICT;
INSERT INTO installation (one, id) VALUES (1, lower(hex(randomblob(5))));


-- feeds: what sources send

-- A source's recent pushes by their ids, so that none is taken in twice and a repeat gets the same answer. A row is written
-- in the transaction that stores the push's contents. It holds no secret.
CREATE TABLE pushes (
  source         TEXT NOT NULL,
  id             TEXT NOT NULL,            -- the push's own (webhook-id)
  digest         BLOB NOT NULL,            -- of its address and body; an id may be used with one digest only
  status         INTEGER NOT NULL,         -- the HTTP status of the answer
  answer         TEXT NOT NULL,
  wall_at        INTEGER NOT NULL,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;


-- outbox: servers, channels, posts, the audit and proposals

-- A server that the bot is in, or was in less than 30 days ago.
CREATE TABLE servers (
  id             INTEGER PRIMARY KEY,      -- Discord's
  next_number    INTEGER NOT NULL DEFAULT 1,  -- the number of the next post
  left_at        INTEGER,                  -- NULL: the bot is in it
  unlisted_at    INTEGER,                  -- wall clock: since when it is not listed, so its posts wait; NULL: it is listed
  paused_at      INTEGER,                  -- NULL: posting is not paused
  paused_by      TEXT,
  paused_why     TEXT,                     -- as typed; NULL: no reason was given
  paused_until   INTEGER,                  -- when the pause ends by itself; NULL: only when somebody resumes posting
  pause_notice   INTEGER,                  -- the outbox row of the desk's notice, which is sent during the pause
  restored_notice INTEGER,                 -- if a restore from a copy paused it: the outbox row of the notice that says so
  desk_channel   INTEGER,                  -- the desk's channel, for notices and questions
  desk_since     INTEGER,                  -- since when the server has had a desk channel; NULL: it never had one
  reporter_role  INTEGER,                  -- members whose entries wait for the desk; NULL: no such role
  desk_role      INTEGER,                  -- the desk; NULL: members who may manage the server
  manager_role   INTEGER,                  -- managers; NULL: members who may manage the server
  two_person     INTEGER NOT NULL DEFAULT 0,  -- 1: a second person confirms entries, corrections and decisions
  two_person_ends INTEGER,                 -- when that ends, unless somebody keeps it; NULL: only when it is turned off
  two_person_ended_by TEXT,                -- who turned it off
  two_person_question INTEGER,             -- the outbox row of the notice that says so
  mirrored       INTEGER NOT NULL DEFAULT 0   -- 1: its schedule is shown as scheduled events of the server
) STRICT;

-- A channel or thread with something to store about it.
CREATE TABLE channels (
  id             INTEGER PRIMARY KEY,      -- Discord's
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  parent         INTEGER,                  -- the channel that a thread is in; NULL: it is a channel itself
  public         INTEGER NOT NULL DEFAULT 0,  -- 1: the public reads it, so each post waits for an editor's Publish
  closed_since   INTEGER,                  -- wall clock: since when it can't be written to; NULL: it can
  closed_why     TEXT
) STRICT;
-- Threads that people open in a channel share its readers and its follows.
CREATE INDEX channels_by_parent ON channels (parent) WHERE parent IS NOT NULL;

-- A source that a server muted, so that its posts wait.
CREATE TABLE mutes (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  muted_by       TEXT NOT NULL,
  muted_at       INTEGER NOT NULL,
  why            TEXT,                     -- as typed; NULL: no reason was given
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;

-- A contest's thread in a channel, in use or not.
CREATE TABLE threads (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  wanted         INTEGER NOT NULL,         -- 0: posts go into the channel itself
  name           TEXT,                     -- the name with which it was opened
  post           INTEGER,                  -- the outbox row of its first message; NULL: not begun
  thread         INTEGER,                  -- Discord's id, the same as that message's; NULL: not open yet, or it failed
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX threads_by_thread ON threads (thread) WHERE thread IS NOT NULL;
CREATE UNIQUE INDEX threads_by_post ON threads (post) WHERE post IS NOT NULL;

-- Which of a contest's posts an announcement channel publishes (crossposts) to the channels that follow it.
CREATE TABLE publishing (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  classes        TEXT NOT NULL,            -- as JSON: ["lead_change", "revision"]
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;

-- Posts, edits, pins, deletions and crossposts to be sent, and their outcomes. A row is kept as long as its server.
-- AUTOINCREMENT: no id, and so no nonce, is used twice, even after deletions.
CREATE TABLE outbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  -- where it goes
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,
  thread         INTEGER,                  -- the thread of the last attempt; NULL: the channel itself
  -- what it is
  action         TEXT NOT NULL DEFAULT 'post' CHECK (action IN ('post', 'edit', 'pin', 'delete', 'publish')),
  number         INTEGER NOT NULL,         -- the post's number in its server; an edit or pin has that of its post
  kind           TEXT NOT NULL,
  about          INTEGER,                  -- the row whose message this one replaces, edits, pins or deletes
  news_at        INTEGER NOT NULL,         -- when its news came in
  -- its state
  state          TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                 ('pending', 'awaiting', 'sending', 'sent', 'failed', 'superseded', 'doubtful', 'dropped')),
  approved_by    TEXT,                     -- the editor who published it, if its channel is public
  dropped_by     TEXT,                     -- the editor who discarded it; NULL: nobody did, or `why` has the reason
  wall_created   INTEGER NOT NULL,
  wall_attempted INTEGER,                  -- the first attempt
  wall_last      INTEGER,                  -- the last attempt
  wall_next      INTEGER,                  -- when its retry is due
  attempts       INTEGER NOT NULL DEFAULT 0,
  message        INTEGER,                  -- Discord's id, once it is sent
  why            TEXT,                     -- why it failed, was dropped or is doubtful
  superseded_by  INTEGER,                  -- the row that covers this one
  -- what it reports
  contest        TEXT,
  source         TEXT,                     -- the source that it quotes
  chain          INTEGER,                  -- the series: each row of a chain begins where the one before it ended, and
                                           -- waiting rows are worded again when that changes; NULL: it is in no chain
  -- its words
  card           TEXT,                     -- what it says, as JSON (`Card`); for an edit: what its message says afterwards
  content        TEXT,                     -- the card's text, as Discord gets it; NULL: its words are made when it is claimed
  embeds         TEXT,                     -- as JSON; NULL in an edit: they are left as they are
  components     TEXT,                     -- buttons, as JSON; NULL in an edit: they are left as they are
  states         TEXT,                     -- the margins that its words state in the present tense, as JSON: [[contest,
                                           -- source, count, leader, margin, total], …]
  quiet          INTEGER,                  -- 1: Discord notifies nobody
  mention        INTEGER,                  -- the role that it notifies
  picture        INTEGER,
  file_refused   TEXT,                     -- why Discord refused its picture, so that it is sent without; NULL: it did not
  cards_refused  TEXT                      -- the same for its cards (embeds)
) STRICT;
-- The few open posts among all. For the open posts of one server SQLite would choose outbox_numbers and read all its posts,
-- so such a query names its index (INDEXED BY).
CREATE INDEX outbox_open ON outbox (channel, id) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_awaiting ON outbox (server, channel, id) WHERE state IN ('awaiting', 'doubtful');
CREATE INDEX outbox_doubtful ON outbox (id) WHERE state = 'doubtful';
CREATE INDEX outbox_numbers ON outbox (server, number);
-- The last post of a contest and source in a channel, which a revision edits.
CREATE INDEX outbox_told ON outbox (channel, contest, source, id) WHERE state = 'sent' AND action = 'post';
-- Rows about a row: edits of its message, its corrections, questions to the desk, its crosspost.
CREATE INDEX outbox_about ON outbox (about, id) WHERE about IS NOT NULL;
-- Posts that were sent without their cards: the desk is told once a day.
CREATE INDEX outbox_uncarded ON outbox (channel, wall_last) WHERE cards_refused IS NOT NULL;
-- Crossposts, of which Discord takes ten an hour in a channel.
CREATE INDEX outbox_published ON outbox (channel, wall_last) WHERE action = 'publish';
-- The last post of a caller in a channel, which a withdrawn call edits; likewise of certifications.
CREATE INDEX outbox_of_word ON outbox (channel, contest, source, kind, id)
  WHERE kind IN ('call', 'certified') AND action = 'post';

-- The audit: who did what, when and why. Rows are never changed, except when a person is forgotten.
CREATE TABLE audit (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,
  who            TEXT NOT NULL,
  what           TEXT NOT NULL,            -- as "pause", "desk channel"
  why            TEXT,
  before         TEXT,                     -- before and after the change, as JSON
  after          TEXT,
  entry          INTEGER                   -- the schedule's entry whose history this is part of
) STRICT;
-- For the decisions at a time.
CREATE INDEX audit_at ON audit (server, at);
-- For pages of the audit.
CREATE INDEX audit_by_server ON audit (server, id);
CREATE INDEX audit_of_entry ON audit (entry) WHERE entry IS NOT NULL;

-- A picture of a post.
CREATE TABLE pictures (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  png            BLOB NOT NULL,
  words          TEXT NOT NULL             -- alternative text for people who can't see it
) STRICT;

-- A proposal: an entry, correction, retraction or decision on a held reading that somebody asks for and that they, or a second
-- person, confirm.
CREATE TABLE proposals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  kind           TEXT NOT NULL,            -- ProposalStore.kinds
  user           INTEGER NOT NULL,         -- the person who asks for it
  asked_by       TEXT NOT NULL,            -- as the audit names them
  begun_at       INTEGER NOT NULL,
  state          TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
                 ('draft', 'asked', 'done', 'rejected', 'undone', 'dropped')),
  decided_at     INTEGER,                  -- when it was done, rejected, undone or dropped
  decided_by     TEXT,
  undo_until     INTEGER,                  -- wall clock; NULL: it was not done, or can't be undone any more
  question       INTEGER,                  -- the outbox row that asks a second person
  body           TEXT NOT NULL,            -- what is proposed, as JSON
  done           TEXT                      -- what is needed to undo it, as JSON; NULL: it was not done
) STRICT;
CREATE INDEX proposals_by_kind ON proposals (server, kind, begun_at);
CREATE INDEX proposals_by_user ON proposals (server, user, id);
CREATE INDEX proposals_by_post ON proposals (server, body ->> 'number');
CREATE INDEX proposals_of_hold ON proposals (body ->> 'hold') WHERE kind = 'hold';
CREATE INDEX proposals_undo ON proposals (undo_until) WHERE undo_until IS NOT NULL;
CREATE INDEX proposals_asked ON proposals (server) WHERE state = 'asked';

-- A post that a proposal made.
CREATE TABLE proposal_posts (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  proposal       INTEGER NOT NULL REFERENCES proposals (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX proposal_posts_by_proposal ON proposal_posts (proposal);


-- follows: the contests that channels follow, and the leading source of each

-- A channel follows a contest.
CREATE TABLE follows (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  least          INTEGER,                  -- post when the margin moved by so many votes; NULL: by the default rule
  board          INTEGER NOT NULL DEFAULT 0,  -- 1: with a pinned board
  preferences    TEXT,                     -- the channel's preferences, as JSON; NULL: the defaults
  followed_by    TEXT NOT NULL,
  followed_at    INTEGER NOT NULL,
  UNIQUE (contest, channel)
) STRICT;
CREATE INDEX follows_by_server ON follows (server, channel);

-- The leading source of a contest in a server whose editors chose one; elsewhere it is the desk file's.
CREATE TABLE leading_sources (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  set_by         TEXT NOT NULL,
  set_at         INTEGER NOT NULL,
  PRIMARY KEY (server, contest)
) STRICT, WITHOUT ROWID;


-- outcomes: certifications and calls

-- How many counties have certified, as a statement says or as its list of names adds up to.
CREATE TABLE certification_counts (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id) ON DELETE CASCADE,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  done           INTEGER NOT NULL,
  of             INTEGER,                  -- how many there are; NULL: it does not say
  by_name        INTEGER NOT NULL DEFAULT 0  -- 1: counted from a list of names, and counted again if a name is
                                             -- retracted; 2: likewise, and its source had given no count before
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
  taken_back     INTEGER NOT NULL,         -- 1: it is no longer certified
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
  taken_back     INTEGER NOT NULL          -- 1: they are no longer certified
) STRICT;
CREATE INDEX results_certifications_by_contest ON results_certifications (server, contest, as_of);

-- Calls, in order; none is ever overwritten.
CREATE TABLE calls (
  id             INTEGER PRIMARY KEY,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,  -- NULL: from a feed, which all servers share
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  said_at        INTEGER NOT NULL,         -- when it came in
  statement      INTEGER REFERENCES statements (id) ON DELETE CASCADE,  -- with which it was entered
  reading        INTEGER,                  -- in which its feed had it
  pushed         INTEGER NOT NULL DEFAULT 0,  -- 1: the caller pushed it, so no staff have seen it
  body           TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_contest ON calls (contest, source, as_of, id);
CREATE INDEX calls_of_statement ON calls (statement) WHERE statement IS NOT NULL;

-- A caller that a server added to the desk file's.
CREATE TABLE added_callers (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,            -- its id, with its verb and name: "caller:projected:CNN"
  added_by       TEXT NOT NULL,
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;

-- A caller whose calls a server posts as soon as a feed has them.
CREATE TABLE repeated_callers (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  PRIMARY KEY (server, source)
) STRICT, WITHOUT ROWID;


-- tally: readings, their changes, holds, and what each channel was told

-- A series: the readings of one source, contest and count, which are compared only with one another.
CREATE TABLE series (
  id             INTEGER PRIMARY KEY,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  count          TEXT NOT NULL,
  accepted       INTEGER,                  -- the newest accepted reading
  leader         TEXT,                     -- the leader at that reading; in a tie, the earlier leader
  changed_at     INTEGER,                  -- the source's time of the last reading in which votes changed
  checked_at     INTEGER,                  -- when the source was last asked; NULL: never
  trail          TEXT,                     -- numbers that the source has replaced within the last hour, as JSON; NULL: none
  stood          INTEGER,                  -- the last reading before those that an editor accepted; NULL: there are none
  UNIQUE (contest, source, count)
) STRICT;

-- A reading as it came, whether it was accepted or not.
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
-- A feed that shows the same old reading at every poll leaves one row.
CREATE UNIQUE INDEX readings_ignored ON readings (series, as_of) WHERE verdict = 'ignored';
-- For dropped and ignored readings, newest first.
CREATE INDEX readings_unused ON readings (series, received_at) WHERE verdict IN ('ignored', 'dropped');

-- The change that an accepted reading made to the count.
CREATE TABLE changes (
  reading        INTEGER PRIMARY KEY,
  before         INTEGER,                  -- the accepted reading before it; NULL: it is the first
  kind           TEXT NOT NULL,
  leader         TEXT NOT NULL,
  margin         INTEGER,
  moved          INTEGER NOT NULL,         -- 1: votes moved
  body           TEXT NOT NULL,            -- the change, as in the contract
  batches        INTEGER NOT NULL DEFAULT 0  -- how many changes with votes its series has had, this one included
) STRICT;

-- By how much a reading changed a reporting unit's total.
CREATE TABLE unit_changes (
  series         INTEGER NOT NULL,
  unit           TEXT NOT NULL,            -- as the source names it
  reading        INTEGER NOT NULL,
  votes          INTEGER NOT NULL,
  PRIMARY KEY (series, unit, reading)
) STRICT, WITHOUT ROWID;

-- A refusal: why a part of a source's answer could not be used. Each reason has one row; the newest 200 of a source are kept.
CREATE TABLE refusals (
  source         TEXT NOT NULL,
  why            TEXT NOT NULL,
  first_at       INTEGER NOT NULL,
  last_at        INTEGER NOT NULL,
  PRIMARY KEY (source, why)
) STRICT, WITHOUT ROWID;

-- Proof that a source's feed works, at its present address: it was read, and its votes have moved.
CREATE TABLE feed_proofs (
  source         TEXT PRIMARY KEY,
  feed           TEXT NOT NULL,            -- digest of the format and the addresses, which may contain a key
  read_at        INTEGER,                  -- when a contest of the desk file was last read from it, to the day; NULL: never
  moved_at       INTEGER                   -- when its votes last changed, to the day; NULL: never
) STRICT, WITHOUT ROWID;

-- A hold: a reading that waits, or waited, until its source repeats it or an editor decides.
CREATE TABLE holds (
  id             INTEGER PRIMARY KEY,
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL REFERENCES readings (id),
  reason         TEXT NOT NULL,
  since          INTEGER NOT NULL,
  deadline       INTEGER NOT NULL,         -- the desk is asked if it is not settled by then
  told           INTEGER NOT NULL DEFAULT 0,  -- 1: the desk was asked
  contradicted   INTEGER NOT NULL DEFAULT 0,  -- 1: the source has shown something else since
  settled_at     INTEGER,                  -- NULL: it is still open
  outcome        TEXT,                     -- how it ended
  settled_by     TEXT,                     -- the editor who decided, as the audit names them; NULL: nobody
  settled_in     INTEGER                   -- the editor's server
) STRICT;
CREATE UNIQUE INDEX holds_open ON holds (series) WHERE settled_at IS NULL;
CREATE INDEX holds_by_series ON holds (series, settled_at);

-- A server's desk pressed Wait on a hold, to be asked again.
CREATE TABLE hold_waits (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  since          INTEGER NOT NULL,         -- since when the reading is held
  ask_at         INTEGER NOT NULL,
  waited_by      TEXT NOT NULL,
  PRIMARY KEY (server, series, since)
) STRICT, WITHOUT ROWID;

-- How another source's margin compared with the posted margin when that was last posted.
CREATE TABLE relations (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  count          TEXT NOT NULL,
  relation       TEXT NOT NULL,            -- 'confirms', 'contradicts' or 'other leads'
  posted_leader  TEXT NOT NULL,
  posted_margin  INTEGER NOT NULL,
  PRIMARY KEY (follow, source, count)
) STRICT, WITHOUT ROWID;

-- A series of another source whose comparison with the posted margin waits for the end of quiet hours.
CREATE TABLE put_off (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  PRIMARY KEY (follow, series)
) STRICT, WITHOUT ROWID;

-- The newest figure that staff entered for a source and that no feed has yet. When a feed has it, a post says "now confirmed
-- by" and the row is deleted.
CREATE TABLE ahead (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,            -- the source of the entered figure
  count          TEXT NOT NULL,
  figure         TEXT NOT NULL CHECK (figure IN ('margin', 'total')),
  statement      INTEGER NOT NULL REFERENCES statements (id) ON DELETE CASCADE,
  PRIMARY KEY (follow, source, count, figure)
) STRICT, WITHOUT ROWID;

-- Another source that agrees with a post: the post names it, until the statement is retracted.
CREATE TABLE agreements (
  post           INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  statement      INTEGER NOT NULL REFERENCES statements (id) ON DELETE CASCADE,
  as_of          INTEGER NOT NULL,         -- that source's time
  PRIMARY KEY (post, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX agreements_of_statement ON agreements (statement);

-- An entered batch that the leading source's count includes by now: its posts are marked once.
CREATE TABLE counted_batches (
  statement      INTEGER PRIMARY KEY REFERENCES statements (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL          -- the first reading of the series that includes it
) STRICT;

-- The last news of a watcher in a channel, such as on which side of the recount line the count is.
CREATE TABLE watched (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  watcher        TEXT NOT NULL,            -- 'recount', 'majority' or 'turnout'
  series         INTEGER NOT NULL REFERENCES series (id),
  reading        INTEGER NOT NULL,         -- the first reading of the series with this value
  value          INTEGER NOT NULL,         -- recount: 1 within the line; majority: 1 if the leader has it; turnout: the mark
  PRIMARY KEY (follow, watcher)
) STRICT, WITHOUT ROWID;

-- A silence of a source whose figures staff enter: each is posted once in a server.
CREATE TABLE silences (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  last_updated   INTEGER NOT NULL,         -- since when it has been silent
  PRIMARY KEY (server, contest, source, last_updated)
) STRICT, WITHOUT ROWID;

-- A silence of a source's feed that was posted in a channel: its start is posted once, and its end.
CREATE TABLE source_silences (
  id             INTEGER PRIMARY KEY,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,
  source         TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('unreached', 'unchanged')),
  since          INTEGER NOT NULL,         -- time of the first failure, or of the newest numbers
  told_at        INTEGER NOT NULL,
  over_at        INTEGER,                  -- when it ended, if that is not posted yet; NULL: it lasts, as far as is known
  ended_at       INTEGER                   -- since when nothing more is to be posted about it
) STRICT;
CREATE INDEX source_silences_told ON source_silences (channel, source, told_at);
CREATE UNIQUE INDEX source_silences_open ON source_silences (channel, source, kind) WHERE ended_at IS NULL;

-- A channel's last post about a series, and what waits for the next, by follow.
CREATE TABLE last_posts (
  follow         INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  reading        INTEGER NOT NULL,         -- the newest reading that was posted
  leader         TEXT NOT NULL,
  margin         INTEGER,
  number         INTEGER,                  -- number of that post; NULL: it was shown when the follow began
  waiting_since  INTEGER,                  -- time of the first change with votes that waits; NULL: none waits
  due_at         INTEGER,                  -- when the waiting changes are rolled up into a post
  PRIMARY KEY (follow, series)
) STRICT, WITHOUT ROWID;
CREATE INDEX last_posts_due ON last_posts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX last_posts_by_series ON last_posts (series);

-- The hold that a notice reports, by its series and its first reading's time.
CREATE TABLE hold_notices (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  series         INTEGER NOT NULL,
  since          INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_notices_by_hold ON hold_notices (series, since);

-- The readings that a post covers.
CREATE TABLE spans (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,  -- its chain is the series
  from_reading   INTEGER,                  -- it covers the changes after this reading (NULL: from the first on)…
  to_reading     INTEGER NOT NULL,         -- …up to and including this one
  checked_at     INTEGER,                  -- when the source had last been asked
  was            INTEGER,                  -- if the leading source was switched: the last posted reading of the one before
  confirms       INTEGER,                  -- the statement that it says is confirmed
  least          INTEGER,                  -- how many votes the margin had to move for this post; NULL: no threshold
  of_lead        INTEGER NOT NULL DEFAULT 0, -- 1: that threshold was a share of the lead
  merged         INTEGER NOT NULL DEFAULT 0, -- 1: it covers several posts, also of other sources and of recount lines
  revises        TEXT NOT NULL DEFAULT '[]'  -- outbox rows of other sources' posts that merged revisions replace, as JSON
) STRICT;

-- A post that compares another source's margin with the leading source's; the outbox row has that source, and its chain.
CREATE TABLE comparisons (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  statement      INTEGER,                  -- the statement with the margin; NULL: it is from the feed
  confirms       INTEGER,                  -- the statement that it says is confirmed
  figure         TEXT                      -- the confirmed figure: 'margin' or 'total'
) STRICT;

-- The watcher's news that a post reports; the outbox row's chain is the series.
CREATE TABLE watcher_news (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  watcher        TEXT NOT NULL,
  value          INTEGER NOT NULL
) STRICT;

-- A board: the pinned message of a channel about a contest.
CREATE TABLE boards (
  channel        INTEGER NOT NULL,
  contest        TEXT NOT NULL,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  post           INTEGER,                  -- the outbox row of the message that shows it; NULL: none yet
  shown          TEXT,                     -- what it shows, to compare with what it should show
  shown_at       INTEGER,                  -- since when
  old_edits      INTEGER NOT NULL DEFAULT 0,  -- edits since its message was an hour old
  picture        INTEGER,                  -- the picture of its chart; NULL: it has none
  PRIMARY KEY (channel, contest)
) STRICT, WITHOUT ROWID;


-- entries: what staff enter

-- A picture attached to an entry; deleted after half a year. The bytes per server are limited.
CREATE TABLE evidence (
  entry          INTEGER PRIMARY KEY REFERENCES proposals (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  kept_at        INTEGER NOT NULL,
  name           TEXT NOT NULL,
  body           BLOB NOT NULL
) STRICT;
CREATE INDEX evidence_by_server ON evidence (server, kept_at);

-- A statement: what a source said, entered by staff or pushed. It has its own post and can be retracted alone.
CREATE TABLE statements (
  id             INTEGER PRIMARY KEY,
  server         INTEGER REFERENCES servers (id) ON DELETE CASCADE,
  contest        TEXT NOT NULL,
  source         TEXT NOT NULL,
  as_of          INTEGER NOT NULL,
  entered_at     INTEGER NOT NULL,
  body           TEXT NOT NULL,            -- the statement, as in the contract
  entry          INTEGER REFERENCES proposals (id),  -- NULL: the source pushed it
  retracted_at   INTEGER,                  -- NULL: it was not retracted
  retracted_by   TEXT,
  for_public     INTEGER NOT NULL DEFAULT 0  -- 1: it has no public post, but the desk lets public answers use it
) STRICT;
CREATE INDEX statements_by_time ON statements (contest, as_of);
CREATE INDEX statements_of_entry ON statements (entry) WHERE entry IS NOT NULL;
-- For the few statements with outstanding ballots, or with margins and totals.
CREATE INDEX statements_outstanding ON statements (server, contest, as_of)
  WHERE json_extract(body, '$.outstanding') IS NOT NULL;
CREATE INDEX statements_figures ON statements (server, contest, as_of)
  WHERE json_extract(body, '$.margin') IS NOT NULL OR json_extract(body, '$.total') IS NOT NULL;

-- For the few statements with batches.
CREATE INDEX statements_batches ON statements (contest, as_of) WHERE json_extract(body, '$.batch') IS NOT NULL;

-- The statement that a post reports.
CREATE TABLE statement_posts (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  server         INTEGER NOT NULL,
  number         INTEGER NOT NULL,         -- the post's
  statement      INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_posts_by_number ON statement_posts (server, number);
CREATE INDEX statement_posts_by_statement ON statement_posts (statement);


-- schedule: the newsroom's schedule

-- An event. AUTOINCREMENT: ids are in the keys of buttons, so none is used twice.
CREATE TABLE schedule_entries (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER,                  -- where its reminders are posted; NULL: in the channels that follow its contest
  starts_at      INTEGER NOT NULL,         -- computed from the wall time and zone in the body
  body           TEXT NOT NULL,            -- the event: wall time and zone, kind, title, place, status
  lead_times     TEXT,                     -- minutes before it at which reminders are posted, as JSON; NULL: by its kind
  reminds_from   INTEGER NOT NULL DEFAULT 0,  -- when its time or lead times were set: no earlier reminder is due
  entered_by     TEXT NOT NULL,
  entered_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_entries_by_time ON schedule_entries (server, starts_at);
-- For who has to certify by when.
CREATE INDEX schedule_entries_that_certify ON schedule_entries (server, starts_at)
  WHERE body ->> 'certifies' IS NOT NULL;
CREATE INDEX schedule_entries_certifying ON schedule_entries (server, starts_at)
  WHERE json_extract(body, '$.certifies') IS NOT NULL;
CREATE INDEX schedule_deadlines ON schedule_entries (server, starts_at)
  WHERE body ->> 'kind' IN ('deadline', 'certification');
-- For events whose lead times are those of their kind.
CREATE INDEX schedule_by_kind ON schedule_entries (server, body ->> 'kind', starts_at) WHERE lead_times IS NULL;

-- The event that a post, or an edit of one, is about.
CREATE TABLE told_events (
  post           INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  event          INTEGER NOT NULL,         -- the entry
  lead_time      INTEGER,                  -- of a reminder: minutes before; 0: at its time
  wall           TEXT,                     -- of a reminder: the wall time that it says
  due_at         INTEGER,                  -- of a reminder: when it was due; in another zone it is another reminder
  since          INTEGER                   -- the audit row of the first change that it reports; of a reminder: of the
                                           -- change because of which it was not sent
) STRICT;
CREATE INDEX told_events_by_event ON told_events (event);

-- A person who is reminded of an event by direct message, and how long before.
CREATE TABLE personal_lead_times (
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  person         INTEGER NOT NULL,
  lead_time      INTEGER NOT NULL,         -- minutes before; 0: at its time
  asked_at       INTEGER NOT NULL,
  PRIMARY KEY (entry, person, lead_time)
) STRICT, WITHOUT ROWID;

-- A newsroom's lead times by kind of event, for events without their own. A kind without a row has the desk file's, which are
-- stored as those of server 0.
CREATE TABLE reminder_lead_times (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  kind           TEXT NOT NULL,
  lead_times     TEXT,                     -- whole minutes, as a JSON array; []: at its time only; NULL: the desk file's again
  set_at         INTEGER NOT NULL DEFAULT 0,  -- no reminder from before then is due
  PRIMARY KEY (server, kind)
) STRICT, WITHOUT ROWID;

-- An event's draft that was shown to somebody and waits for their Save.
CREATE TABLE event_proposals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  person         INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  entry          INTEGER,                  -- the event that it changes; NULL: it is new
  body           TEXT NOT NULL,
  done           TEXT                      -- its outcome; NULL: none yet
) STRICT;
CREATE INDEX event_proposals_by_server ON event_proposals (server, at);

-- An event from a calendar, or from an imported list, as that last had it.
CREATE TABLE calendar_entries (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  calendar       TEXT NOT NULL,            -- its id in the desk file
  key            TEXT NOT NULL,            -- the event's UID; of a recurring one, with the time for which it was first planned
  uid            TEXT NOT NULL,
  entry          INTEGER NOT NULL REFERENCES schedule_entries (id) ON DELETE CASCADE,
  said           TEXT NOT NULL,            -- the event as the calendar has it
  sequence       INTEGER NOT NULL,         -- iCalendar's SEQUENCE: of two versions the higher is the newer
  gone           INTEGER NOT NULL DEFAULT 0,  -- 1: it is no longer in the calendar
  PRIMARY KEY (server, calendar, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX calendar_entries_by_entry ON calendar_entries (entry);

-- A day's morning list that a channel got, or is to get.
CREATE TABLE rundowns (
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  channel        INTEGER NOT NULL,         -- 0: every one of its channels
  day            TEXT NOT NULL,            -- by the desk's calendar
  PRIMARY KEY (server, channel, day)
) STRICT, WITHOUT ROWID;


-- newsroom: settings files, and comparisons of feeds with the desk file

-- How a source's feed named the desk file's contests and candidates at the last comparison, and which elections its site
-- listed.
CREATE TABLE feed_contents (
  source         TEXT PRIMARY KEY,
  feed           TEXT NOT NULL,            -- which format at which addresses, as a digest
  seen_at        INTEGER NOT NULL,
  body           TEXT NOT NULL             -- FeedContents of bot/newsroom/feed_contents_words.py
) STRICT, WITHOUT ROWID;

-- An imported settings file that was shown, and its decision.
CREATE TABLE imports (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  begun_by       TEXT NOT NULL,
  begun_at       INTEGER NOT NULL,
  was            TEXT NOT NULL,            -- digest of the settings with which it was compared
  body           TEXT NOT NULL,            -- the settings, as in the file
  state          TEXT NOT NULL DEFAULT 'shown' CHECK (state IN ('shown', 'applied', 'dropped')),
  decided_by     TEXT
) STRICT;


-- answers: shared answers, and answers kept for their buttons

-- An answer that was shared in a channel, each at most once.
CREATE TABLE shared_answers (
  message        INTEGER PRIMARY KEY,      -- Discord's id of the answer
  server         INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
  number         INTEGER NOT NULL          -- of the post
) STRICT;

-- An answer kept for its buttons: for a day if it has pages, for 15 minutes if it can be shared.
CREATE TABLE kept_answers (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the keys of buttons: never a second time
  server         INTEGER NOT NULL,         -- where it was asked, even if the bot is not installed there
  person         INTEGER NOT NULL,         -- the person who asked; only they can turn pages or share it
  wall_at        INTEGER NOT NULL,         -- when it was asked
  paged          INTEGER NOT NULL CHECK (paged IN (0, 1)),
  leads          TEXT,                     -- the leading source of its contest then; NULL: it is about no contest
  card           TEXT NOT NULL             -- bot/wording/card.py: Card, as JSON
) STRICT;


-- operations: whether the bot is alive, and what the operator was told

-- One row: when the bot was last alive.
CREATE TABLE alive (
  one            INTEGER PRIMARY KEY CHECK (one = 1),
  wall_at        INTEGER                   -- NULL: never
) STRICT;
INSERT INTO alive (one) VALUES (1);

-- An incident: a fault that lasts or lasted, and whether the operator was told.
CREATE TABLE incidents (
  id             INTEGER PRIMARY KEY,
  kind           TEXT NOT NULL CHECK (kind IN ('down', 'feed', 'channel', 'doubtful', 'unlisted')),
  subject        TEXT NOT NULL,            -- the id of a source, channel or outbox row; empty for 'down'
  wall_since     INTEGER NOT NULL,
  wall_ended     INTEGER,                  -- NULL: it still lasts
  wall_told      INTEGER                   -- when the operator was told; NULL: not yet
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (kind, subject) WHERE wall_ended IS NULL;
CREATE INDEX incidents_untold ON incidents (id) WHERE wall_told IS NULL;

-- The channel of direct messages with a person.
CREATE TABLE direct_channels (
  person         INTEGER PRIMARY KEY,
  channel        INTEGER NOT NULL,
  told_closed    INTEGER                   -- the channel's `closed_since` that they were told about; NULL: none
) STRICT;
