"""Readings to news: intake, judgement, what each channel is told, holds, which source leads, boards, silences.

Others hold `Tally` (`tally.py`). Begin with `intake.py`.
"""
