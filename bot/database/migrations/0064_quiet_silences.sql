-- A silence that was over in a channel's quiet hours is told at their end, with the time at which it really was.

ALTER TABLE source_silences ADD COLUMN over_at INTEGER;  -- it is over since then, which has not been told; NULL: as far as is known it lasts
