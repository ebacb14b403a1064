"""The newsroom's schedule: planning, reminders, rundown, deadlines, calendars, mirror.

Begin with `schedule.py`.
"""
