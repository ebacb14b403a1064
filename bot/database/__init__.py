"""One SQLite file: transactions, the schema, the lock, copies.

Begin with `database.py`.
"""
