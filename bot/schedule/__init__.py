"""The newsroom's schedule: planning, reminders, rundown, deadlines, calendars, mirror.

Others hold `Schedule` (`schedule.py`). Begin with `events.py`.
"""
