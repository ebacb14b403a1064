"""Scheduled events, their reminders, deadlines by law, iCalendar, and times as people type them. Pure.

Begin with `event.py`. An event has a wall time and a zone, and its moment in UTC is derived. In an hour that is repeated
when clocks go back, it is in the first one.

`typed_time.py` parses times as people write them (`bot/prose` and `bot/entries` use it, too), and `meant_time.py` finds the
moment that is meant. An ambiguous time is a question, never a guess.

Holidays are a table in `data/deadlines.toml`. A test compares it with the holidays library.
"""
