"""A night of counting, and the days after, in a state that is not there; `drill.py` is where to begin reading."""
