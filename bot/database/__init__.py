"""The database, one SQLite file: its transactions, schema, lock and copies, and the deletion of old rows.

Read `database.py` (transactions) first, then `migrations/0001_start.sql` (every table, described). Each table is
written by one package only. A test checks this by reading the SQL in the source.
"""
