"""The transactional outbox: posts, their states, claiming, merging, approval, threads, and the dispatcher that sends them.

Others write with `Outbox` (`outbox.py`, `tx.py`) and hold `OutboxRoom` (`room.py`). Begin with `states.py` (the state machine), then
`dispatcher.py` and `outbox_store.py`. Rules:

- Posts, edits, pins, thread openings and deletions are rows; nothing else sends. Edits, pins and deletions can be
  repeated.
- A row in `sending` was attempted and may have arrived. Before it is sent again, the channel's history from the first
  attempt, less a minute, to the last is searched for the post's number. If it is not there, the row is sent unchanged with
  the same nonce (of the installation's id, the row's id and its time) for as long as Discord keeps nonces; after that it is
  pending again. Where the history can't be read the row is `doubtful`, and the desk is asked.
- What waited is told as it is when it goes out. Words are made in the transaction that claims a row, of what is so then, and
  kept. `states` holds the margins that they state in the present tense; `/margin` answers the same at that minute.
- Posts that say where a count stands merge: those of one series at once, all of one contest once they have waited for a
  minute. Certifications, calls, corrections and retractions never do. Corrections and retractions are never muted.
- An editor publishes what was shown. A post that would state other margins by now is not published but shown again.
- Each row of a chain goes on where the one before it ended, and merging lets one tell what all were to tell: nothing is
  told twice, and nothing left out.
- A channel's numbers only grow.
- SQL that says `state IN ('pending', 'sending') AND state = 'pending'` says it twice so that SQLite uses the partial index
  `outbox_open`; `outbox_awaiting` likewise.
- It knows no topic: what a kind says and what follows from it is a class of the topic.
"""
