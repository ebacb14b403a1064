"""What a server's channels follow, with which preferences, which source leads a contest there, and who may change that.

Every change is one transaction, with its audit row. Read `follows.py` first, then `preferences.py`.
"""
