"""The transactional outbox: everything that the bot posts is first a row here, then sent, once and in order.

Other packages write rows with `Outbox` (`outbox.py`, `tx.py`) and use `OutboxRoom` (`room.py`). Read `states.py` (the
state machine) first, then `dispatcher.py` and `outbox_store.py`. The rules:

- Posts, edits, pins, thread openings and deletions are rows; nothing else sends. Edits, pins and deletions can be
  repeated without harm.
- A row in `sending` was attempted and may have arrived. Before it is sent again, the channel's history is searched for
  the post's number, from a minute before the first attempt on. If the number is not found, the row is sent unchanged and
  with the same nonce for as long as Discord keeps nonces. After that the row is pending again. If the history can't be
  read, the row is `doubtful` and the desk is asked.
- A post states what is true when it is sent. Its text is written and stored in the transaction that claims its row.
  Column `states` has the margins that the text states in the present tense. At that minute `/margin` answers the same.
- Posts that state where a count stands are merged: posts of one series at once, posts of one contest after a minute's
  wait. Certifications, calls, corrections and retractions are never merged. Corrections and retractions are never muted.
- An editor publishes what was shown. If the post would state other margins by now, it is shown again instead.
- Each row of a chain begins where the row before it ended. A merged post covers all that its rows would have covered, so
  nothing is posted twice or missed.
- Post numbers only grow within a channel.
- SQL repeats the state (`state IN ('pending', 'sending') AND state = 'pending'`) so that SQLite uses the partial index
  `outbox_open` or `outbox_awaiting`.
- The outbox knows no topic. The text of each kind of post, and what follows once it is sent, is in a class in the
  package of its topic.
"""
