"""What is ahead: an event, its reminders, deadlines by law, iCalendar, times as people type them. Pure.

Begin with `event.py`. Times as people write them are read by `typed_time.py` (what is written) and `meant_time.py` (which moment, past
or ahead); prose and entries use the former for the times of a text. An event is a wall time and a zone; its moment in UTC is derived.
An event in an hour that comes twice is in the first of them. A time that could mean more than one is a question, never a guess.
Holidays are a table in `data/deadlines.toml`, which a test compares with the holidays library.
"""
