"""The follows, preferences, leading sources and member levels of servers.

Every change is one transaction, together with its audit row. Read `follows.py` first, then `preferences.py`.
"""
