"""The newsroom's schedule: planning, reminders, rundown, deadlines, calendars, mirror.

Others hold `Schedule` (`schedule.py`). Begin with `schedule.py`, then `reminders.py`. Rules:

- A change of an event is one transaction with its audit row (an entry's audit rows are its history), its reminders
  (`derive` in `schedule_entries_store.py`) and its posts (`event_posts_store.py`).
- A reminder's words are made when its row is claimed (`event_posts_store.py`); what would mislead by then is not said.
- After an event moved and a post says so, what the channel was told of it before is edited.
- A private reminder is a row of `reminders` with a person, sent in server 0 to their direct messages.
- A calendar from outside is read in the box (`schedule_jobs.py`).
"""
