"""What managers and editors set: the stop button, set-up, settings file, preferences, status, audit.

Begin with `setup.py` and `suspensions.py`.
"""
