"""The newsroom's schedule: planning, reminders, morning list, deadlines, calendars, mirror.

Begin with `schedule.py`, whose `Schedule` is the public class, then `reminders.py`. Rules:

- A change of an event is one transaction with its audit row (an entry's audit rows are its history) and its posts
  (`event_posts_store.py`).
- Which reminders are due is not stored. It is derived from the events, their lead times and the outbox
  (`due_reminders_store.py`).
- A reminder's text is written when its row is claimed (`event_posts_store.py`). If it would mislead by then, it is dropped.
- Once a post says that an event has changed, the earlier posts about it in that channel are edited.
- A personal reminder comes from a row of `personal_lead_times`, and is sent by direct message, as server 0.
- Calendars from outside are parsed in the sandbox (`schedule_jobs.py`).
"""
