"""Readings to news: intake, what each channel is told, other sources, holds, which source leads, boards, silences, standings.

Others hold `Tally` (`tally.py`). Begin with `intake.py`, then `changes.py`. Rules:

- What comes in is decided in one transaction (`accept` of `intake.py`), from what `intake_store.py` loads, and stored by
  `writes_store.py`: a typed row for each statement. A reading that is ignored or held is kept with its
  reason (`readings`); a part of an answer that can't be read is kept as its reason (`refusals`).
- What each channel was told is `told`, by the source that leads there. What an editor dropped stays dropped while the
  feed repeats it.
- What a change causes beside a margin post is a watcher's (`watchers.py`): lines that are crossed, turnout marks. What each
  channel knows of them is `watched`.
- Each post of a series tells of the changes after one reading up to another (`spans`), so each change is told by exactly
  one post.
- The desk is ahead of the feeds in a channel when a figure that staff entered contradicts the one posted (table
  `ahead`). The change with which the leading source comes to it is told as "now confirmed by"; after a day the row is
  gone, since figures that are met later are met by chance. Such a post names the entry in `confirms`: a retraction does
  not take it back.
- A silence is a source's as a whole, and measured up to its last answer: `bot/count/staleness.py`.
"""
