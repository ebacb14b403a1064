"""The transactional outbox: posts, their states, claiming, merging, approval, threads, and the dispatcher that sends them.

Others hold `Outbox` (`outbox.py`). Begin with `states.py` (the state machine), then `dispatcher.py` and `outbox_store.py`. Rules:

- Posts, edits, pins, thread openings and deletions are rows; nothing else sends. Edits, pins and deletions can be
  repeated.
- A row in `sending` was attempted and may have arrived. Before it is sent again, the channel's history from the first
  attempt, less a minute, to the last is searched for the post's number; then it is sent unchanged with the same nonce
  (of the installation's id, the row's id and its time). Where the history can't be read the row is `doubtful`, and the
  desk is asked.
- Words are made in the transaction that claims a row, and kept, so that one sentence has one source however many
  changes it covers, nothing is worded that is merged away, and every attempt sends the same.
- Lead changes, revisions, first readings and certifications are never merged; corrections and retractions are never
  muted.
- Each row of a chain goes on where the one before it ended, and merging lets one tell what all were to tell: nothing is
  told twice, and nothing left out.
- A channel's numbers only grow.
- It knows no topic: what a kind says and what follows from it is a class of the topic.
"""
