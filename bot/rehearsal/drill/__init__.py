"""The drill: election night and the following days in a fictional state.

The same seed always gives the same drill. The state's counties and their ballots are drawn at random. The ballots are
marked so that the lead changes at the planned times, and are reported in small parts. Nothing here does I/O, and all
calculations use whole numbers. Start with `drill.py`.
"""
