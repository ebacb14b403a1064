-- Posts that came of what staff entered, among all the others: which may be taken back, and which came of one entry.
CREATE INDEX outbox_entries ON outbox (server, number) WHERE statement IS NOT NULL;
CREATE INDEX outbox_of_entry ON outbox (server, statement) WHERE statement IS NOT NULL;
