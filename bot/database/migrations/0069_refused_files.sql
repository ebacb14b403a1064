-- Why Discord did not take the file of a row: from then on the row goes without it. NULL: it has none, or it was not refused.
ALTER TABLE outbox ADD COLUMN file_refused TEXT;
