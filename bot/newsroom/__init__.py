"""What managers and editors set: the stop button, set-up, settings file, preferences, status, audit.

Others hold `Newsroom` (`newsroom.py`). Begin with `setup.py` and `suspensions.py`.
"""
