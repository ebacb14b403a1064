-- tally: readings, holds, and what channels were told

-- Posts no longer list the sources that agree with them; `/why` finds the entries themselves.
UPDATE outbox SET state = 'dropped', why = 'posts no longer list the sources that agree with them'
  WHERE action = 'edit' AND kind = 'statement' AND state = 'pending' AND about IN (SELECT post FROM agreements)
    AND coalesce(json_array_length(card, '$.replaced'), 0) = 0;
DROP TABLE agreements;

-- What rested on a retracted statement is marked, no longer deleted.
ALTER TABLE relations ADD COLUMN struck INTEGER;  -- the retracted statement on which it rested; NULL: it stands
ALTER TABLE silences ADD COLUMN struck INTEGER;   -- the same
