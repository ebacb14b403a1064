"""The newsroom's schedule: planning, reminders, morning list, deadlines, calendars, mirror.

Others hold `Schedule` (`schedule.py`). Begin with `schedule.py`, then `reminders.py`. Rules:

- A change of an event is one transaction with its audit row (an entry's audit rows are its history) and its posts
  (`event_posts_store.py`).
- Which reminders are due is not stored: it follows from the events, their lead times and what is in the outbox
  (`due_reminders_store.py`).
- A reminder's words are made when its row is claimed (`event_posts_store.py`); one that would mislead by then is dropped.
- Once a post says that an event has changed, the earlier posts about it in that channel are edited.
- A private reminder follows from a row of `personal_lead_times`, and is sent in server 0 to that person's direct messages.
- A calendar from outside is read in the box (`schedule_jobs.py`).
"""
