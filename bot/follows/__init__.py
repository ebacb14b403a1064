"""Servers, what their channels follow and how they want to be told, which sources they chose to lead, and who may say so.

Begin with `follows.py`, then `preferences.py`. Each change is one transaction with its audit row.
"""
