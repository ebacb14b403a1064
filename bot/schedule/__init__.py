"""The newsroom's schedule: events, reminders, the morning list, deadlines, calendars, and the mirror on Discord.

Start with `schedule.py`, whose class `Schedule` is the package's public interface, then read `reminders.py`. Rules:

- A change of an event, its audit row and its posts are stored in one transaction (`event_posts_store.py`). An entry's
  history consists of its audit rows.
- Due reminders are not stored, but computed from the events, their lead times and the outbox
  (`due_reminders_store.py`).
- A reminder's text is written when the reminder is about to be sent (`event_posts_store.py`). A reminder that would
  mislead by then is dropped.
- When a change of an event has been posted, the earlier posts about the event in that channel are edited.
- A personal reminder comes from a row of `personal_lead_times`. It is sent by direct message, under server id 0.
- Calendars from outside are parsed in the sandboxed worker process (`schedule_jobs.py`).
"""
