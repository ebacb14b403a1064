"""What the numbers of a vote count mean. Pure: no clock, network, database, logging or Discord.

Begin with `reading.py`, then `change.py` and `judgement.py`. Rules, as decided here:

- **Small changes wait** for an hour from the news clock's time at which the first of them came in. A change of
  reporting alone starts no clock; the next post covers it. A revision and a lead change take in what
  waited.
- **Election night** is while less than `night_until` of the count has reported, by precincts, else units, else the
  expected votes; a source that says none of them has no night.
- **A fall** is confirmed by the same values a minute later (also by "nothing new", if the source has said nothing else
  meanwhile), or by a newer reading that is still below. A rise after it posts both parts. A fall in two steps that is
  seen at each step is two revisions: by the second the source had stood by the first, and what was on air would have
  been wrong.
- **Ten or more units at 99%** hold everything from that source until the desk has spoken (`all_over_late`).
- **A source that goes to and fro** is held when it goes back, the second time within an hour, to numbers it had left
  (`Trail`). Numbers that were held and dropped count as left. New numbers end it. The desk is told if it lasts
  for a quarter of an hour, and not at each turn.
- **A recount** of which its source says that a part is still to come makes no post and is not held against other
  sources; a source that says nothing of how much is in is taken at its word.
- **The feed's own time** orders readings. One that claims to be more than an hour ahead is ignored.
- **"Nothing new"** (304) says again only what the last answer had; a contest that was refused or missing in it is not
  counted as checked.
- **A leader or runner-up whom the desk file does not list** is a mistake of the desk file: the reading is ignored, and
  logged.
- What a source says of an outcome is stored and shown as its word; no rule may rest on it.
"""
