"""Gets results from sources: polls their sites, takes pushes, and turns each vendor's files into checked readings.

A format is one module or folder. Its reader runs in a worker process with limits (`boxed.py`), refuses single contests, and
never corrects a sum or guesses a missing value. Read `skeleton.py` first for the formats, `polling.py` for the requests.
"""
