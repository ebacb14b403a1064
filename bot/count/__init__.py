"""The rules by which the bot interprets the numbers of a vote count.

This package uses no clock, network, database, log or Discord. Begin with `reading.py`, then `change.py` and
`judgement.py`. Rules, as decided here:

- **Small changes wait** for an hour after the first of them came in, by the news clock, and are posted together. A
  change in reporting alone does not start the hour. The post of a revision or lead change includes the changes that waited.
- **Election night** lasts while less than `night_until` of the count has reported: by precincts, or else by units, or
  else by expected votes. If the source gives none of these, there is no election night.
- **A fall** is confirmed by the same values a minute later (a 304 counts, if the source has sent nothing else
  meanwhile), or by a newer reading that is still below the accepted one. If votes then rise, the fall and the rise are
  two changes. A fall in two steps, each confirmed, is two revisions.
- **Ten or more units at 99%:** a late batch that touches as many units is held until the desk decides, and so are the
  source's later readings (`is_late_in_many_units`).
- **A source that flaps** is held when it returns to numbers it had left, for the second time within an hour (`Trail`).
  Numbers that were held and dropped count as left. New numbers end the hold. The desk is asked once, if the hold lasts for 15 minutes.
- **A recount** makes no post while its source says that a part is still to come, and is not compared with other
  sources. If the source does not state how much has been recounted, the recount counts as complete.
- **The feed's own time** orders readings. A reading dated more than an hour ahead is ignored.
- **"Nothing new"** (304) repeats only what the last answer had. Contests that were refused or missing in that answer
  are not counted as checked.
- **A leader or runner-up who is not in the desk file** is a mistake in the desk file. The reading is ignored and logged.
- A source's calls are stored and shown as its own statements. No rule may depend on them.
"""
