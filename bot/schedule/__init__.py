"""The newsroom's schedule: planning, reminders, morning list, deadlines, calendars, mirror.

Others hold `Schedule` (`schedule.py`). Begin with `schedule.py`, then `reminders.py`. Rules:

- A change of an event is one transaction with its audit row (an entry's audit rows are its history), its reminders
  (`derive` in `schedule_entries_store.py`) and its posts (`event_posts_store.py`).
- A reminder's words are made when its row is claimed (`event_posts_store.py`); one that would mislead by then is dropped.
- Once a post says that an event has changed, the earlier posts about it in that channel are edited.
- A private reminder is a row of `reminders` with a person, sent in server 0 to their direct messages.
- A calendar from outside is read in the box (`schedule_jobs.py`).
"""
