"""From readings to news: intake, posts about changes, other sources, holds, the leading source, boards, silences, standings.

The public class is `Tally` (`tally.py`). Begin with `intake.py`, then `changes.py`. Rules:

- Each part of a delivery is decided in one transaction (`accept` in `intake.py`). `intake_store.py` loads the state, and
  `writes_store.py` stores the result. Readings that are ignored or held are stored with the reason (`readings`). For
  parts of an answer that can't be parsed only the reason is stored (`refusals`).
- The table `told` has what each channel was last told by the source that leads there. A held reading that an editor
  dropped stays dropped while the feed repeats it.
- Watchers (`watchers.py`) make the news beside margin posts: lines crossed, turnout marks. The table `watched` has the
  value that each channel knows.
- Each post of a series covers the changes after one reading up to another (`spans`), so exactly one post tells each
  change.
- The desk is ahead of the feeds in a channel when a figure that staff entered contradicts the one posted (table
  `ahead`). When the leading source arrives at that figure, the post says "now confirmed by". The row expires after a
  day, since a later match would be chance. The post names the entry in `confirms`, and a retraction of the entry
  does not retract the post.
- A source is silent as a whole, and its silence is measured up to its last answer: `bot/count/staleness.py`.
"""
