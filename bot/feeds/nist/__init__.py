"""Reads reports in the format of NIST SP 1500-100, version 2 (Election Results Reporting Common Data Format).

Read `reader.py` first, then `units.py`, which finds out which units contain others.
"""
