"""The database, one SQLite file: its transactions, schema, lock, copies, and what is deleted when.

Read `database.py` (transactions) first, then `migrations/0001_start.sql` (every table, described). Each table is written by
one room only, which a test checks by reading the SQL in the source.
"""
