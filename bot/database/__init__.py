"""One SQLite file: transactions, the schema, the lock, copies.

Begin with `database.py` (transactions) and `migrations/0001_start.sql` (each table, described). One room writes a
table; a test reads the SQL of the source and holds it. One process at a time: the lock is a file beside the database,
since closing any handle of that takes SQLite's own locks from the process. A copy is made inside one read transaction,
else each write would make SQLite's backup start over.
"""
