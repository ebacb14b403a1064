"""Servers, what their channels follow and how they want to be told, and who may say so.

Begin with `follows.py`, then `preferences.py`. Each change is one transaction with its audit row.
"""
