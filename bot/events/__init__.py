"""Scheduled events, their reminders, deadlines set by law, iCalendar files, and times as people type them.

Nothing here does I/O.

Start with `event.py`. An event has a wall time and a time zone, and its moment in UTC is computed from both. If the
wall time occurs twice because clocks go back, the first occurrence counts.

`typed_time.py` parses times as people write them; `bot/prose` and `bot/entries` use it, too. `time_meaning.py` works out
which moment a typed time means. If the typed time is ambiguous, the user is asked.

The holidays in `data/deadlines.toml` are checked in a test against the holidays library.
"""
