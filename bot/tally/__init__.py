"""From readings to posts: intake, changes, other sources, holds, the leading source, boards, silences, standings.

The public class is `Tally` (`tally.py`). Begin with `intake.py`, then `changes.py`. Rules:

- Each part of a delivery is decided in one transaction (`accept` in `intake.py`). `intake_store.py` loads the state, and
  `writes_store.py` stores the result. Readings that are ignored or held are stored with the reason (`readings`). For
  parts of an answer that can't be parsed only the reason is stored (`refusals`).
- The table `last_posts` has the last reading of the leading source that was posted in each channel. A held reading that an
  editor dropped stays dropped while the feed repeats it.
- Watchers (`watchers.py`) report news besides the margin: lines crossed, turnout marks. The table `watched` has the
  value that each channel knows.
- Each post about a series covers the changes after one reading, up to another (`spans`), so exactly one post reports each
  change.
- Staff's figures can be ahead of the feeds: the table `ahead` lists entered figures that contradict the figure posted in
  a channel. When the leading source arrives at the entered figure, the post says "now confirmed by". The row expires
  after a day, since a later match would be chance. The post names the entry in `confirms`, and a retraction of the
  entry does not retract the post.
- A source is silent as a whole, and its silence is measured up to its last answer: `bot/count/staleness.py`.
"""
