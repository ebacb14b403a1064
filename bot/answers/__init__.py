"""Questions and their answers: standing, moves, units, chart, provenance, copy, sharing, export.

Begin with `answers.py`.
"""
