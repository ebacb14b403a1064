"""What is ahead: an event, its reminders, deadlines by law, iCalendar, times as people type them. Pure.

Begin with `event.py`.
"""
